"""What the pages about a unit's month share."""

from datetime import date, datetime

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views import View

from common.dates.days import read_month
from common.dates.local_time import day_of
from zero_reports.counts.queries import get_unit, top_units
from zero_reports.filing.reading import check_may_look

#: How many years away a month may be.
FAR = 100


class Look(LoginRequiredMixin, View):
    """What these pages share: a unit of the reader's, and the month."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            check_may_look(request.reach)
            code = request.GET.get("unit", "")
            self.unit = get_unit(request.reach, code) if code else top_units(request.reach)[0]
            self.month = _month(request.GET.get("month", ""), request.now)

    def context(self) -> dict:
        unit, month, now = self.unit, self.month, self.request.now
        later = _shift(month, 1)
        return {
            "unit": unit,
            "month": f"{month:%Y-%m}",
            "earlier": f"{_shift(month, -1):%Y-%m}",
            "later": f"{later:%Y-%m}" if later <= day_of(now) else "",
            "may_go_up": unit.parent and self.request.reach.holds("report.view", unit.parent.path),
            "now": now,
        }


def _month(text: str, now: datetime) -> date:
    """The first day of the month written "2026-11"; of this month for anything else, also for another age."""
    month = read_month(text)
    return month if month and abs(month.year - now.year) <= FAR else day_of(now).replace(day=1)


def _shift(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)
