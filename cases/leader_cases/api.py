"""Leader cases over the HTTP API."""

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import open_unit, user_named
from cases.leader_cases import actions, forms, queries, rules
from cases.leader_cases.acts import ACTS, plan_of
from cases.leader_cases.models import LeaderCase
from cases.leader_cases.shapes import LeaderCaseShape, LeaderCasesPage
from cases.leader_cases.views import about_named
from clocks.serializers import ClockSerializer
from common.api.description import any_of
from common.api.doors import check_if_match, etag, idempotent
from common.api.lists import CursorPages, query_of
from common.api.serializers import validated
from common.errors import not_found


class CaseDueFirst(CursorPages):
    ordering = ("due_at", "id")


_ASKED = [
    OpenApiParameter("state", str, enum=queries.states()),
    OpenApiParameter("proposed", bool, description="those that wait for a decision"),
    OpenApiParameter("mine", bool, description="those the caller leads"),
    OpenApiParameter("unit", str),
]


class LeaderCases(APIView):
    """Leader cases, those first that are due first; POST proposes one, or opens it where leader and plan are given."""

    @extend_schema(
        operation_id="leader_cases_list",
        parameters=_ASKED,
        responses={200: LeaderCasesPage},
    )
    def get(self, request):
        asked = query_of(request, _ASKED)
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        state = "proposed" if asked.get("proposed") else asked.get("state", "live")
        rows = queries.leader_cases(request.reach, unit=unit, state=state, mine=asked.get("mine", False))
        if asked.get("unit") and unit is None:
            rows = rows.none()
        pages = CaseDueFirst()
        page = pages.paginate_queryset(rows.prefetch_related("reasons"), request)
        return pages.get_paginated_response([line_of(case) for case in page])

    @extend_schema(
        operation_id="leader_cases_new",
        request=forms.NewLeaderCaseSerializer,
        responses={201: LeaderCaseShape},
    )
    @idempotent
    def post(self, request):
        given = validated(forms.NewLeaderCaseSerializer, request.data)
        asked = {
            "reach": request.reach, "about": about_named(request.reach, given), "trigger": given["trigger"],
            "note": given["note"], "now": request.now,
        }  # fmt: skip
        if given["leader"] or given.get("plan"):
            plan = plan_of(given["plan"], request.reach) if given.get("plan") else actions.NO_PLAN
            case = actions.open_case(**asked, leader=user_named(given["leader"]), plan=plan)
        else:
            case = actions.propose_case(**asked)
        return _answer(case, request.now, status=201)


class OneLeaderCase(APIView):
    """A case with its reasons, its plan, its clocks and what may be done with it."""

    @extend_schema(operation_id="leader_cases_one", responses={200: LeaderCaseShape})
    def get(self, request, number):
        return _answer(queries.get_case(request.reach, number), request.now)


class LeaderCaseAct(APIView):
    """`accept`, `decline`, `start`, `change-leader`, `progress`, `visit`, `meeting`, `extend`, `report`, `return`, `check`, `tell`, `close`.

    `start` without all of plan and guarantees is 422; `extend` without approval or word to the party is 409; `check` by
    the leader in charge, or by who handed the report in, is 403.
    """

    verbs = ACTS

    @extend_schema(
        operation_id="leader_cases_act",
        request=any_of("LeaderCaseAct", {verb: act.body for verb, act in ACTS.items()}),
        responses={200: LeaderCaseShape},
    )
    @idempotent
    def post(self, request, number, verb):
        if verb not in self.verbs:
            raise not_found()
        act = ACTS[verb]
        case = queries.get_case(request.reach, number)
        check_if_match(request, case.rev)
        given = act.as_meant(validated(act.body, request.data), request.reach)
        act.action(reach=request.reach, case_id=case.pk, now=request.now, **given)
        return _answer(queries.get_case(request.reach, number), request.now)


def line_of(case: LeaderCase) -> dict:
    return {
        "number": case.number,
        "point": case.point,
        "state": case.state,
        "unit": case.unit.code,
        "leader_post": case.leader_post,
        "due_at": case.due,
        "due_date": case.due_date,
        "reasons": [
            {"trigger": one.category, "title": {"zh": one.title_zh, "en": one.title_en}, "cite": one.cite,
             "because": one.facts, "by_hand": one.by_id is not None, "note": one.note, "at": one.at}
            for one in case.reasons.all()
        ],
        "proposed_at": case.proposed_at,
        "href": reverse("api:leader-case", args=[case.number]),
    }  # fmt: skip


def _answer(case: LeaderCase, now, status=200) -> Response:
    incident = queries.incident_of(case)
    body = {
        **line_of(case),
        "matter": case.matter.number if case.matter else None,
        "incident": incident.number if incident else None,
        "demands": [demand.number for demand in queries.demands_of(case)],
        "decided_at": case.decided_at,
        "reason": case.reason,
        "leader": case.leader.username if case.leader else None,
        "team": case.team,
        "support_units": [unit.code for unit in case.team_units.all()],
        "measures": case.measures,
        "quality": case.quality,
        "investigate": case.investigate,
        "handle": case.handle,
        "settle": case.settle,
        "started_at": case.started_at,
        "report": case.report,
        "reported_at": case.reported_at,
        "checked_at": case.checked_at,
        "told_at": case.told_at,
        "told_how": case.told_how or None,
        "reply_number": case.reply_number,
        "closed_at": case.closed_at,
        "clocks": ClockSerializer(queries.clocks_of(case), many=True, context={"now": now}).data,
        "verbs": [verb for verb in rules.TRANSITIONS.verbs_for(case.state) if verb in ACTS],
    }
    headers = {"ETag": etag(case.rev)}
    if status == 201:
        headers["Location"] = reverse("api:leader-case", args=[case.number])
    return Response(body, status=status, headers=headers)
