"""The sixty and ninety days of a leader case: over weekends, make-up days and the year's end, without any calendar."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocks.durations import Terms, due_at, end_of
from common.dates.local_time import LOCAL, day_of
from plans.document.clock_rules import clock_rules
from plans.document.sections import clocks_of
from plans.document.strict_yaml import read
from tests.cases.test_leader_cases import LIBRARY

(RULE,) = [
    rule for rule in clock_rules(clocks_of(read(LIBRARY.read_text()).value), "x") if rule.clock_id == "C004-7"
]
FIRST = datetime(2020, 1, 1, tzinfo=LOCAL)
MOMENTS = st.integers(0, 20 * 366 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


def no_calendar(day):
    raise AssertionError(f"calendar days ask no calendar: {day}")


def due(start, extended=0):
    return due_at(start, RULE.duration, no_calendar, Terms(extended=extended)).at


def test_the_plan_gives_sixty_days_and_thirty_more():
    assert (RULE.start_kind, RULE.stop_kind, RULE.duration, RULE.max_extension, RULE.role) == (
        "leader_case.opened", "leader_case.closed", "P60D", "P30D", "case_leader",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "sixty", "ninety"),
    [
        # The year's end; 2027 has no calendar yet.
        ("2026-11-22 09:00", "2027-01-21", "2027-02-20"),
        ("2026-12-31 23:59", "2027-03-01", "2027-03-31"),
        # Ends on a Sunday, and there it stays.
        ("2026-02-11 10:00", "2026-04-12", "2026-05-12"),
        # Over the spring holiday and its make-up days 2026-02-14 and 02-28.
        ("2026-01-16 08:30", "2026-03-17", "2026-04-16"),
        # Sixty days end in the national holiday.
        ("2026-08-03 00:00", "2026-10-02", "2026-11-01"),
        # A leap year.
        ("2028-01-01 12:00", "2028-03-01", "2028-03-31"),
    ],
)
def test_days_are_days(start, sixty, ninety):
    begun = datetime.fromisoformat(start).replace(tzinfo=LOCAL)

    assert due(begun) == end_of(date.fromisoformat(sixty))
    assert due(begun, 30) == end_of(date.fromisoformat(ninety))


@given(begun=MOMENTS, extended=st.integers(0, 30))
def test_an_extension_never_shortens_and_never_passes_ninety(begun, extended):
    ends = due(begun, extended)

    assert ends == end_of(day_of(begun) + timedelta(days=60 + extended))
    assert due(begun) <= ends <= due(begun, 30) == end_of(day_of(begun) + timedelta(days=90))


@given(begun=MOMENTS)
def test_the_hour_of_the_listing_changes_nothing(begun):
    assert due(begun) == due(begun.replace(hour=0, minute=0)) == due(begun.replace(hour=23, minute=59))
