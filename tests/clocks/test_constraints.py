"""Each promise of the tables, and one attempt to break it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from clocks.models import Clock, ClockRule, WorkCalendarDay
from tests.clocks.conftest import rule


def breaks(name):
    """SQLite names a check constraint, but not a unique index with its name: both end in an IntegrityError."""
    return pytest.raises(IntegrityError, match=name)


def test_one_rule_per_plan_and_clock(plan):
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockRule.objects.bulk_create([_of_the_plan()])


def _of_the_plan():
    again = rule("golden", "incident.discovered", "incident.reported")
    again.plan = "city@1"
    return again


def test_a_generation_exists_once(stored_clock, now):
    stored_clock(subject="order:1", stopped_at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        stored_clock(subject="order:1", stopped_at=now)


def test_a_clock_runs_once_per_subject(stored_clock):
    stored_clock(subject="order:1")

    with pytest.raises(IntegrityError), transaction.atomic():
        stored_clock(subject="order:1", generation=2)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("clock_stopped_or_cancelled", {"stopped_at": 1, "cancelled_at": 1}),
        ("clock_stops_after_it_starts", {"stopped_at": -1}),
        ("clock_provisional_has_no_date", {"due_at": 1, "provisional": True}),
        ("clock_breached_has_a_deadline", {"breached_at": 1}),
    ],
)
def test_times_that_cannot_be(stored_clock, now, name, fields):
    times = {
        field: value if value is True else now + timedelta(minutes=value) for field, value in fields.items()
    }

    with breaks(name), transaction.atomic():
        stored_clock(**times)
    assert not Clock.objects.exists()


def test_a_day_stands_in_the_calendar_once(workdays):
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkCalendarDay.objects.create(date=date(2026, 1, 1), is_workday=True, source="x")
