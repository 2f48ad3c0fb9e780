"""Totals of the 12345 hotline over the HTTP API."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from cases.hotline import actions, files, forms, permissions, queries
from cases.hotline.models import HotlineTotal
from cases.hotline.shapes import HotlineTotalsPage, ReadTotalsShape
from common.api.doors import idempotent
from common.api.serializers import validated
from zero_reports.filing.reading import check_may_look


class TotalsFilter(UnitFilterSet):
    """`unit` (and below), `class`, `since` and `until` (days: the months that begin within them)."""

    since = filters.DateFilter(field_name="month", lookup_expr="gte")
    until = filters.DateFilter(field_name="month", lookup_expr="lte")

    @classmethod
    def get_filters(cls):
        return {**super().get_filters(), "class": filters.CharFilter(field_name="dispute_class")}


class HotlineTotals(APIView):
    """Totals by month, unit and class, the last month first. POST hands in a table: all of it is kept, or nothing."""

    @extend_schema(operation_id="hotline_totals_list", responses={200: HotlineTotalsPage})
    def get(self, request):
        check_may_look(request.reach)
        rows = queries.totals(request.reach)
        return answer_list(request, rows, filters=TotalsFilter, newest_by="month", as_dict=_total)

    @extend_schema(
        operation_id="hotline_totals_import",
        request=forms.TotalsSerializer,
        responses={200: ReadTotalsShape, 201: ReadTotalsShape},
    )
    @idempotent
    def post(self, request):
        permissions.check_can_import(request.reach)
        given = validated(forms.TotalsSerializer, request.data)
        cells = [{**one, "count": str(one["count"])} for one in given["totals"]]
        lines = files.read_totals(cells, reach=request.reach, now=request.now)
        if given["check"]:
            return Response({"kept": 0, "totals": [_line(line) for line in lines]})
        # By their places from 0, as errors of lists are told everywhere.
        if wrong := {str(place): _errors(line) for place, line in enumerate(lines) if line.problem}:
            raise serializers.ValidationError({"totals": wrong})
        kept = actions.keep_totals(reach=request.reach, totals=files.changes(lines), now=request.now)
        return Response({"kept": kept, "totals": [_line(line) for line in lines]}, status=201)


def _total(total: HotlineTotal) -> dict:
    return {
        "month": f"{total.month:%Y-%m}",
        "unit": total.unit.code,
        "class": total.dispute_class,
        "count": total.count,
        "imported_at": total.imported_at,
        "post": total.post,
    }


def _line(line: files.TotalRow) -> dict:
    """What a total does: `new`, `changed`, `same` or `refused`; what stood there before; what is wrong with which field."""
    return {
        "month": line.cells["month"],
        "unit": line.cells["unit"],
        "class": line.dispute_class or line.cells["class"],
        "count": line.many if line.cells["count"].isdigit() else line.cells["count"],
        "does": line.does,
        "was": line.was,
        "errors": _errors(line),
    }


def _errors(line: files.TotalRow) -> dict[str, list[str]]:
    return {line.column or "non_field_errors": [line.problem]} if line.problem else {}
