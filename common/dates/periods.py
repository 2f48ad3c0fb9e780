"""Periods of reporting, bounded in Asia/Shanghai.

A day "2026-11-22", an ISO week "2026-W47", a month "2026-11" or a quarter "2026-Q4".
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.dates.days import in_range
from common.dates.local_time import LOCAL

DAILY = "daily"
WEEKLY = "weekly"
MONTHLY = "monthly"
QUARTERLY = "quarterly"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_LENGTH = {DAILY: timedelta(days=1), WEEKLY: timedelta(days=7)}
_MONTHS = {MONTHLY: 1, QUARTERLY: 3}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A day, a week from Monday to Sunday, a month, or a quarter of the calendar year. `day` is its first day."""

    cadence: str
    day: date

    def __post_init__(self) -> None:
        if self.cadence == WEEKLY and self.day.weekday() != 0:
            raise ValueError("a week starts on a Monday")
        if self.cadence in _MONTHS and (self.day.day != 1 or (self.day.month - 1) % _MONTHS[self.cadence]):
            raise ValueError("a month starts on its first day, a quarter in January, April, July or October")

    def __str__(self) -> str:
        if self.cadence == DAILY:
            return self.day.isoformat()
        if self.cadence == MONTHLY:
            return f"{self.day:%Y-%m}"
        if self.cadence == QUARTERLY:
            return f"{self.day:%Y}-Q{self.day.month // 3 + 1}"
        year, week, _ = self.day.isocalendar()
        return f"{year:04d}-W{week:02d}"

    @property
    def last_day(self) -> date:
        return self._first_after(1) - timedelta(days=1)

    @property
    def filed_in(self) -> tuple[int, int]:
        """The year and month it is bound in: of a week those that hold most of its days, as its ISO number has it."""
        day = self.day + timedelta(days=3) if self.cadence == WEEKLY else self.day
        return day.year, day.month

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.day, time(), LOCAL)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self._first_after(1), time(), LOCAL)

    def shifted(self, steps: int) -> "Period":
        """The period `steps` later (negative: earlier)."""
        return Period(self.cadence, self._first_after(steps))

    def _first_after(self, steps: int) -> date:
        """The first day of the period `steps` later."""
        if self.cadence not in _MONTHS:
            return self.day + steps * _LENGTH[self.cadence]
        months = self.day.year * 12 + self.day.month - 1 + steps * _MONTHS[self.cadence]
        return date(months // 12, months % 12 + 1, 1)


def period_of(cadence: str, day: date) -> Period:
    """The period of this cadence that holds `day`."""
    if cadence in _MONTHS:
        return Period(cadence, day.replace(month=day.month - (day.month - 1) % _MONTHS[cadence], day=1))
    return Period(cadence, day if cadence == DAILY else day - timedelta(days=day.weekday()))


def parse(text: str) -> Period:
    """Read "2026-11-22", "2026-W47", "2026-11" or "2026-Q4".

    Raises ValueError for anything else, also for a day that does not exist or lies outside the calendar.
    """
    found = _parse(text)
    in_range(found.day)
    return found


def _parse(text: str) -> Period:
    if _DAY.fullmatch(text):
        return Period(DAILY, date.fromisoformat(text))
    if week := _WEEK.fullmatch(text):
        return Period(WEEKLY, date.fromisocalendar(int(week[1]), int(week[2]), 1))
    if month := _MONTH.fullmatch(text):
        return Period(MONTHLY, date(int(month[1]), int(month[2]), 1))
    if quarter := _QUARTER.fullmatch(text):
        return Period(QUARTERLY, date(int(quarter[1]), 3 * int(quarter[2]) - 2, 1))
    raise ValueError(f"not a period: {text!r}")
