"""Days and moments from outside, within what a calendar of this product can hold.

Year 1 and year 9999 are dates to Python, and every addition to them, every change of time zone, overflows. Whatever
reads a day or a moment from an address reads it here; forms and bodies have common.dates.date_fields.
"""

import re
from datetime import date, datetime
from typing import TypeVar

from django.utils import timezone
from django.utils.dateparse import parse_datetime

#: Before the first and after the last nothing of ours happens; disputes may be old, plans do not reach that far.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2149, 12, 31)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


Day = TypeVar("Day", bound=date)


def is_in_range(day: date) -> bool:
    """Also of a moment: its calendar day, whatever its zone."""
    return FIRST_DAY.year <= day.year <= LAST_DAY.year


def in_range(day: Day) -> Day:
    """The day itself. Raises ValueError outside the calendar."""
    if not is_in_range(day):
        raise ValueError(f"not between {FIRST_DAY.year} and {LAST_DAY.year}: {day}")
    return day


def read_day(text: str) -> date | None:
    """ "2026-11-22", or None for anything that is no such day."""
    try:
        return in_range(date.fromisoformat(text))
    except ValueError:
        return None


def read_month(text: str) -> date | None:
    """ "2026-11" → its first day, or None."""
    match = _MONTH.fullmatch(text)
    return read_day(f"{match[1]}-{match[2]}-01") if match else None


def read_moment(text: str) -> datetime | None:
    """An ISO moment, taken as Asia/Shanghai where it names no zone; None for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None or not is_in_range(found):
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found
