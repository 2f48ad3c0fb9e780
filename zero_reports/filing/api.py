"""The zero-reports' door of the HTTP API."""

from functools import partial

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.description import sent
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.serializers import validated
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from zero_reports.counts import queries
from zero_reports.filing import actions, serializers
from zero_reports.filing.choices import Via
from zero_reports.filing.reading import read_period
from zero_reports.filing.times import note_time
from zero_reports.shapes import ReportReceiptShape, ReportSummaryShape, ZeroReportShape


class ZeroReports(APIView):
    """A unit's answer for a period: file it, correct it, read it with its history."""

    @extend_schema(responses={200: ZeroReportShape})
    def get(self, request, unit, period):
        found = queries.versions(queries.get_unit(request.reach, unit), read_period(period))
        if not found:
            raise not_found()
        body = {**serializers.version(found[0]), "history": [serializers.version(old) for old in found[1:]]}
        return Response(body, headers={"ETag": etag(found[0].version)})

    @extend_schema(
        request=serializers.ReportSerializer,
        responses={200: ReportReceiptShape, 201: ReportReceiptShape},
        examples=[
            sent("nothing to report", {"answer": "nil"}),
            sent(
                "two disputes",
                {"answer": "items", "items": [{"class": "labour", "count": 2, "note": "欠薪，已约双方调解"}]},
            ),
        ],
    )
    @idempotent
    def put(self, request, unit, period):
        given = validated(serializers.ReportSerializer, request.data)
        opened = given.pop("opened")
        unit, period = queries.get_unit(request.reach, unit), read_period(period)
        report = actions.file_report(
            reach=request.reach,
            unit=unit,
            period=period,
            via=Via.API,
            now=request.now,
            check_version=partial(check_if_match, request),
            **given,
        )
        note_time(report, opened, request.now)
        is_new = report.version == 1 and report.is_fresh
        headers = {"ETag": etag(report.version)}
        return Response(serializers.receipt(report), status=201 if is_new else 200, headers=headers)


class ReportSummary(APIView):
    """How many units at and below one are asked, have answered, what, and who is silent, child by child."""

    @extend_schema(
        parameters=[OpenApiParameter("unit", required=True), OpenApiParameter("period")],
        responses={200: ReportSummaryShape},
    )
    def get(self, request):
        unit = queries.get_unit(request.reach, request.query_params.get("unit", ""))
        text = request.query_params.get("period")
        period = read_period(text) if text else period_of(DAILY, day_of(request.now))
        return Response(serializers.summary(queries.summary(unit, period)))
