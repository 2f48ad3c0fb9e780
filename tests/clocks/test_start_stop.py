"""Clocks start and stop with the entries a plan names."""

from datetime import timedelta

import pytest
from django.db import transaction

from clocks import actions, rulebook
from clocks.models import Clock, ClockRule
from journal.models import Entry
from tests.clocks.conftest import PLAN, rule


def test_an_entry_starts_its_clock_with_the_deadline_stored(write, now):
    entry = write("incident.discovered", now)

    clock = Clock.objects.get()
    assert (clock.clock_id, clock.subject, clock.generation) == ("golden", "incident:1", 1)
    assert clock.due_at == now + timedelta(minutes=3)
    assert clock.start_entry_id == entry.pk
    assert clock.state(now) == "on_track"


def test_start_and_stop_within_one_transaction(write, now):
    with transaction.atomic():
        write("incident.discovered", now)
        entry = write("incident.reported", now + timedelta(seconds=170))

    clock = Clock.objects.get()
    assert clock.stopped_at == now + timedelta(seconds=170)
    assert clock.stop_entry_id == entry.pk
    assert clock.state(now) == "met"


def test_a_clock_goes_with_the_change_that_failed(write, now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write("incident.discovered", now)
        raise ZeroDivisionError

    assert not Clock.objects.exists()


def test_a_second_start_while_it_runs_changes_nothing_and_one_after_its_end_counts(write, now):
    write("incident.discovered", now)
    write("incident.discovered", now + timedelta(minutes=1))
    assert Clock.objects.get().started_at == now

    write("incident.reported", now + timedelta(minutes=2))
    write("incident.discovered", now + timedelta(minutes=5))

    assert list(Clock.objects.order_by("id").values_list("generation", flat=True)) == [1, 2]


def test_a_late_stop_tells_so(write, now):
    write("incident.discovered", now)
    write("incident.reported", now + timedelta(minutes=4))

    clock = Clock.objects.get()
    assert clock.is_late
    assert clock.state(now) == "breached"


def test_a_stop_that_happened_before_the_start_counts_from_the_start(write, now):
    """A phone's clock that is slow must not break the record."""
    write("incident.discovered", now)
    write("incident.reported", now - timedelta(minutes=1))

    assert Clock.objects.get().stopped_at == now


@pytest.mark.parametrize(
    ("level", "started"), [("red", True), ("orange", True), ("yellow", False), ("", False)]
)
def test_a_rule_for_some_levels_starts_for_those_alone(write, now, level, started):
    write("warning.signed", now, subject="warning:7", thread="incident:1", level=level)

    assert Clock.objects.filter(clock_id="red").exists() is started


def test_a_clock_per_thread_is_stopped_by_another_subject_of_the_incident(write, now):
    write("warning.signed", now, subject="warning:7", thread="incident:1")
    write("first_responder.phone_attempted", now, subject="call:3", thread="incident:1")
    write("warning.pushed_to_platform", now, subject="warning:8", thread="incident:1")

    stopped = {clock.clock_id: clock.stopped_at is not None for clock in Clock.objects.all()}
    assert stopped == {"push": False, "phone": True}


def test_another_incident_stops_nothing(write, now):
    write("incident.discovered", now)
    write("incident.reported", now, subject="incident:2")

    assert Clock.objects.get().is_running


def test_the_act_itself_can_bring_the_deadline(write, now):
    arrive_by = now + timedelta(minutes=30)
    write("order.issued", now, subject="order:17", deadlines={"arrive": arrive_by})

    due = {clock.clock_id: clock.due_at for clock in Clock.objects.all()}
    assert due == {"arrive": arrive_by, "done": None}


def test_recording_gives_back_the_entry_and_the_clocks_that_start_with_it(plan, now):
    about = {"subject": "order:17", "actor": None, "at": now, "plan": PLAN}
    with transaction.atomic():
        entry, started = actions.record_with_clocks("order.issued", **about, deadlines={"arrive": now})

    assert entry == Entry.objects.get()
    assert [(clock.clock_id, clock.due_at) for clock in started] == [("arrive", now), ("done", None)]


def test_entries_no_rule_names_cost_no_query(write, now, django_assert_num_queries):
    write("incident.observed", now)

    # savepoint, insert, release
    with django_assert_num_queries(3):
        write("incident.observed", now)


@pytest.mark.parametrize("started", [1, 3])
def test_starting_is_one_insert_however_many(db, now, write, started, django_assert_num_queries):
    actions.write_rules(
        plan="many@1", rules=[rule(f"m{n}", "order.issued", "order.completed") for n in range(started)]
    )
    rulebook.settle("many@1")
    write("incident.observed", now, plan="many@1")

    with django_assert_num_queries(4):
        write("order.issued", now, plan="many@1", subject="order:1")
    with django_assert_num_queries(4):
        write("order.completed", now, plan="many@1", subject="order:1")
    assert Clock.objects.filter(stopped_at__isnull=False).count() == started


def test_rules_written_in_a_transaction_that_fails_are_forgotten(db, now, write):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.write_rules(plan="new@1", rules=[rule("n", "order.issued", "order.completed")])
        write("order.issued", now, plan="new@1", subject="order:1")
        raise ZeroDivisionError

    write("order.issued", now, plan="new@1", subject="order:1")

    assert not Clock.objects.filter(plan="new@1").exists()


def test_a_rule_with_an_unreadable_duration_is_refused(db):
    with pytest.raises(ValueError, match="is not a duration"):
        actions.write_rules(plan="bad@1", rules=[rule("b", "order.issued", "", duration="soon")])

    assert not ClockRule.objects.filter(plan="bad@1").exists()


def test_cancelling_an_incident_leaves_what_is_done_and_other_incidents(write, now):
    write("incident.discovered", now)
    write("incident.reported", now)
    write("warning.signed", now, subject="warning:7", thread="incident:1", level="red")
    write("incident.discovered", now, subject="incident:2")

    cancelled = actions.cancel_for_thread(thread="incident:1", now=now, reason="办结")

    assert cancelled == 3
    assert Clock.objects.get(clock_id="golden", subject="incident:1").cancelled_at is None
    assert Clock.objects.get(subject="incident:2").is_running
    assert Clock.objects.get(clock_id="push").state(now) == "cancelled"


def test_cancelling_by_what_started_them(write, now):
    write("incident.discovered", now)
    write("warning.signed", now, subject="warning:7", thread="incident:1")

    actions.cancel_for_thread(thread="incident:1", now=now, reason="预警解除", started_by=["warning.signed"])

    assert list(Clock.objects.running().values_list("clock_id", flat=True)) == ["golden"]


def test_a_cancelled_clock_can_start_again(write, now):
    write("warning.signed", now, subject="warning:7", thread="incident:1")
    actions.cancel_for_subject(subject="warning:7", now=now, reason="调整")
    write("warning.signed", now, subject="warning:7", thread="incident:1")

    push = Clock.objects.filter(clock_id="push").order_by("id")
    assert [(c.generation, c.is_running) for c in push] == [(1, False), (2, True)]
    assert Entry.objects.count() == 2


def test_many_entries_start_their_clocks_together(plan, now):
    abouts = [{"subject": f"order:{n}", "actor": None, "at": now, "plan": PLAN} for n in (1, 2)]
    deadlines = [{"arrive": now + timedelta(minutes=n)} for n in (10, 20)]

    with transaction.atomic():
        made = actions.record_many_with_clocks("order.issued", abouts, deadlines=deadlines)

    assert [one.entry.subject for one in made] == ["order:1", "order:2"]
    found = Clock.objects.order_by("subject", "clock_id")
    assert [(one.clock_id, one.subject, one.start_entry_id) for one in found] == [
        (clock_id, one.entry.subject, one.entry.pk) for one in made for clock_id in ("arrive", "done")
    ]
    assert [one.due_at for one in found if one.clock_id == "arrive"] == [
        now + timedelta(minutes=n) for n in (10, 20)
    ]


def test_many_entries_that_stop_something_are_followed_one_by_one(plan, write, now):
    write("warning.proposed", now, subject="warning:1")
    abouts = [
        {
            "subject": f"warning:{n}",
            "thread": "incident:1",
            "actor": None,
            "at": now,
            "plan": PLAN,
            "level": "red",
        }
        for n in (1, 2)
    ]

    with transaction.atomic():
        first, second = actions.record_many_with_clocks("warning.signed", abouts, deadlines=[{}, {}])

    assert Clock.objects.get(clock_id="signoff").stop_entry_id == first.entry.pk
    assert Clock.objects.get(clock_id="phone").start_entry_id == first.entry.pk
    assert set(Clock.objects.filter(clock_id="push").values_list("start_entry_id", flat=True)) == {
        first.entry.pk,
        second.entry.pk,
    }
