"""The page of the yearly report's figures."""

from itertools import groupby

from django.shortcuts import render
from django.utils.translation import gettext as _

from common.dates.days import FIRST_DAY, LAST_DAY
from common.dates.local_time import day_of
from common.documents.workbooks import Sheet, respond
from common.text.whole_numbers import read_number
from dashboards.statistics.yearly import yearly_figures
from zero_reports.counts.pages import Look
from zero_reports.counts.queries import top_units


class YearlyPage(Look):
    """One year of a unit; `format=xlsx`: the same lines."""

    def get(self, request):
        this = day_of(request.now).year
        year = read_number(request.GET.get("year", "")) or this
        year = year if FIRST_DAY.year <= year <= LAST_DAY.year else this
        found = yearly_figures(request.reach, self.unit, year)
        if request.GET.get("format") == "xlsx":
            return self._as_file(found, year)
        context = {
            "unit": self.unit,
            "units": [*top_units(request.reach), *self.unit.children.filter(valid_to=None).order_by("path")],
            "year": year,
            "groups": _grouped(found),
        }
        return render(request, "dashboards/statistics/yearly.html", context)

    def _as_file(self, figures, year):
        now = self.request.now
        heads = [_("Part"), _("Figure"), str(year), _("What it counts")]
        rows = [(str(one.group), one.label, one.value, one.definition) for one in figures]
        notes = [
            _("%(unit)s with everything below, %(year)d; counted on %(day)s. Drills are left out.")
            % {"unit": self.unit, "year": year, "day": day_of(now)}
        ]
        sheet = Sheet(_("Figures of the yearly report"), heads, rows, [30, 36, 10, 80], notes)
        return respond(sheet, name=f"yearly-{self.unit.code}-{year}")


def _grouped(figures):
    """(name of the panel, heading, its lines), in the order of the report."""
    parts = groupby(figures, key=lambda figure: figure.group)
    return [(f"part-{number}", group, list(some)) for number, (group, some) in enumerate(parts, start=1)]
