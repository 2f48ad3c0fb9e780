"""Each promise of the tables, and one attempt to break it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notices.models import Attempt, GatewayEvent, Notice


@pytest.fixture
def notice(cast, now):
    def make(**fields):
        values = {
            "dedupe": "warning:7:signed:1:sms",
            "recipient": cast["county1.duty"],
            "channel": "sms",
            "purpose": "warning.signed",
            "subject": "warning:7",
            "thread": "incident:5",
            "text_zh": "预警",
            "visible_at": now,
            "queued_at": now,
            **fields,
        }
        return Notice.objects.create(**values)

    return make


def test_one_notice_per_person_way_and_reason(notice):
    notice()

    with pytest.raises(IntegrityError), transaction.atomic():
        notice()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("notice_sent_has_its_time", {"state": "sent"}),
        ("notice_sent_has_its_time", {"state": "heard"}),
        ("notice_acknowledged_has_its_time", {"state": "acknowledged"}),
        ("notice_stays_acknowledged", {"state": "failed", "acknowledged_at": 0}),
        ("notice_expires_after_it_is_queued", {"expires_at": -1}),
    ],
)
def test_rows_that_cannot_be(notice, now, name, fields):
    times = {
        field: value if isinstance(value, str) else now + timedelta(seconds=value)
        for field, value in fields.items()
    }

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        notice(**times)


def test_an_attempt_has_its_own_number(notice, now):
    row = notice()
    Attempt.objects.create(notice=row, number=1, began_at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(notice=row, number=1, began_at=now)


def test_a_report_is_stored_once(db, now):
    report = {"provider_id": "p1", "event": "delivered", "at": now, "received_at": now}
    GatewayEvent.objects.create(**report)

    with pytest.raises(IntegrityError), transaction.atomic():
        GatewayEvent.objects.create(**report)
