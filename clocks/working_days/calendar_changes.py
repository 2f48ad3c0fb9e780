"""What a year's file would change in the calendar, day by day.

A file says only what it lists: days it does not mention stay as they are, whoever brought them; for a year without a
calendar they are Monday to Friday work, Saturday and Sunday off. Source: the State Council's notice of a year also names
make-up days of the year before, and is corrected by single lines.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from clocks.models import WorkCalendarDay
from clocks.working_days.calendar_files import Day, YearFile


class DayChange(NamedTuple):
    """One day: as it is stored (None: not at all), and as it would be."""

    before: Day | None
    after: Day

    @property
    def is_new(self) -> bool:
        return self.before is None


def changes_of(file: YearFile, *, replace: bool = False) -> list[DayChange]:
    """Every day that the file changes. With `replace` it is the whole truth for its year: what it does not list goes
    back to its day of the week."""
    years = {day.date.year for day in file.days} | {file.year}
    rows = WorkCalendarDay.objects.filter(date__year__in=years).values_list("date", "is_workday", "notice")
    stored = {row[0]: Day(*row) for row in rows}
    is_loaded = any(day.year == file.year for day in stored)
    wanted = {day.date: day for day in (_week(file.year) if replace or not is_loaded else ())}
    wanted |= {day.date: _with_notice(day, stored.get(day.date)) for day in file.days}
    return [
        DayChange(stored.get(day), wanted[day]) for day in sorted(wanted) if stored.get(day) != wanted[day]
    ]


def _week(year: int) -> Iterator[Day]:
    first = date(year, 1, 1)
    for number in range((date(year + 1, 1, 1) - first).days):
        day = first + timedelta(days=number)
        yield Day(day, day.weekday() < 5)


def _with_notice(day: Day, stored: Day | None) -> Day:
    """A line without a notice takes none away."""
    keeps = stored and not day.notice and stored.is_workday == day.is_workday
    return day._replace(notice=stored.notice) if keeps else day
