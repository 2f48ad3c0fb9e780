"""By when a demand is due follows its clocks, whoever moves them."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.demands import due, queries
from cases.demands.models import NEVER, Demand
from clocks.actions import cancel_for_thread, record_with_clocks
from clocks.models import Clock, WorkCalendarDay
from clocks.succession import hand_over, successors
from clocks.working_days.calendar_actions import recompute_clocks
from common.dates.local_time import day_of
from incidents.actions import merge_incident, retract_incident
from incidents.models import Incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(reception, alarm):
    """Plan 002 in force, and an incident under it that has no signed level yet."""
    found = alarm()
    Incident.objects.filter(pk=found.pk).update(plan=reception)
    found.refresh_from_db()
    return found


def sign(incident, now, level="red"):
    Incident.objects.filter(pk=incident.pk).update(level=level)
    with transaction.atomic():
        record_with_clocks(
            "warning.signed", subject="warning:1", thread=incident.key, unit=incident.unit, actor=None, at=now,
            level=level, plan=incident.plan.ref,
        )  # fmt: skip


def due_of(demand):
    return Demand.objects.get(pk=demand.pk).due_at


def clock_named(name):
    return Clock.objects.get(clock_id=name)


def test_a_red_signature_after_the_registration_leads_at_once(register, incident, now):
    demand, elsewhere = register(origin="incident", incident=incident), register()
    before = due_of(demand)

    sign(incident, now)

    assert due_of(demand) == clock_named("C002-6").due_at < before
    assert due_of(elsewhere) == before


def test_an_incident_that_ends_takes_its_own_clocks_from_the_day_and_leaves_the_demand_s(
    register, incident, now
):
    demand = register(origin="incident", incident=incident)
    before = due_of(demand)
    sign(incident, now)

    cancel_for_thread(thread=incident.key, now=now, reason="closed", matters_too=False)
    assert due_of(demand) == before


def test_another_version_of_the_plan_moves_it(register, incident, now, reception):
    demand = register(origin="incident", incident=incident)
    sign(incident, now)
    # A version that knows none of these time limits: they end.
    with transaction.atomic():
        found = successors(thread=incident.key, old=reception.ref, new="other@1", now=now)
        hand_over(found, now=now, new="other@1")

    left = Clock.objects.running().filter(subject=demand.key)
    assert due_of(demand) == min(clock.due_at for clock in left)


def test_a_calendar_that_arrives_moves_it(register, now):
    demand = register(origin="transfer")
    objection = clock_named("LP-23c")
    assert due_of(demand) == objection.due_at
    WorkCalendarDay.objects.filter(date=day_of(now) + timedelta(days=1)).update(is_workday=False)

    recompute_clocks(now=now)

    moved = Clock.objects.running().get(clock_id="LP-23c")
    assert due_of(demand) == moved.due_at > objection.due_at


def test_a_closed_demand_is_due_never_although_its_incident_goes_on(register, incident, now):
    demand = register(origin="incident", incident=incident)
    Demand.objects.filter(pk=demand.pk).update(
        due_at=NEVER, replied_at=now, outcome="supported", delivered_at=now, delivered_how="by_post",
        office_number="1", closed_at=now,
    )  # fmt: skip

    sign(incident, now)

    assert due_of(demand) == NEVER


def test_a_demand_that_somebody_is_acting_on_follows_after_the_commit(
    register, incident, now, monkeypatch, django_capture_on_commit_callbacks
):
    demand = register(origin="incident", incident=incident)
    before = due_of(demand)
    write = due._write
    monkeypatch.setattr(due, "_write", lambda rows: set())

    with django_capture_on_commit_callbacks() as later:
        sign(incident, now)
    assert due_of(demand) == before

    monkeypatch.setattr(due, "_write", write)
    for call in later:
        call()
    assert due_of(demand) == clock_named("C002-6").due_at


@pytest.mark.parametrize("subjects", [frozenset({"warning:1"}), frozenset({"order:5", "matter:7"})])
def test_what_is_no_demand_s_business_costs_no_query(subjects, django_assert_num_queries):
    with django_assert_num_queries(0):
        due.follow_clocks(subjects)


@pytest.mark.parametrize("count", [1, 5])
def test_many_demands_at_an_incident_follow_with_the_same_queries(register, incident, now, count):
    for _ in range(count):
        register(origin="incident", incident=incident)

    with CaptureQueriesContext(connection) as asked:
        due.follow_clocks(frozenset({incident.key}))

    assert len(asked) <= 5


def test_what_is_written_is_what_is_shown(register, incident, now, reach):
    rows = [
        register(origin="incident", incident=incident),
        register(origin="transfer"),
        register(origin="note"),
    ]
    sign(incident, now)

    for row in rows:
        running = [c.due_at for c in queries.clocks_of(row) if c.is_running and c.due_at]
        assert due_of(row) == min(running)
    assert next(iter(queries.demands(reach("county1.duty")))).due_at == min(due_of(row) for row in rows)


@pytest.mark.parametrize("end", ["merge", "retract"])
def test_merging_or_retracting_an_incident_ends_no_clock_of_a_demand(
    register, incident, alarm, reach, now, end
):
    demand = register(origin="incident", incident=incident)
    owed, before = running_of(demand), due_of(demand)
    given = {"incident_id": incident.pk, "reach": reach("county1.duty"), "now": now}

    if end == "merge":
        merge_incident(**given, into_id=alarm(headcount=4).pk)
    else:
        retract_incident(**given)

    assert running_of(demand) == owed
    assert len(owed) == 2
    assert due_of(demand) == before


def running_of(demand):
    return set(Clock.objects.running().filter(subject=demand.key).values_list("clock_id", flat=True))
