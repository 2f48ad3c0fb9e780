"""The API's door of roll-calls."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.roll_call import actions, forms, permissions, queries
from command.roll_call.shapes import RollCallAnsweredShape, RollCallShape
from command.roll_call.views import line_of
from common.api.doors import idempotent, not_found
from common.api.serializers import validated
from incidents.queries import get_incident


def _live(request, number):
    incident = get_incident(request.reach, number)
    permissions.check_can_lead(request.reach, incident)
    found = queries.live_of(incident)
    if found is None:
        raise not_found()
    return found


def _shown(call):
    return forms.detail(queries.round_of(call))


class RollCalls(APIView):
    """The roll-call under way at an incident, for who leads it (404: none); POST starts one."""

    @extend_schema(operation_id="roll_call", responses={200: RollCallShape})
    def get(self, request, number):
        return Response(_shown(_live(request, number)))

    @extend_schema(
        operation_id="roll_call_start", request=forms.StartSerializer, responses={201: RollCallShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.StartSerializer, request.data)
        incident = get_incident(request.reach, number)
        call = actions.start_roll_call(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        return Response(_shown(call), status=201)


class AskAgain(APIView):
    """The next round, now."""

    @extend_schema(operation_id="roll_call_ask_again", request=None, responses={200: RollCallShape})
    @idempotent
    def post(self, request, number):
        call = actions.ask_again(roll_call_id=_live(request, number).pk, reach=request.reach, now=request.now)
        return Response(_shown(call))


class End(APIView):
    """Nobody is asked any more."""

    @extend_schema(operation_id="roll_call_end", request=None, responses={200: RollCallShape})
    @idempotent
    def post(self, request, number):
        call = actions.end_roll_call(
            roll_call_id=_live(request, number).pk, reach=request.reach, now=request.now
        )
        return Response(_shown(call))


class RollCallAnswers(APIView):
    """One's own answer to a roll-call, or a note of who leads it."""

    @extend_schema(
        operation_id="roll_call_answer",
        request=forms.RollCallAnswerSerializer,
        responses={200: RollCallAnsweredShape},
    )
    @idempotent
    def post(self, request, pk):
        given = validated(forms.RollCallAnswerSerializer, request.data)
        line = actions.answer_roll_call(
            line_id=line_of(request.reach, pk).pk, reach=request.reach, now=request.now, **given
        )
        return Response({"id": line.pk, "answer": line.answer, "answered_at": line.answered_at})
