"""Reports of the gateway: signed, bound to the present, in any order and more than once."""

import itertools
import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from journal.models import Entry
from notices.choices import State
from notices.incoming.signatures import sign
from notices.models import GatewayEvent, Notice
from notices.sending import outbox
from tests.gateways import SECRET

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
    outbox.mark(notice, outbox.SendResult("sent", provider_id="p1"), now)
    return notice


def only():
    return Notice.objects.get()


def test_delivered(sent, report, now):
    assert report("delivered", at=now + SECOND).status_code == 200

    assert (only().state, only().delivered_at) == (State.DELIVERED, now + SECOND)


@pytest.mark.control(50)
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

    outbox.mark(notice, outbox.SendResult("sent", provider_id="p1"), now)

    assert only().state == State.DELIVERED


def test_a_report_stored_by_a_process_that_died_is_applied_by_the_next_turn(sent, now):
    GatewayEvent.objects.create(provider_id="p1", event="delivered", at=now, received_at=now)

    outbox.send_due(now)

    assert only().state == State.DELIVERED
    assert GatewayEvent.objects.get().is_applied


@pytest.mark.control(50)
@pytest.mark.parametrize("minutes", [-6, 3 * 24 * 60 + 1])
def test_a_report_out_of_time_is_refused(sent, report, now, minutes):
    answer = report("delivered", received=now + timedelta(minutes=minutes))

    assert (answer.status_code, answer.json()["code"]) == (403, "event_out_of_time")
    assert only().state == State.SENT


@pytest.mark.control(50)
def test_a_report_with_another_signature_is_refused(sent, report):
    answer = report("delivered", secret="another")

    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert not GatewayEvent.objects.exists()


@pytest.mark.control(50)
def test_without_a_secret_nothing_is_believed(sent, report, settings):
    settings.NOTICE_GATEWAY_SECRET = ""

    assert report("delivered", secret="").status_code == 403


@pytest.mark.control(50)
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


# --- late, twice, and by another gateway's numbers ------------------------------------------------------------


@pytest.mark.parametrize("minutes", [6, 24 * 60, 3 * 24 * 60])
def test_a_telephone_that_was_off_for_hours_is_reported_late(sent, report, now, minutes):
    answer = report("delivered", received=now + timedelta(minutes=minutes))

    assert answer.status_code == 200
    assert (only().state, only().delivered_at) == (State.DELIVERED, now)


@pytest.mark.control(50)
def test_an_old_answer_sent_again_does_not_take_the_place_of_a_later_one(sent, report, now):
    report("reply", reply="1", at=now + SECOND)
    report("reply", reply="2", at=now + 9 * SECOND)
    for at in (now + SECOND, now + 5 * SECOND):
        report("reply", reply="1", at=at, received=now + timedelta(hours=1))

    assert only().reply == "2"


@pytest.fixture
def alike(gateway, tell, settings, now):
    """Two gateways that both number from 1: both have the message 1, for people of two counties."""
    settings.NOTICE_GATEWAY_URL_2 = "http://gateway-2.invalid"
    found = {}
    for gateway_name, person, subject in (
        ("1", "county1.duty", "warning:1"),
        ("2", "county2.duty", "warning:2"),
    ):
        (notice,) = tell(person, subject=subject, thread=subject)
        notice.gateway = gateway_name
        outbox.mark(notice, outbox.SendResult("sent", provider_id="1"), now)
        found[gateway_name] = notice
    return found


def replied():
    return set(Notice.objects.exclude(reply="").values_list("recipient__username", flat=True))


def test_a_reply_is_the_gateways_whose_secret_signed_it(alike, report, settings):
    settings.NOTICE_GATEWAY_SECRET_2 = "the second one's"
    report("reply", reply="1", id="1", secret="the second one's")
    assert replied() == {"county2.duty"}

    report("reply", reply="1", id="1")
    assert replied() == {"county1.duty", "county2.duty"}


def test_a_reply_that_repeats_our_reference_is_that_messages(alike, report):
    report("reply", reply="1", id="1", reference=alike["2"].key.hex)

    assert replied() == {"county2.duty"}


def test_an_id_that_two_gateways_gave_is_nobodys(alike, report):
    """One secret, no reference: nobody is marked as coming, and the report says why it came to nothing."""
    assert report("reply", reply="1", id="1").status_code == 200

    assert replied() == set()
    assert GatewayEvent.objects.get().note == "the id stands for more than one message"


def test_with_one_secret_an_id_that_only_one_gateway_gave_is_read_as_before(alike, report):
    Notice.objects.filter(gateway="2").update(provider_id="7")
    report("reply", reply="1", id="7")

    assert replied() == {"county2.duty"}


def test_with_one_secret_a_report_waits_while_the_other_gateway_may_have_given_that_id(
    alike, report, tell, now
):
    Notice.objects.filter(gateway="2").delete()
    (under_way,) = tell("county2.duty", subject="warning:3")
    Notice.objects.filter(pk=under_way.pk).update(attempts=1, gateway="2", visible_at=now + 30 * SECOND)

    report("reply", reply="1", id="1")
    assert replied() == set()

    under_way.gateway = "2"
    outbox.mark(under_way, outbox.SendResult("sent", provider_id="2"), now)
    outbox.send_due(now + SECOND)
    assert replied() == {"county1.duty"}


def test_a_gateway_that_begins_at_1_again_means_the_new_message(gateway, tell, report, now):
    for days, person in ((9, "county1.director"), (0, "county1.duty")):
        (notice, *_more) = tell(person, subject=f"warning:{days}")
        outbox.mark(notice, outbox.SendResult("sent", provider_id="1"), now - timedelta(days=days))

    report("reply", reply="1", id="1")

    assert replied() == {"county1.duty"}


def test_a_report_shows_that_a_message_left_although_its_answer_was_lost(gateway, tell, report, now):
    (notice,) = tell("county1.duty")
    (claimed,) = outbox.claim(9, timedelta(seconds=30), now)
    outbox.mark(claimed, outbox.SendResult("again", error="ReadTimeout"), now)

    report("delivered", id="77", reference=notice.key.hex)

    assert only().state == State.DELIVERED
    assert outbox.send_due(now + timedelta(minutes=1)) == 0


@pytest.mark.parametrize("reference", ["", "x", 5, None])
def test_a_reference_that_is_none_is_no_reason_to_lose_a_report(sent, report, reference):
    assert report("delivered", reference=reference).status_code == 200
    assert only().state == State.DELIVERED


def test_one_report_that_raises_stops_no_other(sent, report, tell, now, monkeypatch):
    (other,) = tell("county1.director", subject="warning:8")
    outbox.mark(other, outbox.SendResult("sent", provider_id="p2"), now)
    for provider_id in ("p1", "p2"):
        GatewayEvent.objects.create(provider_id=provider_id, event="delivered", at=now, received_at=now)
    real = outbox.gateway_events.record_progress

    def raise_for_one(kind, notice, at):
        if notice.provider_id == "p1":
            raise KeyError("poison")
        real(kind, notice, at)

    monkeypatch.setattr("notices.incoming.gateway_events.record_progress", raise_for_one)
    outbox.send_due(now)

    assert Notice.objects.get(provider_id="p2").state == State.DELIVERED
    assert not GatewayEvent.objects.get(provider_id="p1").is_applied
