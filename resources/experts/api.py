"""Experts and the calls to them over the HTTP API. Numbers are not given out here."""

from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from accounts.models import Unit
from clocks.serializers import ClockSerializer
from common.api.doors import check_if_match, etag, idempotent
from common.api.serializers import StrictSerializer, validated
from common.dates.date_fields import ApiMomentField
from incidents.queries import get_incident
from resources.experts import calls, queries
from resources.experts.choices import CallVerb
from resources.experts.models import Expert
from resources.experts.queries import CallShown
from resources.experts.shapes import ExpertCallShape, ExpertCallsShape, ExpertsPage
from resources.permissions import check_can_look


class ExpertFilter(UnitFilterSet):
    """`kind` (of a plan's pool), `pool`, `unit` (and below)."""

    kind = filters.CharFilter()
    pool = filters.CharFilter()


class Experts(APIView):
    """The pools of the plans that hold at the caller's unit, and the advisers the caller may look up, newest first."""

    @extend_schema(operation_id="experts_list", responses={200: ExpertsPage})
    def get(self, request):
        check_can_look(request.reach)
        rows = queries.experts(request.reach)
        answer = answer_list(
            request, rows, filters=ExpertFilter, newest_by="added_at",
            as_dict=lambda expert: as_dict(expert, request.now),
        )  # fmt: skip
        unit = Unit.objects.get(path=request.reach.paths("resource.view")[0])
        counts = queries.pool_counts(request.reach, unit, request.now)
        answer.data["pools"] = [
            {
                "id": one.pool.id,
                "title": {"zh": one.pool.words.zh, "en": one.pool.words.en},
                "size": one.pool.size or None,
                "arrive": one.pool.arrive or None,
                "listed": one.listed,
                "available": one.available,
                "cite": one.pool.cite,
            }
            for one in counts
        ]
        return answer


class NewCallSerializer(StrictSerializer):
    expert = serializers.IntegerField(min_value=1, max_value=2**31)
    question = serializers.CharField(max_length=300)


class CallStepSerializer(StrictSerializer):
    verb = serializers.ChoiceField(choices=CallVerb.choices)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


class ExpertCalls(APIView):
    """The calls of one incident; POST writes down that an expert was called, and the plan's clock starts."""

    @extend_schema(operation_id="expert_calls_list", responses={200: ExpertCallsShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        shown = queries.with_clocks(queries.calls_of(incident), may_act=False)
        return Response(
            {"drill": incident.drill, "results": [call_as_dict(one, request.now) for one in shown]}
        )

    @extend_schema(request=NewCallSerializer, responses={201: ExpertCallShape})
    @idempotent
    def post(self, request, number):
        given = validated(NewCallSerializer, request.data)
        incident = get_incident(request.reach, number)
        expert = queries.get_expert(request.reach, given["expert"])
        call = calls.call_expert(
            reach=request.reach,
            incident_id=incident.pk,
            expert_id=expert.pk,
            question=given["question"],
            now=request.now,
        )
        return _answer(request, incident, call.pk, status=201)


class OneExpertCall(APIView):
    """Say what became of a call: `check-in`, `consult`, `decline`, `miss`, `stand-down`, `advise`."""

    @extend_schema(operation_id="expert_calls_one", responses={200: ExpertCallShape})
    def get(self, request, number, pk):
        return _answer(request, get_incident(request.reach, number), pk)

    @extend_schema(
        operation_id="expert_calls_move", request=CallStepSerializer, responses={200: ExpertCallShape}
    )
    @idempotent
    def post(self, request, number, pk):
        given = validated(CallStepSerializer, request.data)
        incident = get_incident(request.reach, number)
        call = queries.get_call(incident, pk)
        check_if_match(request, call.rev)
        calls.move_call(reach=request.reach, call_id=call.pk, now=request.now, **given)
        return _answer(request, incident, pk)


def _answer(request, incident, pk, status=200) -> Response:
    (shown,) = queries.with_clocks([queries.get_call(incident, pk)], may_act=False)
    headers = {"ETag": etag(shown.call.rev)}
    if status == 201:
        headers["Location"] = reverse("api:expert-call", args=[incident.number, pk])
    return Response(call_as_dict(shown, request.now), status=status, headers=headers)


def as_dict(expert: Expert, now) -> dict:
    return {
        "id": expert.pk,
        "pool": expert.pool or None,
        "kind": expert.kind or None,
        "title": {"zh": expert.title_zh or expert.skill, "en": expert.title_en or expert.skill},
        "skill": expert.skill,
        "name": expert.shown_name,
        "account": expert.account.username if expert.account else None,
        "organisation": expert.organisation,
        "unit": expert.unit.code,
        "available": expert.is_available(now),
        "away_until": expert.away_until,
        "away_note": expert.away_note,
        "rev": expert.rev,
    }


def call_as_dict(shown: CallShown, now) -> dict:
    call = shown.call
    return {
        "id": call.pk,
        "incident": call.incident.number,
        "drill": call.incident.drill,
        "expert": call.expert_id,
        "question": call.question,
        "state": call.state,
        "called_at": call.called_at,
        "met_at": call.met_at,
        "clock": ClockSerializer(shown.clock, context={"now": now}).data if shown.clock else None,
        "steps": [
            {"verb": step.verb, "at": step.at, "by": step.by.username, "post": step.post, "note": step.note}
            for step in call.steps.all()
        ],
        "rev": call.rev,
    }
