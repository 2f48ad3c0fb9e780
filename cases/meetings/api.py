"""Daily meetings over the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.answers_due.queries import unit_asked
from cases.meetings import actions, queries
from cases.meetings.forms import MeetingSerializer
from cases.meetings.shapes import MeetingNotedShape, MeetingsShape
from common.api.doors import idempotent
from common.api.serializers import validated


class Meetings(APIView):
    """What the caller's own units noted, as far as their plan asks for a daily meeting; POST notes one."""

    @extend_schema(operation_id="daily_meetings", responses=MeetingsShape(many=True))
    def get(self, request):
        found = queries.meetings_of(request.reach, request.now)
        return Response(
            [
                {
                    "unit": one.unit.code,
                    "next_due_at": one.clock.due_at if one.clock else None,
                    "noted": [{"at": at, "note": note} for at, note in one.noted],
                }
                for one in found
            ]
        )

    @extend_schema(
        operation_id="daily_meetings_note", request=MeetingSerializer, responses={201: MeetingNotedShape}
    )
    @idempotent
    def post(self, request):
        given = validated(MeetingSerializer, request.data)
        unit = unit_asked(request.reach, given.pop("unit"))
        actions.note_meeting(reach=request.reach, unit=unit, now=request.now, **given)
        return Response({"unit": unit.code}, status=201)
