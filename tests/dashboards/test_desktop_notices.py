"""The desktop says level, number, kind and unit of what asks of its reader, and nothing that anybody typed."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards.desktop_notices import FRESH, MOST, desktop_notices
from notices.actions import acknowledge_notice
from notices.models import Notice
from tests.early_warnings.conftest import incident, passwords, proposed, statement

__all__ = ["incident", "passwords", "proposed", "statement"]

pytestmark = pytest.mark.usefixtures("plan")

ADDRESS = "/desktop-notices/"


def test_an_alarm_is_told_by_level_number_kind_and_unit_alone(alarm, signed_in):
    event = alarm("county1.leader", what="两名村民拉横幅", place="二楼走廊", at=timezone.now(), headcount=2)

    answer = signed_in("county1.duty").get(ADDRESS)

    (told,) = answer.json()["notices"]
    assert told["title"].endswith(f"（建议） {event.number}")
    assert told["body"] == f"新警情 · {event.unit}"
    assert (told["tag"], told["url"]) == (event.key, f"/incidents/{event.number}/")
    assert not re.search("村民|走廊|2名", json.dumps(answer.json(), ensure_ascii=False))
    assert answer["Cache-Control"] == "no-store"


def test_nobody_is_told_what_they_did_themselves(alarm, reach, now):
    alarm("county1.duty", headcount=2)

    assert desktop_notices(reach("county1.duty"), now) == []


def test_what_is_confirmed_or_older_is_not_told(alarm, reach, cast, now):
    alarm("county1.leader", headcount=2)
    reader = reach("county1.duty")

    assert desktop_notices(reader, now + FRESH - timedelta(seconds=1))
    assert desktop_notices(reader, now + FRESH) == []
    for notice in Notice.objects.filter(recipient=cast["county1.duty"], channel="app"):
        acknowledge_notice(notice_id=notice.pk, actor=cast["county1.duty"], now=now)
    assert desktop_notices(reader, now) == []


def test_a_signature_is_asked_of_whoever_signs_and_of_nobody_else(proposed, cast, reach, now):
    warning = proposed()
    asked = {
        name
        for name in cast
        for one in desktop_notices(reach(name), now)
        if one.url == f"/early-warnings/{warning.number}/"
    }

    signers = set(
        Notice.objects.filter(
            subject=warning.key, purpose__startswith="warning.to_sign", channel="app"
        ).values_list("recipient__username", flat=True)
    )
    assert asked
    assert asked == signers - {warning.drafted_by.username}


def test_many_cost_three_queries(alarm, reach, now):
    for _ in range(MOST + 2):
        alarm("county1.leader", headcount=2)
    reader = reach("county1.duty")
    reader.posts

    with CaptureQueriesContext(connection) as asked:
        told = desktop_notices(reader, now)

    assert len(told) == MOST
    assert len(asked) <= 3
