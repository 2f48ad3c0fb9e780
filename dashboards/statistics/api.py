"""The figures of the pictures and of the yearly report over the HTTP API, each with what it counts."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Unit
from common.dates.days import FIRST_DAY, LAST_DAY, read_month
from common.dates.local_time import day_of
from common.errors import Invalid
from common.text.whole_numbers import read_number
from dashboards.statistics.charts.queries import charts, months_until
from dashboards.statistics.shapes import PicturesShape, YearlyFiguresShape
from dashboards.statistics.yearly import yearly_figures
from zero_reports.counts.queries import get_unit, top_units
from zero_reports.filing.reading import check_may_look

_UNIT = OpenApiParameter(
    "unit", str, description="a unit's code, by default the caller's own: there and below"
)


class Pictures(APIView):
    """What the pictures show: twelve months, the one asked for the last of them. No figure is counted for a person."""

    @extend_schema(
        operation_id="pictures_retrieve",
        parameters=[_UNIT, OpenApiParameter("month", str, description="2026-11, by default this one")],
        responses={200: PicturesShape},
    )
    def get(self, request):
        unit = _unit(request)
        text = request.query_params.get("month", "")
        month = read_month(text) if text else day_of(request.now)
        if month is None:
            raise _unreadable("month", _("Nothing was counted: write the month like 2026-11."))
        months = months_until(month)
        return Response(
            {
                "unit": unit.code,
                "first": str(months[0]),
                "last": str(months[-1]),
                "pictures": [_picture(chart) for chart in charts(request.reach, unit, months, request.now)],
            }
        )


class YearlyFigures(APIView):
    """The lines of the yearly report (年报) of a calendar year in Asia/Shanghai."""

    @extend_schema(
        operation_id="yearly_figures_retrieve",
        parameters=[_UNIT, OpenApiParameter("year", int, description="by default this one")],
        responses={200: YearlyFiguresShape},
    )
    def get(self, request):
        unit = _unit(request)
        text = request.query_params.get("year", "")
        year = read_number(text) if text else day_of(request.now).year
        if year is None or not FIRST_DAY.year <= year <= LAST_DAY.year:
            raise _unreadable("year", _("Nothing was counted: write the year like 2026."))
        found = yearly_figures(request.reach, unit, year)
        return Response({"unit": unit.code, "year": year, "figures": [_figure(one) for one in found]})


def _unit(request) -> Unit:
    check_may_look(request.reach)
    code = request.query_params.get("unit", "")
    return get_unit(request.reach, code) if code else top_units(request.reach)[0]


def _unreadable(name: str, sentence: str) -> Invalid:
    return Invalid("bad_filter", sentence, fields={name: [sentence]})


def _picture(chart) -> dict:
    return {
        "picture": chart.slug,
        "title": str(chart.title),
        "definition": str(chart.definition),
        "names": chart.names,
        "series": [{"look": one.look, "label": str(one.label), "values": one.values} for one in chart.series],
        "adds": chart.adds,
    }


def _figure(figure) -> dict:
    return {
        "figure": figure.name,
        "part": str(figure.group),
        "label": figure.label,
        "value": figure.value,
        "definition": figure.definition,
    }
