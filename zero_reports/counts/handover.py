"""What a shift hands to the next one from this room: the units that have not reported."""

from datetime import datetime, timedelta
from urllib.parse import quote

from django.urls import reverse

from accounts.models import Unit
from common.dates.local_time import day_of
from common.dates.periods import DAILY, Period, period_of
from duty.shifts.choices import ItemKind
from duty.shifts.queries import Passing
from journal.keys import key
from zero_reports.counts.queries import Rounds
from zero_reports.counts.silent import silent_around


def silent_units(unit: Unit, now: datetime) -> list[Passing]:
    """The silent units below `unit` of the latest day whose cut-off is past: today's, else yesterday's."""
    period = _latest_period(unit, now)
    url = f"{reverse('reports-missing')}?unit={quote(unit.code)}"
    return [
        Passing(
            ItemKind.SILENT,
            key("unit", silent.pk),
            f"{silent.name} {period} 零报告未报",
            f"{silent.name_en or silent.name}: no zero-report for {period}",
            url,
        )
        for silent in silent_around(unit, period)
    ]


def _latest_period(unit: Unit, now: datetime) -> Period:
    today = period_of(DAILY, day_of(now))
    due = Rounds(today, unit).last_due_at()
    return today if due is not None and now > due else period_of(DAILY, day_of(now - timedelta(days=1)))
