"""Claim, send, mark: against a gateway that misbehaves in every way we know."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from journal.models import Entry
from journal.record import content_of
from notices import actions
from notices.choices import State
from notices.models import Attempt, Callout, Notice
from notices.reading import queries
from notices.sending import outbox

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)


def turn_until(now, seconds, step=1):
    for second in range(0, seconds + 1, step):
        outbox.send_due(now + second * SECOND)


def only():
    return Notice.objects.get()


def test_accepted(gateway, tell, cast, now):
    tell("county1.duty")

    assert outbox.send_due(now) == 1
    assert outbox.send_due(now + SECOND) == 0

    (message,) = gateway.messages()
    assert (message.channel, message.to, message.text) == ("sms", cast["county1.duty"].phone, "橙色预警")
    assert message.key == message.reference == only().key.hex
    assert (only().state, only().attempts) == (State.SENT, 1)
    assert Attempt.objects.get().outcome == "sent"


def test_a_gateway_that_fails_is_tried_again_with_the_same_key(gateway, tell, now):
    tell("county1.duty")
    gateway.mode = "503"
    turn_until(now, 3)
    gateway.mode = "ok"
    turn_until(now + 4 * SECOND, 6)

    keys = [message.key for message in gateway.messages()]
    assert len(keys) > 2
    assert set(keys) == {only().key.hex}
    assert only().state == State.SENT
    assert not Entry.objects.filter(kind="notice.failed").exists()


def test_a_refusal_is_final_and_somebody_is_told(gateway, tell, now):
    tell("county1.duty")
    gateway.mode = "400"
    turn_until(now, 30, step=10)

    assert len(gateway.messages()) == 1
    entry = Entry.objects.get(kind="notice.failed")
    assert entry.thread == "incident:5"
    assert content_of(entry)["post"] == "post of county1.duty"
    assert "1390000" not in entry.body
    assert only().state == State.FAILED


def test_an_outage_of_both_gateways_outlasts_no_notice_that_matters(gateway, tell, now):
    """Two hundred seconds, an hour: when it is over, the order leaves."""
    tell("county1.duty", priority=3)
    gateway.mode = "503"
    turn_until(now, 200, step=50)
    # Somebody telephones meanwhile, and the duty leader hears of it.
    assert Callout.objects.filter(recipient__username="county1.duty", escalated_at__isnull=False).exists()
    turn_until(now + timedelta(seconds=200), 3400, step=200)
    tried = len(gateway.messages())
    assert (only().state, only().attempts) == (State.QUEUED, tried)
    assert tried > 8
    gateway.mode = "ok"

    outbox.send_due(now + timedelta(minutes=62))

    assert only().state == State.SENT
    gateway.messages()


def test_after_a_day_it_is_a_dead_letter(gateway, tell, reach, now):
    tell("county1.duty")
    gateway.mode = "503"
    outbox.send_due(now)
    outbox.send_due(now + timedelta(hours=24))

    assert len(gateway.messages()) == 2
    assert only().state == State.FAILED
    assert Entry.objects.filter(kind="notice.failed").count() == 1
    assert list(queries.to_call_by_hand(reach("county1.duty"))) == [only()]


def test_a_poison_notice_is_given_up_although_its_sender_died_each_time(gateway, tell, now):
    """Attempts are counted at the claim: a crash counts."""
    tell("county1.duty")
    for n in range(8):
        outbox.claim(1, LEASE, now + n * LEASE)
    outbox.send_due(now + 8 * LEASE)

    assert only().state == State.FAILED
    assert Attempt.objects.filter(ended_at__isnull=True).count() == 8
    assert gateway.messages() == []


@pytest.mark.slow
def test_a_gateway_that_hangs_costs_its_timeout_and_no_other_message(gateway, tell, settings, now):
    settings.NOTICE_LEASE_SECONDS = 1
    tell("county1.duty")
    gateway.mode = "hang"
    outbox.send_due(now)
    assert only().last_error == "ReadTimeout"
    gateway.mode = "ok"
    gateway.release.set()

    turn_until(now + 2 * SECOND, 1)

    assert only().state == State.SENT
    assert len(gateway.on_phones()) == 1


@pytest.mark.slow
def test_the_alert_lane_is_free_while_the_channel_hangs(transactional_db, gateway, tell, settings, now):
    """Routine messages hang in their lane; the warning leaves through its own."""
    settings.NOTICE_LEASE_SECONDS = 5
    gateway.mode = "hang"
    tell("county1.duty", subject="report:1", priority=5)
    ordinary = threading.Thread(target=lambda: (outbox.send_due(now), connection.close()))
    ordinary.start()
    while not Notice.objects.filter(attempts=1).exists():
        pass
    gateway.mode = "ok"
    tell("county1.director", subject="warning:1", priority=1)

    outbox.send_due(now, max_priority=1)

    assert Notice.objects.get(subject="warning:1").state == State.SENT
    gateway.release.set()
    ordinary.join()
    assert len(gateway.messages()) == 2


def test_the_second_gateway_takes_over(gateway, second_gateway, tell, now):
    tell("county1.duty")
    gateway.mode = "503"
    turn_until(now, 8)

    assert len(gateway.messages()) == 2
    assert len(second_gateway.messages()) == 1
    assert only().state == State.SENT


def test_accepted_but_answered_with_an_error_shows_once_on_the_phone(gateway, tell, now):
    tell("county1.duty")
    gateway.mode = "accept_then_503"
    outbox.send_due(now)
    gateway.mode = "ok"
    turn_until(now + SECOND, 3)

    assert len(gateway.messages()) == 2
    assert len(gateway.on_phones()) == 1


@pytest.mark.parametrize(("mode", "state"), [("no_id", State.QUEUED), ("redirect", State.QUEUED)])
def test_odd_answers(gateway, tell, now, mode, state):
    tell("county1.duty")
    gateway.mode = mode
    outbox.send_due(now)

    assert only().state == state
    assert len(gateway.messages()) == 1


def test_a_black_hole_leads_to_the_next_channel(gateway, tell, now):
    """Accepted, but no receipt within a minute: the voice call goes out."""
    tell("county1.duty", channels=["sms", "voice"])
    turn_until(now, 59, step=59)
    assert [message.channel for message in gateway.messages()] == ["sms"]

    outbox.send_due(now + 60 * SECOND)

    assert [message.channel for message in gateway.messages()] == ["sms", "voice"]


def test_who_has_the_text_message_is_not_called(gateway, tell, now):
    tell("county1.duty", channels=["sms", "voice"])
    outbox.send_due(now)
    Notice.objects.filter(channel="sms").update(state=State.DELIVERED, delivered_at=now)

    outbox.send_due(now + 61 * SECOND)

    assert Notice.objects.get(channel="voice").state == State.CANCELLED
    assert len(gateway.messages()) == 1


def test_a_refused_text_message_leads_to_the_call_at_once(gateway, tell, now):
    tell("county1.duty", channels=["sms", "voice"])
    gateway.mode = "400"
    outbox.send_due(now)
    gateway.mode = "ok"
    outbox.send_due(now + 2 * SECOND)

    assert [message.channel for message in gateway.messages()] == ["sms", "voice"]


def test_confirmed_on_screen_is_not_sent_any_more(gateway, tell, cast, now):
    tell("county1.duty", channels=["app", "sms"])
    on_screen = Notice.objects.get(channel="app")
    actions.acknowledge_notice(notice_id=on_screen.pk, actor=cast["county1.duty"], now=now)

    assert outbox.send_due(now) == 0
    assert Notice.objects.get(channel="sms").state == State.CANCELLED


def test_expired_is_not_sent(gateway, tell, now):
    tell("county1.duty", expires_at=now + SECOND)
    outbox.send_due(now + SECOND)

    assert only().state == State.FAILED
    assert "expired" in only().last_error


@pytest.mark.parametrize(("field", "value"), [("phone", ""), ("is_active", False)])
def test_nobody_to_send_it_to(gateway, tell, cast, now, field, value):
    person = cast["county1.duty"]
    setattr(person, field, value)
    person.save()
    tell("county1.duty")

    outbox.send_due(now)

    assert only().state == State.FAILED


def test_a_claim_is_seen_by_nobody_else_until_it_ends(gateway, tell, now):
    tell("county1.duty")

    (first,) = outbox.claim(9, LEASE, now)
    assert outbox.claim(9, LEASE, now + LEASE - SECOND) == []
    (second,) = outbox.claim(9, LEASE, now + LEASE)

    assert (first.token, second.token) == (1, 2)


def test_a_sender_that_was_too_slow_may_say_sent_but_not_put_off(gateway, tell, now):
    tell("county1.duty")
    (slow,) = outbox.claim(9, LEASE, now)
    (second,) = outbox.claim(9, LEASE, now + LEASE)

    outbox.mark(slow, outbox.SendResult("again", error="503"), now + LEASE)
    assert only().visible_at == now + 2 * LEASE

    outbox.mark(slow, outbox.SendResult("sent", provider_id="p1"), now + LEASE)
    outbox.mark(second, outbox.SendResult("never", error="400"), now + LEASE)
    assert (only().state, only().provider_id) == (State.SENT, "p1")
    assert not Entry.objects.filter(kind="notice.failed").exists()


def test_the_most_urgent_first(gateway, tell, now):
    for subject, priority in [("report:1", 5), ("warning:1", 1), ("order:1", 3)]:
        tell("county1.duty", subject=subject, priority=priority)

    assert [notice.subject for notice in outbox.claim(2, LEASE, now)] == ["warning:1", "order:1"]
    assert outbox.claim(2, LEASE, now, max_priority=1) == []


@pytest.mark.slow
def test_several_senders_lose_nothing_and_send_nothing_twice(transactional_db, gateway, tell, cast, now):
    tell(*cast, channels=["sms"])
    failures = []

    def send():
        try:
            while outbox.send_due(now):
                pass
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    # On a busy machine the gateway may have been too slow for a try; that one comes again.
    while outbox.send_due(now + timedelta(minutes=5)):
        pass
    assert failures == []
    assert len(gateway.messages()) <= sum(Notice.objects.values_list("attempts", flat=True))
    assert len(gateway.on_phones()) == len(cast)


@pytest.mark.slow
def test_twenty_thousand_rows_do_not_hold_up_the_alerts(transactional_db, cast, units, now):
    """The planner trap: statistics taken while the table was empty, then filled."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notices_notice" if connection.vendor == "postgresql" else "ANALYZE")
    person = cast["county1.duty"]
    Notice.objects.bulk_create(
        [_row(person, n, priority=5, now=now) for n in range(20_000)]
        + [_row(person, n, priority=1, now=now) for n in range(20_000, 20_200)],
        batch_size=2000,
    )

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = '1s'")
        alerts = [notice for _ in range(25) for notice in outbox.claim(8, LEASE, now)]

    assert len({notice.pk for notice in alerts}) == 200
    assert {notice.priority for notice in alerts} == {1}


def _row(person, n, *, priority, now):
    return Notice(
        dedupe=f"x:{n}",
        recipient=person,
        channel="sms",
        purpose="x",
        subject=f"x:{n}",
        thread="x:0",
        text_zh="x",
        priority=priority,
        visible_at=now,
        queued_at=now,
    )


def test_an_idle_turn_is_two_looks(db, now, django_assert_num_queries):
    with django_assert_num_queries(2):
        outbox.send_due(now)
