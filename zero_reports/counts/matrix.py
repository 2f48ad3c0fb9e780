"""Units × periods: who answered what, when, at a glance. Six queries whatever the size."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count

from accounts.models import Unit
from common.dates.local_time import day_of
from common.dates.periods import DAILY, WEEKLY, Period, period_of
from zero_reports.filing.choices import Via
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds import rules
from zero_reports.rounds.cadence import cadence_of, due_by_tier, nearest, stated
from zero_reports.rounds.models import Round, Silence


class Cell(NamedTuple):
    period: Period
    #: A value of choices.CellState.
    state: str
    answer: str = ""
    #: How many items the report has.
    items: int = 0
    by_link: bool = False


class Row(NamedTuple):
    unit: Unit
    has_below: bool
    cells: list[Cell]
    #: Of the unit's own answers, over the periods shown.
    expected: int
    received: int
    late: int


class Matrix(NamedTuple):
    unit: Unit
    periods: list[Period]
    rows: list[Row]


def month_of(cadence: str, day: date) -> list[Period]:
    """The days of the month that holds `day`; of a weekly cadence the weeks that begin in its quarter."""
    if cadence == DAILY:
        last = monthrange(day.year, day.month)[1]
        return [Period(DAILY, day.replace(day=number)) for number in range(1, last + 1)]
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    week = period_of(cadence, first)
    weeks = [week.shifted(number) for number in range(15)]
    return [
        w
        for w in weeks
        if w.day >= first and (w.day.year, (w.day.month - 1) // 3) == (first.year, (first.month - 1) // 3)
    ]


def month_of_weeks(day: date) -> list[Period]:
    """The weeks that begin in the month that holds `day`."""
    weeks = month_of(WEEKLY, day)
    return [week for week in weeks if (week.day.year, week.day.month) == (day.year, day.month)]


def matrix(unit: Unit, periods: list[Period], now: datetime) -> Matrix:
    """The unit itself and those right below it, one row each."""
    around = [unit, *Unit.objects.filter(parent=unit).order_by("path")]
    above = set(Unit.objects.filter(parent__in=around).values_list("parent_id", flat=True).distinct())
    read = _Read(around, periods, now)
    rows = [_row(shown, shown.pk in above, read) for shown in around]
    # A unit that was never asked is left out; one with units below it is the way to them.
    shown = [row for row in rows if row.has_below or any(cell.state != "off" for cell in row.cells)]
    return Matrix(unit, periods, shown)


def showing(whole: Matrix, show: str) -> Matrix:
    """The rows with a gap, a late day, or a day with something; "" = every row."""
    tests: dict[str, Callable[[Cell], bool]] = {
        "gaps": lambda cell: cell.state == "missing",
        "late": lambda cell: cell.state == "late",
        "items": lambda cell: cell.answer == "items",
    }
    if show not in tests:
        return whole
    return whole._replace(rows=[row for row in whole.rows if any(map(tests[show], row.cells))])


def _row(unit: Unit, has_below: bool, read: "_Read") -> Row:
    cells = [read.cell(unit, period) for period in read.periods]
    expected = [cell for cell in cells if cell.state not in ("off", "future")]
    return Row(
        unit,
        has_below,
        cells,
        expected=len(expected),
        received=sum(bool(cell.answer) for cell in expected),
        late=sum(cell.state == "late" for cell in expected),
    )


class _Read:
    """Everything the cells are made of, read once."""

    def __init__(self, units: list[Unit], periods: list[Period], now: datetime):
        self.periods, self.now = periods, now
        within = {"cadence": periods[0].cadence, "day__gte": periods[0].day, "day__lte": periods[-1].day}
        mine = ZeroReport.objects.filter(unit__in=units, current=True, **within)
        rows = mine.annotate(matters=Count("items")).order_by()
        self._reports = {(report.unit_id, report.day): report for report in rows}
        silent = Silence.objects.filter(unit__in=units, **within).values_list("unit_id", "day")
        self._silent = set(silent)
        self._rounds: dict[date, list[Round]] = defaultdict(list)
        top = min(units, key=lambda unit: len(unit.path))
        for found in Round.objects.filter(**within).select_related("unit"):
            if top.path.startswith(found.unit.path) or found.unit.path.startswith(top.path):
                self._rounds[found.day].append(found)
        self._cadence, _plan = cadence_of(top, now)

    def cell(self, unit: Unit, period: Period) -> Cell:
        report = self._reports.get((unit.pk, period.day))
        if report is not None:
            state = "late" if report.is_late else report.answer
            return Cell(period, state, report.answer, report.matters, report.via == Via.LINK)
        over = nearest(r for r in self._rounds[period.day] if unit.path.startswith(r.unit.path))
        due = self._due_at(unit, period, over)
        asked = self._is_asked(unit, period, over, due)
        return Cell(period, rules.cell(answer="", late=False, asked=asked, due_at=due, now=self.now))

    def _due_at(self, unit: Unit, period: Period, over: Round | None) -> datetime | None:
        if over is not None:
            return stated(over).get(unit.tier)
        # A period without a round was before this product asked; only what is still to come follows the plan.
        if period.ends_at <= self.now:
            return None
        return due_by_tier(self._cadence, period).get(unit.tier)

    def _is_asked(self, unit: Unit, period: Period, over: Round | None, due: datetime | None) -> bool:
        if over is not None and over.fixed_at:
            return (unit.pk, period.day) in self._silent
        return due is not None and not rules.why_not_open(unit.valid_from, unit.valid_to, day_of(due))
