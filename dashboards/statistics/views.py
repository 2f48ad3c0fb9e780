"""Pages of statistics: filing over time, and what it costs the units. Printable; never a ranking."""

from django.shortcuts import render

from common.dates.local_time import day_of
from common.dates.periods import DAILY, WEEKLY, period_of
from dashboards.statistics import burden
from dashboards.statistics.history import history
from zero_reports.counts.pages import Look

#: How many days and weeks the picture over time shows.
DAYS, WEEKS = 30, 26


class HistoryPage(Look):
    def get(self, request):
        cadence = WEEKLY if request.GET.get("cadence") == WEEKLY else DAILY
        last = period_of(cadence, day_of(request.now))
        many = WEEKS if cadence == WEEKLY else DAYS
        periods = [last.shifted(-back) for back in range(many, 0, -1)]
        context = {**self.context(), "history": history(self.unit, periods), "cadence": cadence}
        return render(request, "dashboards/statistics/history.html", context)


class BurdenPage(Look):
    def get(self, request):
        rows = burden.burdens(self.unit, self.month, request.now)
        return render(request, "dashboards/statistics/burden.html", {**self.context(), "rows": rows})
