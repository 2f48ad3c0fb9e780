"""Pages of statistics: filing over time, and what it costs the units. Printable; never a ranking."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from common.dates.local_time import day_of
from common.dates.periods import DAILY, WEEKLY, period_of
from common.documents.workbooks import Sheet, respond
from common.errors import NotAllowed
from dashboards.statistics import burden
from dashboards.statistics.history import history
from dashboards.statistics.stages import MOST, STAGES, side_by_side
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


class StagesPage(LoginRequiredMixin, View):
    """Closed incidents side by side: where the minutes go."""

    def get(self, request):
        if not request.reach.has("incident.view"):
            raise NotAllowed(
                "not_your_page",
                _(
                    "This page was not opened: it is for who sees the incidents of a unit. Go to your start page."
                ),
            )
        asked = request.GET.get("numbers", "").replace(",", " ").split()[:MOST]
        found = side_by_side(request.reach, asked)
        if request.GET.get("format") == "xlsx":
            return _as_file(request, found)
        context = {"found": found, "stages": STAGES, "asked": " ".join(asked), "most": MOST}
        return render(request, "dashboards/statistics/stages.html", context)


def _as_file(request, found):
    headings = [_("Number"), _("Closed on"), *(stage.label for stage in STAGES), _("From report to closing")]
    rows = [
        (line.incident.number, day_of(line.incident.closed_at), *line.minutes, line.whole)
        for line in found.lines
    ]
    rows.append((_("Median"), None, *found.medians, found.whole))
    notes = [_("Minutes of each stage: from the point reached before it. Drills are left out.")]
    sheet = Sheet(_("Where the minutes go"), headings, rows, [22, 12], notes)
    return respond(sheet, name=f"stages-{day_of(request.now)}")
