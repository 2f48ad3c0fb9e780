"""One row that raises is tried a few times, set aside and shown; its neighbours leave at once."""

import base64
import uuid
from datetime import timedelta

import pytest
from django.db import connection

from common.alone import shown
from common.database.encrypted_fields import AES
from common.models import SetAside
from engine.background.auditor import find_faults
from journal.models import Entry
from notices.choices import State
from notices.models import Notice
from notices.relevance import validity
from notices.sending import before_sending, outbox

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def poisoned(monkeypatch):
    """A room whose check and addendum raise for the subject poi:0, however many are asked about together."""

    def check(rows, now):
        if any(row.subject == "poi:0" for row in rows):
            raise ValueError("poison")
        return {}

    monkeypatch.setitem(validity.CHECKS, "poi", check)
    return check


def states():
    return dict(Notice.objects.order_by("subject").values_list("subject", "state"))


def test_a_row_nobody_can_judge_stops_no_neighbour_and_is_shown(gateway, tell, cast, now, poisoned):
    for number, name in enumerate(list(cast)[:5]):
        tell(name, subject=f"poi:{number}", purpose="poi.check", priority=1)
    outbox.send_due(now)
    assert len(gateway.on_phones()) == 4

    for turn in range(1, 20):
        outbox.send_due(now + turn * MINUTE)

    assert states()["poi:0"] == State.ESCALATED
    assert Notice.objects.get(subject="poi:0").last_error == "set aside: ValueError"
    assert Entry.objects.filter(kind="notice.failed").count() == 1
    last = SetAside.objects.get(loop="notices")
    assert (last.tries, last.error) == (5, "ValueError")
    assert "set_aside:notices" in {fault.code for fault in find_faults(last.again_at, {})}


def test_a_reminder_whose_addendum_raises_leaves_without_it(gateway, tell, now, monkeypatch):
    def add(rows, now):
        if any(row.subject == "poi:0" for row in rows):
            raise KeyError("poison")
        return {row.pk: "link" for row in rows}

    monkeypatch.setitem(before_sending.ADDITIONS, "poi", add)
    monkeypatch.setitem(validity.CHECKS, "poi", lambda rows, now: {})
    tell("county1.duty", subject="poi:0", purpose="poi.a", priority=1)
    tell("county1.director", subject="poi:1", purpose="poi.b", priority=1)
    outbox.send_due(now)

    assert sorted(message.text for message in gateway.messages()) == ["橙色预警", "橙色预警 link"]


def test_a_text_that_cannot_be_made_frees_those_that_would_leave_with_it(gateway, tell, now, monkeypatch):
    """Bundled with a poisoned one, the good ones leave alone the next time."""
    real = Notice.text_for_recipient

    def text(notice):
        if notice.subject == "poi:0":
            raise KeyError("poison")
        return real(notice)

    monkeypatch.setattr(Notice, "text_for_recipient", text)
    monkeypatch.setitem(validity.CHECKS, "poi", lambda rows, now: {})
    for number in range(3):
        tell("county1.duty", subject=f"poi:{number}", purpose="poi.x", text_zh=f"第{number}条")
    for turn in range(12):
        outbox.send_due(now + turn * MINUTE)

    assert states() == {"poi:0": State.FAILED, "poi:1": State.SENT, "poi:2": State.SENT}
    gateway.messages()


def test_an_answer_that_cannot_be_written_down_stops_no_other(gateway, tell, now, monkeypatch):
    real = outbox.record_progress

    def record(kind, row, at):
        if row.subject == "poi:0":
            raise KeyError("poison")
        real(kind, row, at)

    monkeypatch.setattr(outbox, "record_progress", record)
    tell("county1.duty", subject="poi:0", priority=1)
    tell("county1.director", subject="poi:1", priority=1)
    for turn in range(12):
        outbox.send_due(now + turn * MINUTE)

    assert states() == {"poi:0": State.FAILED, "poi:1": State.SENT}
    assert len(gateway.on_phones()) == 2


def test_a_sealed_number_that_was_cut_does_not_stop_the_batch(gateway, tell, cast, now):
    with connection.cursor() as cursor:
        cut = AES + base64.urlsafe_b64encode(b"x" * 5).decode()[:-2]
        cursor.execute("UPDATE accounts_user SET phone = %s WHERE username = %s", [cut, "county1.duty"])
    tell("county1.duty", "county1.director", priority=1)
    outbox.send_due(now)

    assert len(gateway.on_phones()) == 1
    assert Notice.objects.get(recipient__username="county1.duty").last_error == "no telephone number"


def test_a_full_routine_lane_with_poison_in_front_delays_no_alert(gateway, cast, units, now, poisoned):
    """The mechanism, with 500 rows: what is urgent is claimed first, and the poison costs its batch one more ask."""
    person = cast["county1.duty"]
    Notice.objects.bulk_create(
        Notice(
            dedupe=f"poi:{n}", key=uuid.uuid4(), recipient=person, channel="sms", purpose="poi.x",
            subject=f"poi:{n}", thread="poi", text_zh="x", priority=5, visible_at=now, queued_at=now,
        )
        for n in range(500)
    )  # fmt: skip
    Notice.objects.create(
        dedupe="alert", recipient=cast["county1.director"], channel="sms", purpose="warning.signed",
        subject="warning:1", thread="w", text_zh="红色预警", priority=1, visible_at=now, queued_at=now,
    )  # fmt: skip

    outbox.send_due(now)

    assert Notice.objects.get(subject="warning:1").state == State.SENT
    outbox.send_due(now + MINUTE)
    assert Notice.objects.filter(priority=5, state=State.SENT).exists()
    gateway.messages()


def test_what_goes_well_again_is_shown_no_more(db, now):
    from common.alone import Loop

    loop, is_well = Loop("x"), []

    def act(row):
        if row == 1 and not is_well:
            raise KeyError("poison")
        return 1

    assert loop.each([1, 2], act, now) == 1
    assert loop.each_not_resting([1, 2], act, now) == 1
    for turn in range(2):
        loop.each([1], act, now + turn * SECOND)
    assert [one.row for one in shown(now)] == ["1"]
    is_well.append(True)

    assert loop.each([1, 2], act, now) == 2
    assert shown(now) == []


def test_a_database_that_is_away_is_nobodys_fault(db, now):
    from django.db import OperationalError

    from common.alone import Loop

    def act(row):
        raise OperationalError("away")

    with pytest.raises(OperationalError):
        Loop("x").each([1], act, now)
    assert not SetAside.objects.exists()
