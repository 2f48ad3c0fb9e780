"""Periods of reporting: a day "2026-11-22" or an ISO week "2026-W47", bounded in Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
DAILY = "daily"
WEEKLY = "weekly"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
_LENGTH = {DAILY: timedelta(days=1), WEEKLY: timedelta(days=7)}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A day, or a week from Monday to Sunday. `day` is its first day."""

    cadence: str
    day: date

    def __post_init__(self) -> None:
        if self.cadence == WEEKLY and self.day.weekday() != 0:
            raise ValueError("a week starts on a Monday")

    def __str__(self) -> str:
        if self.cadence == DAILY:
            return self.day.isoformat()
        year, week, _ = self.day.isocalendar()
        return f"{year:04d}-W{week:02d}"

    @property
    def last_day(self) -> date:
        return self.day + _LENGTH[self.cadence] - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.day, time(), LOCAL)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.day + _LENGTH[self.cadence], time(), LOCAL)

    def shifted(self, steps: int) -> "Period":
        """The period `steps` later (negative: earlier)."""
        return Period(self.cadence, self.day + steps * _LENGTH[self.cadence])


def day_of(moment: datetime) -> date:
    """The calendar day of a moment in Asia/Shanghai."""
    return moment.astimezone(LOCAL).date()


def period_of(cadence: str, day: date) -> Period:
    """The period of this cadence that holds `day`."""
    return Period(cadence, day if cadence == DAILY else day - timedelta(days=day.weekday()))


def parse(text: str) -> Period:
    """Read "2026-11-22" or "2026-W47". Raises ValueError for anything else, also for a day that does not exist."""
    if _DAY.fullmatch(text):
        return Period(DAILY, date.fromisoformat(text))
    if week := _WEEK.fullmatch(text):
        return Period(WEEKLY, date.fromisocalendar(int(week[1]), int(week[2]), 1))
    raise ValueError(f"not a period: {text!r}")
