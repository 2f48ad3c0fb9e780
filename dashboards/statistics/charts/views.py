"""The page of pictures: where people would rather look than read. Each has its table beside and its definition under it."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from common.dates.local_time import day_of
from common.documents.workbooks import Sheet, respond
from dashboards.statistics.charts import queries
from zero_reports.counts.pages import Look
from zero_reports.counts.queries import top_units


class PicturesPage(Look):
    """Twelve months of a unit; `format=xlsx`: the same figures with their definitions."""

    def get(self, request):
        months = queries.months_until(self.month)
        found = queries.charts(request.reach, self.unit, months, request.now)
        if request.GET.get("format") == "xlsx":
            return self._as_file(found, months)
        context = {
            **self.context(),
            "charts": found,
            "first": str(months[0]),
            "units": [*top_units(request.reach), *self.unit.children.filter(valid_to=None).order_by("path")],
        }
        return render(request, "dashboards/statistics/pictures.html", context)

    def _as_file(self, charts, months):
        where = _("%(unit)s with everything below, %(first)s to %(last)s") % {
            "unit": self.unit, "first": months[0], "last": months[-1]}  # fmt: skip
        sheets = [
            Sheet(
                str(chart.title),
                [
                    chart.names_title,
                    *(one.label for one in chart.series),
                    *([_("Together")] if chart.adds else []),
                ],
                [[name, *values, *([whole] if chart.adds else [])] for name, values, whole in chart.table],
                [24],
                [where, str(chart.definition)],
            )
            for chart in charts
        ]
        return respond(*sheets, name=f"pictures-{self.unit.code}-{day_of(self.request.now)}")
