"""Reports of the gateway: signed, bound to the present, in any order and more than once."""

import itertools
import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from journal.models import Entry
from notices import outbox
from notices.choices import State
from notices.models import GatewayEvent, Notice
from notices.signatures import sign
from tests.notices.conftest import SECRET

SECOND = timedelta(seconds=1)


@pytest.fixture
def report(client, settings, now):
    """report("delivered") → the answer to a signed report about the one notice that was sent."""
    settings.NOTICE_GATEWAY_SECRET = SECRET

    def post(event, *, at=now, received=None, secret=SECRET, id="p1", **more):
        body = json.dumps({"id": id, "event": event, "at": at.isoformat(), **more})
        with time_machine.travel(received or at, tick=False):
            return client.post(
                reverse("api:gateway-events"),
                body,
                content_type="application/json",
                headers={"X-Signature": sign(body.encode(), secret)},
            )

    return post


@pytest.fixture
def sent(gateway, tell, now):
    """One text message the gateway has accepted as p1."""
    (notice,) = tell("county1.duty")
    outbox.mark(notice, outbox.Outcome("sent", provider_id="p1"), now)
    return notice


def only():
    return Notice.objects.get()


def test_delivered(sent, report, now):
    assert report("delivered", at=now + SECOND).status_code == 200

    assert (only().state, only().delivered_at) == (State.DELIVERED, now + SECOND)


@pytest.mark.parametrize("order", list(itertools.permutations(["delivered", "heard", "failed", "reply"])))
def test_any_order_and_twice_ends_in_the_same_state(sent, report, now, order):
    for event in [*order, *order]:
        more = {"reply": "1"} if event == "reply" else {}
        assert report(event, **more).status_code == 200

    notice = only()
    assert notice.state == State.ACKNOWLEDGED
    assert (notice.delivered_at, notice.heard_at, notice.acknowledged_at) == (now, now, now)
    assert Entry.objects.filter(kind="notice.acknowledged").count() == 1


def test_a_reply_other_than_1_confirms_nothing(sent, report):
    report("reply", reply="谁？")

    assert (only().state, only().reply) == (State.SENT, "谁？")


def test_a_reported_failure_is_a_dead_letter(sent, report):
    report("failed")
    report("failed")

    assert only().state == State.FAILED
    assert Entry.objects.filter(kind="notice.failed").count() == 1


def test_a_late_failure_does_not_take_back_a_delivery(sent, report, now):
    report("delivered")
    report("failed", at=now + SECOND)

    assert only().state == State.DELIVERED
    assert not Entry.objects.filter(kind="notice.failed").exists()


def test_a_report_that_overtakes_our_own_mark_is_kept(gateway, tell, report, now):
    (notice,) = tell("county1.duty")
    assert report("delivered").status_code == 200
    assert only().state == State.QUEUED

    outbox.mark(notice, outbox.Outcome("sent", provider_id="p1"), now)

    assert only().state == State.DELIVERED


def test_a_report_stored_by_a_process_that_died_is_applied_by_the_next_turn(sent, now):
    GatewayEvent.objects.create(provider_id="p1", event="delivered", at=now, received_at=now)

    outbox.turn(now)

    assert only().state == State.DELIVERED
    assert GatewayEvent.objects.get().is_applied


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_report_out_of_time_is_refused(sent, report, now, minutes):
    answer = report("delivered", received=now + timedelta(minutes=minutes))

    assert (answer.status_code, answer.json()["code"]) == (403, "event_out_of_time")
    assert only().state == State.SENT


def test_a_report_with_another_signature_is_refused(sent, report):
    answer = report("delivered", secret="another")

    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert not GatewayEvent.objects.exists()


def test_without_a_secret_nothing_is_believed(sent, report, settings):
    settings.NOTICE_GATEWAY_SECRET = ""

    assert report("delivered", secret="").status_code == 403


def test_a_changed_body_is_refused(sent, client, now):
    body = json.dumps({"id": "p1", "event": "delivered", "at": now.isoformat()})
    with time_machine.travel(now, tick=False):
        answer = client.post(
            reverse("api:gateway-events"),
            body.replace("p1", "p2"),
            content_type="application/json",
            headers={"X-Signature": sign(body.encode(), SECRET)},
        )

    assert answer.status_code == 403


@pytest.mark.parametrize("event", ["opened", ""])
def test_an_event_we_do_not_know_is_refused(sent, report, event):
    assert report(event).status_code == 422
