"""What reporting costs the units: seconds, asks, and asks that were avoided. Printable, per unit and month."""

from datetime import date, datetime
from statistics import median
from typing import NamedTuple

from django.db.models import Count, Q

from accounts.models import Unit
from cases.official_forms.models import OfficialForm
from common.dates.periods import DAILY, Period
from zero_reports.counts.matrix import matrix, month_of, month_of_weeks
from zero_reports.filing.models import FilingTime, ReportItem, ZeroReport


class Burden(NamedTuple):
    """One unit in one month."""

    unit: Unit
    #: Periods it was asked for, day by day and week by week.
    asks: int
    filed: int
    #: The middle one of the measured times, in seconds; None where none was measured.
    seconds: int | None
    measured: int
    #: Incidents reported by a tick instead of being written again.
    ticked: int
    #: Official forms that began with what was known.
    prefilled: int

    @property
    def avoided(self) -> int:
        return self.ticked + self.prefilled


def burdens(unit: Unit, month: date, now: datetime) -> list[Burden]:
    """The unit itself and those right below it, in the order of the tree."""
    days, weeks = month_of(DAILY, month), month_of_weeks(month)
    units, asks = _asks(unit, days, weeks, now)
    first, last = days[0].day, days[-1].day
    mine = ZeroReport.objects.filter(unit__in=units, current=True, day__range=(first, last))
    filed = dict(mine.order_by().values_list("unit_id").annotate(Count("pk")))
    ticked = ReportItem.objects.filter(report__in=mine, incident__isnull=False).order_by()
    ticks = dict(ticked.values_list("report__unit_id").annotate(Count("pk")))
    begun = OfficialForm.objects.filter(
        Q(matter__isnull=False) | Q(kind="F1"), unit__in=units, day__range=(first, last)
    )
    forms = dict(begun.order_by().values_list("unit_id").annotate(Count("pk")))
    times: dict[int, list[int]] = {}
    for unit_id, seconds in FilingTime.objects.filter(
        report__unit__in=units, report__day__range=(first, last)
    ).values_list("report__unit_id", "seconds"):
        times.setdefault(unit_id, []).append(seconds)
    return [
        Burden(
            unit=one,
            asks=asks[one.pk],
            filed=filed.get(one.pk, 0),
            seconds=round(median(times[one.pk])) if one.pk in times else None,
            measured=len(times.get(one.pk, ())),
            ticked=ticks.get(one.pk, 0),
            prefilled=forms.get(one.pk, 0),
        )
        for one in units
    ]


def _asks(
    unit: Unit, days: list[Period], weeks: list[Period], now: datetime
) -> tuple[list[Unit], dict[int, int]]:
    """The units that were asked in the month, and how often."""
    units: dict[int, Unit] = {}
    asks: dict[int, int] = {}
    for periods in (days, weeks):
        for row in matrix(unit, periods, now).rows:
            units[row.unit.pk] = row.unit
            asks[row.unit.pk] = asks.get(row.unit.pk, 0) + row.expected
    return sorted(units.values(), key=lambda one: one.path), asks
