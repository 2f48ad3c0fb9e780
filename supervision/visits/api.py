"""Supervision visits over the HTTP API."""

from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from accounts.naming import Names
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.serializers import validated
from supervision.teams.queries import get_team
from supervision.visits import actions, forms, queries, rules
from supervision.visits.acts import act_on
from supervision.visits.choices import VisitState
from supervision.visits.models import Visit
from supervision.visits.permissions import check_can_record
from supervision.visits.shapes import VisitShape, VisitsPage


class VisitFilter(UnitFilterSet):
    """`state`, `team`, `unit` (and below), `since` and `until` (days of visits)."""

    state = filters.ChoiceFilter(choices=VisitState.choices)
    team = filters.NumberFilter(field_name="team")
    since = filters.DateFilter(field_name="visited_on", lookup_expr="gte")
    until = filters.DateFilter(field_name="visited_on", lookup_expr="lte")


class Visits(APIView):
    """Visits this caller may see, the last one recorded first; POST records one."""

    @extend_schema(operation_id="supervision_visits_list", responses={200: VisitsPage})
    def get(self, request):
        rows = Visit.objects.visible_to(request.reach).with_names()
        return answer_list(
            request, rows, filters=VisitFilter, newest_by="recorded_at",
            together=lambda page: queries.cards(request.reach, page), as_dict=forms.detail,
        )  # fmt: skip

    @extend_schema(
        operation_id="supervision_visits_record", request=forms.VisitSerializer, responses={201: VisitShape}
    )
    @idempotent
    def post(self, request):
        given = validated(forms.VisitSerializer, request.data)
        team = get_team(request.reach, given["team"])
        check_can_record(request.reach, team)
        unit = Names.under(*(area.unit for area in team.areas.select_related("unit"))).unit(given["unit"])
        visit = actions.record_visit(
            team_id=team.pk, reach=request.reach, unit=unit, seen=forms.seen_of(given), now=request.now
        )
        return _answer(request, visit.number, status=201)


class OneVisit(APIView):
    @extend_schema(operation_id="supervision_visits_retrieve", responses={200: VisitShape})
    def get(self, request, number):
        return _answer(request, number)


class VisitAct(APIView):
    """`send-form`, `read`, `answer`."""

    verbs = rules.ON_A_VISIT

    @extend_schema(
        operation_id="supervision_visits_act", request=forms.VisitActSerializer, responses={200: VisitShape}
    )
    @idempotent
    def post(self, request, number, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.VisitActSerializer, request.data)
        visit = queries.get_visit(request.reach, number)
        check_if_match(request, visit.rev)
        act_on(visit, verb, reach=request.reach, now=request.now, **given)
        return _answer(request, number)


def _answer(request, number, status=200):
    (card,) = queries.cards(request.reach, [queries.get_visit(request.reach, number)])
    headers = {"ETag": etag(card.visit.rev)}
    if status == 201:
        headers["Location"] = reverse("api:supervision-visit", args=[number])
    return Response(forms.detail(card), status=status, headers=headers)
