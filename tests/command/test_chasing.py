"""Too long in a state: whom it is about, then the duty room, then the leader; each once, until the order goes on."""

import json
from datetime import timedelta

import jsonschema
import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from clocks.breaches.sweep import sweep
from clocks.models import Clock
from command.chasing import actions as chasing
from command.chasing.models import Chase
from command.orders import rules
from command.orders.actions import issue_order, move_order, read_target
from command.orders.choices import OrderVerb as V
from journal.models import Entry
from notices.models import Notice
from plans.document.general import chase_of, general, order_clocks
from plans.document.strict_yaml import read
from plans.people import overdue

MINUTE = timedelta(minutes=1)
WAY = [V.ACKNOWLEDGE, V.DEPART, V.ARRIVE, V.CONFIRM_ARRIVAL, V.COMPLETE]


@pytest.fixture
def order(alarm, reach, now):
    return issue_order(
        incident_id=alarm(headcount=8).pk,
        reach=reach("county1.duty"),
        target=read_target("squad:dialogue@C1"),
        task="到一楼大厅对话",
        now=now,
    )


@pytest.fixture
def go(order, reach):
    """go("depart", at): the squad's own act; the arrival is confirmed by the duty room."""

    def act(verb, at):
        who = "county1.duty" if verb == V.CONFIRM_ARRIVAL else "county1.squad.dialogue"
        return move_order(order_id=order.pk, reach=reach(who), verb=verb, now=at)

    return act


def turn(at):
    sweep(at)
    overdue.tell_breaches(at)
    return chasing.take_due(at)


def told(clock):
    rows = Notice.objects.filter(purpose__startswith=f"clock.breached.{clock.pk}", channel="app")
    return sorted((row.purpose.split(".")[3:], row.recipient.username) for row in rows)


def test_the_squad_then_the_duty_room_then_the_leader(order, now):
    clock = Clock.objects.get(clock_id="C000-P3", subject=order.key)

    turn(now + 5 * MINUTE + timedelta(seconds=1))
    assert told(clock) == [([], "county1.squad.dialogue")]
    turn(clock.due_at + 3 * MINUTE)
    assert told(clock)[1:] == [(["1"], "county1.duty")]
    turn(clock.due_at + 10 * MINUTE)
    assert told(clock)[2:] == [(["2"], "county1.leader")]

    for later in (11, 30, 600):
        turn(now + later * MINUTE)
    assert len(told(clock)) == 3
    assert Chase.objects.filter(clock=clock, told_at__isnull=False).count() == 2
    assert Entry.objects.filter(kind="order.chased", subject=order.key).exists()


def test_an_engine_that_was_away_takes_every_step_once(order, now):
    clock = Clock.objects.get(clock_id="C000-P3", subject=order.key)

    while turn(now + 29 * MINUTE):
        pass

    assert [name for _step, name in told(clock)] == [
        "county1.squad.dialogue",
        "county1.duty",
        "county1.leader",
    ]


def test_an_order_that_goes_on_ends_the_steps_that_are_left(order, go, now):
    clock = Clock.objects.get(clock_id="C000-P3", subject=order.key)
    turn(now + 6 * MINUTE)

    go(V.ACKNOWLEDGE, now + 7 * MINUTE)
    turn(now + 20 * MINUTE)

    assert [name for _step, name in told(clock)] == ["county1.squad.dialogue"]
    assert Chase.objects.get(clock=clock).ended_at == now + 20 * MINUTE


def test_a_recalled_order_chases_nobody(order, reach, now):
    turn(now + 6 * MINUTE)
    move_order(
        order_id=order.pk, reach=reach("county1.duty"), verb=V.RECALL, note="已平息", now=now + 7 * MINUTE
    )

    turn(now + 60 * MINUTE)

    assert not Entry.objects.filter(kind="order.chased").exists()


def test_what_was_told_is_off_the_screens_once_it_is_answered(order, go, now):
    turn(now + 6 * MINUTE)
    turn(now + 8 * MINUTE)
    go(V.ACKNOWLEDGE, now + 9 * MINUTE)
    overdue.tell_breaches(now + 10 * MINUTE)

    left = Notice.objects.filter(purpose__startswith="clock.breached", state__in=["sent", "queued"])
    assert not left.exists()


def test_in_every_state_in_which_somebody_is_awaited_a_clock_runs_that_can_be_late(order, go, now):
    at = now
    for verb in [None, *WAY]:
        if verb:
            at += MINUTE
            go(verb, at)
        order.refresh_from_db()
        running = Clock.objects.running().filter(subject=order.key, due_at__isnull=False)
        assert running.exists() == (order.state in rules.LIVE), order.state
        for clock in running:
            assert clock.effect == "order.chase", clock.clock_id


@pytest.mark.parametrize("verb", WAY[:-1])
def test_each_state_that_lasts_too_long_is_told_of(order, go, now, verb):
    at = now
    for one in WAY[: WAY.index(verb) + 1]:
        at += MINUTE
        go(one, at)
    late = Clock.objects.running().filter(subject=order.key).latest("due_at")

    turn(late.due_at + timedelta(seconds=1))

    assert told(late)


@pytest.mark.parametrize(
    "name", ["county-joint-attendance", "district-emergency-linkage", "unit-petition-reception"]
)
def test_a_plan_that_says_nothing_has_the_general_limits(name):
    document = read((settings.BASE_DIR / f"plans/library/{name}.yaml").read_text()).value
    states = {line.start for line in order_clocks(document)}

    assert {"order.issued", "order.acknowledged", "order.arrived", "order.arrival_confirmed"} <= states
    assert [step.tell for step in chase_of(document)] == ["duty_room", "leader"]


def test_the_general_limits_are_well_formed_as_a_plan_is():
    schema = json.loads((settings.BASE_DIR / "plans/schema.json").read_text())
    for part in ("orders", "clocks"):
        jsonschema.validate(general()[part], {**schema["properties"][part], "$defs": schema["$defs"]})


def test_a_step_is_kept_once_and_is_told_or_ended(order, now):
    clock = Clock.objects.filter(subject=order.key).first()
    about = {"clock": clock, "step": 1, "tell": "leader", "due_at": now}
    Chase.objects.create(**about)
    for wrong in ({}, {"step": 2, "told_at": now, "ended_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Chase.objects.create(**about | wrong)
