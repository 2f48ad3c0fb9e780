"""The demand of a matter over the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.demands import actions, forms, queries, rules
from cases.demands.models import Demand
from cases.matters.models import Matter
from cases.matters.queries import get_matter
from clocks.serializers import ClockSerializer
from common.api.doors import idempotent
from common.api.serializers import validated
from journal.kinds import KINDS
from plans.document.steps import step_label


class OneDemand(APIView):
    """A matter's demand with its clocks and the steps that may be noted; taking it on."""

    @extend_schema(responses={200: dict})
    def get(self, request, number):
        matter = get_matter(request.reach, number)
        return Response(_demand(matter, queries.demand_of(matter), request.now))

    @extend_schema(request=forms.TakeOnSerializer, responses={201: dict})
    @idempotent
    def post(self, request, number):
        given = validated(forms.TakeOnSerializer, request.data)
        return _done(request, number, actions.take_on, given, status=201)


class DemandSteps(APIView):
    """Note a step in answering; the plans' clocks stop and start at that moment."""

    @extend_schema(request=forms.DemandStepSerializer, responses={201: dict})
    @idempotent
    def post(self, request, number):
        given = validated(forms.DemandStepSerializer, request.data)
        return _done(request, number, actions.note_step, given, status=201)


class DemandReply(APIView):
    """Put the reply on record: its outcome, and the law it rests on."""

    @extend_schema(request=forms.ReplySerializer, responses={201: dict})
    @idempotent
    def post(self, request, number):
        given = validated(forms.ReplySerializer, request.data)
        return _done(request, number, actions.issue_reply, given, status=201)


class DemandClose(APIView):
    """Close the demand; needs the reply on record."""

    @extend_schema(request=forms.DemandCloseSerializer, responses={200: dict})
    @idempotent
    def post(self, request, number):
        given = validated(forms.DemandCloseSerializer, request.data)
        return _done(request, number, actions.close_demand, given, status=200)


def _done(request, number, action, given, *, status) -> Response:
    matter = get_matter(request.reach, number)
    demand = action(reach=request.reach, matter_id=matter.pk, now=request.now, **given)
    return Response(_demand(matter, demand, request.now), status=status)


def _demand(matter: Matter, demand: Demand, now) -> dict:
    left = rules.steps_left(demand.state)
    kinds = [KINDS[name] for name in left] + [step.kind for step in queries.steps_of_statutes(now)]
    return {
        "matter": matter.number,
        "office_number": demand.office_number,
        "taken_on_at": demand.taken_on_at,
        "replied_at": demand.replied_at,
        "outcome": demand.outcome or None,
        "law": demand.law,
        "closed_at": demand.closed_at,
        "clocks": ClockSerializer(queries.clocks_of(matter), many=True, context={"now": now}).data,
        "steps": [{"kind": kind.name, "title": step_label(kind)} for kind in kinds],
    }
