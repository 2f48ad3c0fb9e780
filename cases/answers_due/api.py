"""The answers owed, over the HTTP API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.answers_due import actions, queries
from cases.answers_due.forms import HourSerializer
from cases.answers_due.shapes import DigestShape
from cases.demands.api import answer_page
from cases.demands.shapes import DemandsShape
from common.api.serializers import validated


class AnswersDue(APIView):
    """Open demands that the caller's own units answer, or those of `unit`, those first that are due first."""

    @extend_schema(
        operation_id="answers_due", parameters=[OpenApiParameter("unit", str)], responses={200: DemandsShape}
    )
    def get(self, request):
        code = request.query_params.get("unit", "")
        units = [queries.unit_asked(request.reach, code)] if code else queries.own_units(request.reach)
        return answer_page(queries.answers_due(request.reach, units), request)


class Digest(APIView):
    """PUT chooses the hour at which a unit is told of what it owes; `hour` null: not at all."""

    @extend_schema(operation_id="answers_due_digest", request=HourSerializer, responses={200: DigestShape})
    def put(self, request):
        given = validated(HourSerializer, request.data)
        unit = queries.unit_asked(request.reach, given.pop("unit"))
        row = actions.choose_hour(reach=request.reach, unit=unit, now=request.now, **given)
        body = {
            "unit": unit.code,
            "hour": row.hour,
            "also_when_empty": row.also_when_empty,
            "next_at": row.next_at,
        }
        return Response(body)
