"""How long a plan gives, and when that is over. Pure: no database, no present time.

| text | means |
|---|---|
| `PT3M` `PT1H` `PT24H` `PT1H30M` | exactly so long after the start |
| `P3D` | calendar days: the start day does not count, the last day counts to its end |
| `P1M` | months: to the end of the day of that number, or of the month's last where it has none |
| `2WD` | working days by the State Council calendar, counted the same way |
| `same_day_24h00` | to the end of the start day |
| `given` | the act itself brings the deadline (an order's arrival time) |
| `immediate` `timely` `unspecified` | the source gives no figure, so there is no deadline |

日 and 工作日 follow 民法典 第201、203条: the day of the start is not counted and a period ends at 24:00 of
its last day. There is no roll-forward over a holiday. Days are days in Shanghai; the end of a day is kept
as its last microsecond, so that the deadline's date is the date people say. A moment equal to the deadline
is still in time.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from common.dates.local_time import LOCAL, day_of

#: date → is it a working day? None where the calendar of that year is not loaded.
Workdays = Callable[[date], bool | None]

NO_FIGURE = ("immediate", "timely", "unspecified")
_EXACT = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_DAYS = re.compile(r"P(\d+)D")
_MONTHS = re.compile(r"P(\d+)M")
_WORKDAYS = re.compile(r"(\d+)WD")
#: Longer figures are a slip of the pen: a plan's longest clock is 90 days.
_MOST_DAYS = 3660


class Duration(NamedTuple):
    #: exact | days | months | workdays | same_day | given | none
    kind: str
    #: Seconds for `exact`, a number of them for `days`, `months` and `workdays`, else 0.
    amount: int = 0


class Due(NamedTuple):
    #: The last moment that is still in time, in UTC; None without a figure or while provisional.
    at: datetime | None
    #: True when the working days run into a year whose calendar is not loaded: never a guess.
    provisional: bool = False


@lru_cache(maxsize=512)
def parse(text: str) -> Duration:
    """Read a duration as plans write it. Raises ValueError for anything else."""
    if text in NO_FIGURE:
        return Duration("none")
    if text == "given":
        return Duration("given")
    if text == "same_day_24h00":
        return Duration("same_day")
    if (match := _EXACT.fullmatch(text)) and any(match.groups()):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return _checked(Duration("exact", hours * 3600 + minutes * 60 + seconds), text, seconds=True)
    if match := _DAYS.fullmatch(text):
        return _checked(Duration("days", int(match[1])), text)
    if match := _MONTHS.fullmatch(text):
        return _checked(Duration("months", int(match[1])), text)
    if match := _WORKDAYS.fullmatch(text):
        return _checked(Duration("workdays", int(match[1])), text)
    raise ValueError(f"{text!r} is not a duration: PT3M, P3D, 2WD, same_day_24h00, given, immediate, timely")


def _checked(duration: Duration, text: str, seconds: bool = False) -> Duration:
    if not 0 < duration.amount <= _MOST_DAYS * (86400 if seconds else 1):
        raise ValueError(f"{text!r} is not a duration: it must be more than nothing and at most ten years")
    return duration


class Terms(NamedTuple):
    """What was agreed about one clock after it began; the law's own figure stays in it."""

    #: From when until when it did not count, oldest first.
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    #: So many more, of the kind of the extension ("days" or "workdays").
    extended: int = 0
    extended_in: str = "days"


AS_BEGUN = Terms()


def due_at(start: datetime, duration: str | Duration, workdays: Workdays, terms: Terms = AS_BEGUN) -> Due:
    """When `duration` after `start` is over. `start` is aware; `given` has no due time of its own.

    What was left when it was paused, in days or in minutes as the figure is, is left when it goes on. An extension
    begins where the figure ends.
    """
    if terms != AS_BEGUN:
        return _due_on(start, duration, workdays, terms)
    kind, amount = parse(duration) if isinstance(duration, str) else duration
    if kind == "exact":
        return Due(start.astimezone(UTC) + timedelta(seconds=amount))
    day = day_of(start)
    if kind == "same_day":
        return Due(end_of(day))
    if kind == "days":
        return Due(end_of(day + timedelta(days=amount)))
    if kind == "months":
        return Due(end_of(_months_after(day, amount)))
    if kind == "workdays":
        last = _nth_workday(day, amount, workdays)
        return Due(end_of(last)) if last else Due(None, provisional=True)
    return Due(None)


def end_of(day: date) -> datetime:
    """The last microsecond of that day in Shanghai, in UTC."""
    return datetime.combine(day, time.max, LOCAL).astimezone(UTC)


def _due_on(start: datetime, duration: str | Duration, workdays: Workdays, terms: Terms) -> Due:
    """The same with pauses and an extension: what was left at a pause is left when it ends."""
    kind, amount = parse(duration) if isinstance(duration, str) else duration
    plain = due_at(start, Duration(kind, amount), workdays)
    if plain.at is None:
        return plain
    if kind == "exact" and not terms.extended:
        return Due(plain.at + sum((until - since for since, until in terms.pauses), timedelta()))
    counted = workdays if kind == "workdays" else _every_day
    last: date | None = day_of(plain.at)
    if terms.extended:
        longer_by = workdays if terms.extended_in == "workdays" else _every_day
        last = _nth_workday(day_of(plain.at), terms.extended, longer_by)
    for since, until in terms.pauses:
        last = last and _resumed(last, day_of(since), day_of(until), counted)
    return Due(end_of(last)) if last else Due(None, provisional=True)


def _resumed(last: date, since: date, until: date, counted: Workdays) -> date | None:
    """As many counted days after the day it goes on as there were after the day it stood still."""
    left = 0
    for number in range((last - since).days):
        is_counted = counted(since + timedelta(days=number + 1))
        if is_counted is None:
            return None
        left += is_counted
    return _nth_workday(until, left, counted)


def _every_day(day: date) -> bool:
    return True


def _months_after(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _nth_workday(day: date, count: int, workdays: Workdays) -> date | None:
    while count:
        day += timedelta(days=1)
        is_workday = workdays(day)
        if is_workday is None:
            return None
        count -= is_workday
    return day
