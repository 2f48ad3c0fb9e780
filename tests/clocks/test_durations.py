"""The plans' own vectors, and properties over ten years."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clocks.durations import Due, due_at, end_of, parse
from clocks.working_days.seed import known_days
from common.dates.local_time import LOCAL, day_of

KNOWN = {day: is_workday for day, is_workday, _name in known_days()}
MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=LOCAL)


def local_date(start, duration):
    due = due_at(datetime.combine(start, datetime.min.time(), LOCAL).replace(hour=9), duration, KNOWN.get)
    return day_of(due.at)


@pytest.mark.parametrize(
    ("start", "duration", "last_day"),
    [
        (date(2026, 2, 11), "2WD", date(2026, 2, 13)),
        (date(2026, 2, 11), "5WD", date(2026, 2, 25)),
        (date(2026, 9, 18), "2WD", date(2026, 9, 21)),
        (date(2026, 9, 18), "20WD", date(2026, 10, 22)),
        (date(2026, 9, 18), "30WD", date(2026, 11, 5)),
        (date(2026, 11, 22), "P15D", date(2026, 12, 7)),
        (date(2026, 11, 22), "P60D", date(2027, 1, 21)),
        (date(2026, 11, 22), "20WD", date(2026, 12, 18)),
        (date(2024, 2, 28), "P1D", date(2024, 2, 29)),
        (date(2026, 11, 22), "same_day_24h00", date(2026, 11, 22)),
    ],
)
def test_vectors(start, duration, last_day):
    assert local_date(start, duration) == last_day


def test_a_year_without_calendar_gives_no_date():
    assert due_at(MORNING, "30WD", KNOWN.get) == Due(None, provisional=True)


@pytest.mark.parametrize(
    ("duration", "seconds"), [("PT3M", 180), ("PT1H", 3600), ("PT24H", 86400), ("PT1H30M5S", 5405)]
)
def test_hours_and_minutes_are_exact(duration, seconds):
    assert due_at(MORNING, duration, KNOWN.get).at == MORNING + timedelta(seconds=seconds)


@pytest.mark.parametrize("duration", ["immediate", "timely", "unspecified", "given"])
def test_without_a_figure_there_is_no_deadline(duration):
    assert due_at(MORNING, duration, KNOWN.get) == Due(None)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "3 days", "P0D", "PT0M", "0WD", "PT3m", "P3W", "P9999999D", "-P3D", "P3D "]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="is not a duration"):
        parse(text)


def test_a_day_begins_at_midnight_in_shanghai_not_in_utc():
    late = datetime(2026, 11, 22, 23, 59, 59, tzinfo=LOCAL)
    early = datetime(2026, 11, 23, 0, 0, 0, tzinfo=LOCAL)

    assert due_at(late, "P1D", KNOWN.get).at == end_of(date(2026, 11, 23))
    assert due_at(early, "P1D", KNOWN.get).at == end_of(date(2026, 11, 24))


moments = st.integers(0, 11 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2015, 1, 1, tzinfo=LOCAL) + timedelta(seconds=seconds)
)


@settings(max_examples=300, deadline=None)
@given(start=moments, days=st.integers(1, 90))
def test_calendar_days_end_that_many_days_later(start, days):
    due = due_at(start, f"P{days}D", KNOWN.get).at.astimezone(LOCAL)

    assert (day_of(due) - day_of(start)).days == days
    assert (due + timedelta(microseconds=1)).time() == datetime.min.time()


@settings(max_examples=300, deadline=None)
@given(start=moments, days=st.integers(1, 60))
def test_working_days_are_counted_one_by_one(start, days):
    last = day_of(due_at(start, f"{days}WD", KNOWN.get).at)
    between = [day_of(start) + timedelta(days=n) for n in range(1, (last - day_of(start)).days + 1)]

    assert sum(KNOWN[day] for day in between) == days
    assert KNOWN[last]


@settings(max_examples=100, deadline=None)
@given(start=moments, days=st.integers(1, 59))
def test_one_more_day_is_never_earlier(start, days):
    for unit in ("P{}D", "{}WD"):
        assert (
            due_at(start, unit.format(days), KNOWN.get).at
            < due_at(start, unit.format(days + 1), KNOWN.get).at
        )
