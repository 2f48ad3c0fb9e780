from datetime import UTC, date, datetime

import pytest

from common.dates.local_time import LOCAL, day_of
from common.dates.periods import DAILY, MONTHLY, QUARTERLY, WEEKLY, Period, parse, period_of


@pytest.mark.parametrize(
    ("text", "cadence", "first", "last"),
    [
        ("2026-11-22", DAILY, date(2026, 11, 22), date(2026, 11, 22)),
        ("2028-02-29", DAILY, date(2028, 2, 29), date(2028, 2, 29)),
        ("2026-W47", WEEKLY, date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W01", WEEKLY, date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", WEEKLY, date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-11", MONTHLY, date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-12", MONTHLY, date(2026, 12, 1), date(2026, 12, 31)),
        ("2028-02", MONTHLY, date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-Q1", QUARTERLY, date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", QUARTERLY, date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_read_and_written_the_same_way(text, cadence, first, last):
    period = parse(text)

    assert (period.cadence, period.day, period.last_day) == (cadence, first, last)
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2026-11-31",
        "2027-02-29",
        "20261122",
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "2026-W7",
        "2026-W47-1",
        "2026-11-22 ",
        "２０２６-11-22",
        "2026-11-22T00:00",
        "0000-01-01",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-Q0",
        "2026-Q5",
        "2026-q4",
    ],
)
def test_anything_else_is_not_a_period(text):
    with pytest.raises(ValueError):
        parse(text)


def test_a_day_is_bounded_by_midnight_in_shanghai():
    period = parse("2026-11-22")

    assert period.starts_at == datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert period.ends_at == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(("utc", "day"), [("15:59:59", date(2026, 11, 22)), ("16:00:00", date(2026, 11, 23))])
def test_the_day_of_a_moment_is_the_one_in_shanghai(utc, day):
    moment = datetime.fromisoformat(f"2026-11-22T{utc}+00:00")

    assert day_of(moment) == day
    assert period_of(DAILY, day_of(moment)).starts_at <= moment.astimezone(LOCAL)


def test_a_week_is_the_one_that_holds_the_day():
    assert str(period_of(WEEKLY, date(2026, 11, 22))) == "2026-W47"
    assert str(period_of(WEEKLY, date(2026, 11, 23))) == "2026-W48"


def test_periods_shift_by_their_own_length():
    assert str(parse("2026-11-30").shifted(1)) == "2026-12-01"
    assert str(parse("2026-W01").shifted(-1)) == "2025-W52"


def test_a_week_cannot_start_on_another_day_than_monday():
    with pytest.raises(ValueError, match="Monday"):
        Period(WEEKLY, date(2026, 11, 22))


@pytest.mark.parametrize(
    ("cadence", "day", "text"),
    [
        (MONTHLY, date(2026, 11, 30), "2026-11"),
        (MONTHLY, date(2026, 12, 1), "2026-12"),
        (QUARTERLY, date(2026, 9, 30), "2026-Q3"),
        (QUARTERLY, date(2026, 10, 1), "2026-Q4"),
        (QUARTERLY, date(2026, 12, 31), "2026-Q4"),
    ],
)
def test_months_and_quarters_are_those_that_hold_the_day(cadence, day, text):
    assert str(period_of(cadence, day)) == text


def test_months_and_quarters_shift_over_the_year():
    assert [str(parse("2026-11").shifted(n)) for n in (-11, -1, 1, 2, 14)] == [
        "2025-12", "2026-10", "2026-12", "2027-01", "2028-01",
    ]  # fmt: skip
    assert [str(parse("2026-Q4").shifted(n)) for n in (-4, -1, 1)] == ["2025-Q4", "2026-Q3", "2027-Q1"]


def test_a_month_is_bounded_by_midnight_in_shanghai():
    period = parse("2026-11")

    assert period.starts_at == datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    assert period.ends_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(("cadence", "day"), [(MONTHLY, date(2026, 11, 2)), (QUARTERLY, date(2026, 11, 1))])
def test_months_and_quarters_start_where_they_start(cadence, day):
    with pytest.raises(ValueError, match="starts on"):
        Period(cadence, day)


@pytest.mark.parametrize(
    ("text", "filed"),
    [
        ("2026-W01", (2026, 1)),  # begins on 29 December 2025
        ("2026-W53", (2026, 12)),
        ("2027-W01", (2027, 1)),
        ("2026-W31", (2026, 7)),
        ("2026-W14", (2026, 4)),  # begins on 30 March
        ("2026-12-31", (2026, 12)),
        ("2026-Q4", (2026, 10)),
    ],
)
def test_a_week_is_filed_in_the_month_that_holds_most_of_its_days(text, filed):
    assert parse(text).filed_in == filed
