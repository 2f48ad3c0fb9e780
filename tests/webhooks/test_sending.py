"""A webhook: what its person may see reaches the receiver, signed, at least once, and what hangs or refuses harms itself alone."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook as Checker
from standardwebhooks import WebhookVerificationError

from common.models import SetAside
from engine.background.auditor import find_faults
from journal.models import Entry
from journal.numbering import head
from journal.record import content_of
from webhooks import actions, rules, sending
from webhooks.choices import DeliveryState, WebhookState
from webhooks.models import Delivery, Webhook
from webhooks.queries import backlog

pytestmark = pytest.mark.django_db


def entries(kind):
    return [content_of(entry) for entry in Entry.objects.filter(kind=kind)]


def test_what_happens_is_told_signed_and_without_content_or_names(hook, happens, turn, receiver, now):
    webhook = hook()
    number = happens("C1", "incident.level_set", level="orange")

    assert turn() == 1

    (got,) = receiver.got
    with time_machine.travel(now, tick=False):
        body = Checker(webhook.secret).verify(got.raw, got.headers)
    assert body["type"] == "incident.level_set"
    assert body["data"] == {
        "number": number, "at": body["data"]["at"], "subject": "incident:7", "thread": "incident:7", "unit": "C1",
        "level": "orange", "drill": False,
    }  # fmt: skip
    webhook.refresh_from_db()
    assert (webhook.cursor, webhook.last_delivered_at) == (head(), now)
    assert turn() == 0


def writes_of(turn):
    """The statements by which a turn changes something."""
    with CaptureQueriesContext(connection) as asked:
        turn()
    return [one["sql"] for one in asked if one["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_many_messages_of_a_turn_are_written_down_together(hook, happens, turn, receiver):
    """Each transaction of the sender is one that whoever raises an alarm may wait for."""
    hook()
    happens()
    one = writes_of(turn)
    for _more in range(rules.MARKED_AT_ONCE):
        happens()

    many = writes_of(turn)

    assert len(receiver.got) == 1 + rules.MARKED_AT_ONCE
    assert len(many) == len(one)
    rows = Delivery.objects.values_list("state", "tries", "last_error")
    assert set(rows) == {(DeliveryState.DELIVERED, 1, "")}
    assert not Delivery.objects.filter(ended_at=None).exists()


def test_what_was_taken_before_a_refusal_is_written_down_as_taken(hook, happens, turn, receiver):
    webhook = hook()
    kinds = ["observed", "observed", "level_set", "observed", "observed"]
    refused = [happens("C1", f"incident.{kind}") for kind in kinds][2]
    receiver.refuses["incident.level_set"] = 500

    turn()

    states = dict(Delivery.objects.values_list("number", "state"))
    assert states.pop(refused) == DeliveryState.QUEUED
    assert set(states.values()) == {DeliveryState.DELIVERED}
    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_what_was_taken_is_written_down_when_the_webhook_is_stopped_under_way(
    hook, happens, turn, receiver, monkeypatch
):
    webhook = hook()
    for _n in range(3):
        happens()
    posted = sending.hand_over

    def stops(*given):
        outcome = posted(*given)
        Webhook.objects.filter(pk=webhook.pk).update(state=WebhookState.STOPPED, stopped_because="person")
        return outcome

    monkeypatch.setattr(sending, "hand_over", stops)
    turn()

    assert len(receiver.got) == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["delivered", "queued", "queued"]


def test_the_signature_is_the_one_of_the_standards_own_example():
    """https://github.com/standard-webhooks/standard-webhooks: the vector in the specification."""
    from datetime import UTC, datetime

    signed = Checker("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), '{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_another_secret_does_not_fit(hook, happens, turn, receiver, now):
    hook()
    happens()
    turn()
    other = hook("county1.director")

    with time_machine.travel(now, tick=False), pytest.raises(WebhookVerificationError):
        Checker(other.secret).verify(receiver.got[0].raw, receiver.got[0].headers)


def test_only_what_was_asked_for_and_what_its_person_may_see(hook, happens, turn, receiver, units):
    hook("county1.duty")
    hook("city.duty", groups=["incidents"], unit=units["C2"])

    ours = happens("C1", "incident.observed")
    theirs = happens("C2", "incident.observed")
    happens("C1", "plan.in_force")
    happens("C1", "session.signed_in")
    turn()

    assert sorted(receiver.numbers()) == [ours, theirs]
    assert {one.body["data"]["unit"] for one in receiver.got} == {"C1", "C2"}


def test_who_loses_the_post_before_it_is_sent_tells_nothing_more(
    hook, happens, turn, receiver, cast, hands, now
):
    webhook = hook()
    happens()
    sending.make_messages(webhook, now)
    cast["county1.duty"].appointments.all().delete()

    turn()

    assert receiver.got == []
    assert Delivery.objects.get().state == DeliveryState.DROPPED


def test_a_disabled_account_tells_nothing(hook, happens, turn, receiver, cast):
    webhook = hook()
    happens()
    cast["county1.duty"].is_active = False
    cast["county1.duty"].save()

    turn()

    webhook.refresh_from_db()
    assert (receiver.got, webhook.state, webhook.stopped_because) == ([], WebhookState.STOPPED, "away")


def test_an_address_that_the_operator_lists_no_longer_is_not_called(hook, happens, turn, receiver, settings):
    webhook = hook()
    happens()
    settings.WEBHOOK_TARGETS = ["https://elsewhere.example.gov"]

    turn()

    webhook.refresh_from_db()
    assert (receiver.got, webhook.stopped_because) == ([], "forbidden")


@pytest.mark.parametrize("status", [400, 404, 500, 302])
def test_what_is_not_taken_is_sent_again_under_the_same_id_and_time_by_time_later(
    hook, happens, turn, receiver, hands, status
):
    hook()
    happens()
    receiver.status = status
    assert turn() == 1
    assert turn() == 0

    hands.turn(seconds=5)
    receiver.status = 200
    assert turn() == 1

    first, second = receiver.got
    assert first.id == second.id
    assert first.raw == second.raw
    assert int(second.timestamp) == int(first.timestamp) + 5
    assert Delivery.objects.get().tries == 2


def test_one_that_is_refused_again_and_again_is_given_up_and_stops_no_other(
    hook, happens, turn, receiver, hands
):
    webhook = hook()
    happens("C1", "incident.observed")
    receiver.refuses = {"incident.observed": 500}
    for _n in range(len(rules.WAITS) + 1):
        happens("C1", "incident.taken")
        turn()
        hands.turn(hours=25)

    assert Delivery.objects.get(state=DeliveryState.FAILED).tries == len(rules.WAITS) + 1
    assert receiver.types().count("incident.taken") == len(rules.WAITS) + 1
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.ACTIVE


def test_what_was_given_up_is_sent_again_when_its_person_says_so(hook, happens, turn, receiver, hands, reach):
    webhook = hook()
    happens()
    Delivery.objects.all()
    sending.make_messages(webhook, hands())
    Delivery.objects.update(state=DeliveryState.FAILED, tries=10, ended_at=hands())

    assert actions.send_failed_again(reach=reach("county1.duty"), webhook_id=webhook.pk, now=hands()) == 1
    turn()

    assert len(receiver.got) == 1
    assert entries("webhook.sent_again")[0]["count"] == 1


def test_one_that_hangs_is_given_one_wait_then_rests_and_harms_no_other(
    hook, happens, turn, receiver, hands, monkeypatch, settings
):
    monkeypatch.setattr(rules, "PATIENCE", 0.2)
    slow = hook("county1.duty")
    for _n in range(5):
        happens()
    receiver.status = "hang"

    assert turn() == 1
    assert turn() == 0
    # Handed out before it began to rest, and taken up only now.
    assert sending.serve(slow.pk, hands) == 0
    slow.refresh_from_db()
    assert slow.rests_until == hands() + rules.FIRST_REST
    assert slow.last_error == "ReadTimeout"

    # The next one: twice as long.
    hands.turn(seconds=5)
    turn()
    slow.refresh_from_db()
    assert slow.rests_until == hands() + 2 * rules.FIRST_REST

    receiver.status = 200
    receiver.release.set()
    hands.turn(minutes=6)
    turn()
    assert Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 5


def test_a_closed_port_rests_too(hook, happens, turn, receiver, settings):
    settings.WEBHOOK_TARGETS = ["http://127.0.0.1:9"]
    webhook = hook(url="http://127.0.0.1:9/in")
    happens()

    assert turn() == 1

    webhook.refresh_from_db()
    assert webhook.rests_until
    assert webhook.last_error


def test_who_asks_for_patience_gets_it(hook, happens, turn, receiver, hands):
    webhook = hook()
    happens()
    happens()
    receiver.status, receiver.says = 429, {"Retry-After": "30"}

    assert turn() == 1

    webhook.refresh_from_db()
    assert webhook.rests_until == hands() + timedelta(seconds=30)


def test_410_stops_it_and_is_on_record(hook, happens, turn, receiver, reach, hands):
    webhook = hook()
    happens()
    receiver.status = 410
    turn()

    webhook.refresh_from_db()
    assert (webhook.state, webhook.stopped_because) == (WebhookState.STOPPED, "gone")
    assert entries("webhook.stopped")[0]["because"] == "gone"

    receiver.status = 200
    hands.turn(minutes=1)
    missed = happens("C1", "incident.taken")
    turn()
    assert missed not in receiver.numbers()
    actions.let_go_on(reach=reach("county1.duty"), webhook_id=webhook.pk, now=hands())
    turn()
    assert missed in receiver.numbers()


def test_five_days_of_silence_stop_it_and_one_hour_is_told_to_who_keeps_the_system(
    hook, happens, turn, receiver, hands
):
    webhook = hook()
    happens()
    receiver.status = 500
    turn()
    assert "webhooks_failing" not in {fault.code for fault in find_faults(hands(), {})}

    hands.turn(hours=1, seconds=1)
    assert "webhooks_failing" in {fault.code for fault in find_faults(hands(), {})}

    hands.turn(days=5)
    turn()
    webhook.refresh_from_db()
    assert (webhook.state, webhook.stopped_because) == (WebhookState.STOPPED, "silent")
    assert "webhooks_failing" in {fault.code for fault in find_faults(hands(), {})}


def test_it_is_taken_again_and_nobody_speaks_of_it_any_more(hook, happens, turn, receiver, hands):
    webhook = hook()
    happens()
    receiver.status = 500
    turn()
    hands.turn(hours=2)
    receiver.status = 200
    turn()

    webhook.refresh_from_db()
    assert (webhook.failing_since, webhook.last_error) == (None, "")
    assert "webhooks_failing" not in {fault.code for fault in find_faults(hands(), {})}


def test_a_message_that_cannot_be_made_is_set_aside_and_shown_and_the_next_goes_out(
    hook, happens, turn, receiver, monkeypatch
):
    hook()
    poisoned, fine = happens(), happens("C1", "incident.taken")
    made = sending._body

    def body(row, entry):
        if row.number == poisoned:
            raise ValueError("this one")
        return made(row, entry)

    monkeypatch.setattr(sending, "_body", body)

    turn()

    assert receiver.numbers() == [fine]
    assert SetAside.objects.get(loop="webhooks").error == "ValueError"


def test_two_processes_serve_one_webhook_one_after_the_other(hook, happens, hands, receiver):
    webhook = hook()
    happens()
    assert sending._hold(webhook.pk, "first", hands())

    assert sending.serve(webhook.pk, hands) == 0
    assert webhook not in sending.with_work(hands())

    hands.turn(seconds=46)
    assert sending.serve(webhook.pk, hands) == 1
    assert len(receiver.got) == 1


def test_who_has_lost_it_meanwhile_sends_nothing_more(hook, happens, hands, receiver, monkeypatch):
    webhook = hook()
    happens()
    happens()
    handed = sending.hand_over

    def slowly(*given):
        Webhook.objects.update(holder="another")
        return handed(*given)

    monkeypatch.setattr(sending, "hand_over", slowly)

    assert sending.serve(webhook.pk, hands) == 1
    assert Webhook.objects.get().holder == "another"


def test_a_renewed_secret_signs_beside_the_former_one_for_a_day(
    hook, happens, turn, receiver, reach, hands, now
):
    former = hook().secret
    webhook = actions.renew_secret(reach=reach("county1.duty"), webhook_id=Webhook.objects.get().pk, now=now)
    assert webhook.secret != former
    happens()
    turn()
    with time_machine.travel(now, tick=False):
        for secret in (former, webhook.secret):
            Checker(secret).verify(receiver.got[0].raw, receiver.got[0].headers)

    later = hands.turn(hours=24, seconds=1)
    happens()
    turn()
    with time_machine.travel(later, tick=False), pytest.raises(WebhookVerificationError):
        Checker(former).verify(receiver.got[1].raw, receiver.got[1].headers)


def test_from_a_number_on_all_is_sent_again_under_the_same_ids_even_after_the_rows_are_gone(
    hook, happens, turn, receiver, reach, hands
):
    webhook = hook()
    first, second = happens(), happens("C1", "incident.taken")
    turn()
    sending.tidy(hands.turn(days=8))
    assert not Delivery.objects.exists()

    actions.send_from(reach=reach("county1.duty"), webhook_id=webhook.pk, number=second, now=hands())
    turn()

    assert receiver.numbers() == [first, second, second]
    assert receiver.got[1].id == receiver.got[2].id


def test_after_an_older_database_was_restored_it_goes_on_with_what_is_new(hook, happens, turn, receiver):
    webhook = hook()
    Webhook.objects.update(cursor=head() + 500)
    turn()
    webhook.refresh_from_db()
    assert webhook.cursor == head()

    number = happens()
    turn()
    assert receiver.numbers() == [number]


def test_a_flood_is_told_in_order_and_whole(hook, happens, turn, receiver):
    webhook = hook()
    numbers = [happens() for _n in range(rules.BATCH + 20)]

    while turn():
        pass

    assert receiver.numbers() == numbers
    webhook.refresh_from_db()
    assert webhook.cursor == head()


def test_each_turn_costs_the_same_however_many_messages_there_are(
    hook, happens, hands, receiver, django_assert_max_num_queries, monkeypatch
):
    """What does not belong to one message is read once a batch."""
    webhook = hook()
    for _n in range(20):
        happens()
    monkeypatch.setattr(sending, "hand_over", lambda *given: sending.TryResult(200))
    # Five a message: hold on, lock both, write both, a savepoint.
    with django_assert_max_num_queries(20 * 7 + 40):
        assert sending.serve(webhook.pk, hands) == 20


def test_one_entry_is_one_message_of_a_webhook(hook, now):
    """Held by `one_message_per_entry`; two trials are two."""
    webhook = hook()
    for number in (None, None, 7):
        Delivery.objects.create(webhook=webhook, number=number, queued_at=now, next_at=now)
    with pytest.raises(IntegrityError):
        Delivery.objects.create(webhook=webhook, number=7, queued_at=now, next_at=now)


def test_what_waits_for_how_long_and_what_was_given_up_is_counted(hook, happens, turn, receiver, hands):
    webhook = hook()
    assert backlog(hands()) == (0, 0.0, 0)

    receiver.status = 503
    happens()
    turn()
    assert backlog(hands.turn(seconds=4)) == (1, 4.0, 0)

    # What was stopped waits for its person, and is not late.
    Webhook.objects.update(state=WebhookState.STOPPED, stopped_because="person")
    assert backlog(hands()) == (0, 0.0, 0)
    webhook.deliveries.update(state=DeliveryState.FAILED, ended_at=hands())
    assert backlog(hands()) == (0, 0.0, 1)


def test_a_turn_looks_once_and_lets_requests_go_before_each_message(
    hook, happens, turn, receiver, monkeypatch
):
    looked, aside = [], []
    make = sending.make_messages
    monkeypatch.setattr(sending, "make_messages", lambda *given: looked.append(given) or make(*given))
    monkeypatch.setattr(sending, "step_aside", lambda: aside.append(connection.in_atomic_block))
    hook()
    for _ in range(3):
        happens()

    turn()

    assert (len(receiver.got), len(looked)) == (3, 1)
    assert len(aside) == 5


def test_a_turn_goes_on_while_there_is_more_than_it_takes_at_once(hook, happens, turn, receiver, monkeypatch):
    monkeypatch.setattr(rules, "BATCH", 2)
    hook()
    for _ in range(7):
        happens()

    assert turn() == 7
