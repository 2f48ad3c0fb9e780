"""Supervision teams over the HTTP API."""

from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from accounts.naming import Names
from common.api.doors import check_if_match, etag, idempotent
from common.api.serializers import validated
from supervision.teams import actions, forms, queries
from supervision.teams.choices import TeamState
from supervision.teams.models import Team
from supervision.teams.permissions import check_can_set_up
from supervision.teams.shapes import TeamShape, TeamsPage


class TeamFilter(UnitFilterSet):
    """`state`; `unit`: of the bureau with this code and those below it."""

    state = filters.ChoiceFilter(choices=TeamState.choices)


class Teams(APIView):
    """Supervision teams this caller may see, the last one set up first; POST sets up one."""

    @extend_schema(operation_id="supervision_teams_list", responses={200: TeamsPage})
    def get(self, request):
        rows = Team.objects.visible_to(request.reach).with_people()
        return answer_list(
            request, rows, filters=TeamFilter, newest_by="set_up_at",
            together=lambda page: queries.cards(request.reach, page, request.now), as_dict=forms.detail,
        )  # fmt: skip

    @extend_schema(
        operation_id="supervision_teams_new", request=forms.NewTeamSerializer, responses={201: TeamShape}
    )
    @idempotent
    def post(self, request):
        given = validated(forms.NewTeamSerializer, request.data)
        bureau = Names.of_verb(request.reach, "supervision.manage").unit(given["unit"])
        makeup = forms.makeup_of(given, bureau, request.now)
        team = actions.set_up_team(reach=request.reach, unit=bureau, makeup=makeup, now=request.now)
        return _answer(request, team.pk, status=201)


class OneTeam(APIView):
    """One team; PUT gives it another name, other people or areas."""

    @extend_schema(operation_id="supervision_teams_retrieve", responses={200: TeamShape})
    def get(self, request, pk):
        return _answer(request, pk)

    @extend_schema(
        operation_id="supervision_teams_change", request=forms.TeamSerializer, responses={200: TeamShape}
    )
    @idempotent
    def put(self, request, pk):
        team = queries.get_team(request.reach, pk)
        check_if_match(request, team.rev)
        check_can_set_up(request.reach, team.unit)
        makeup = forms.makeup_of(validated(forms.TeamSerializer, request.data), team.unit, request.now)
        actions.change_team(team_id=pk, reach=request.reach, makeup=makeup, now=request.now)
        return _answer(request, pk)


class EndTeam(APIView):
    @extend_schema(operation_id="supervision_teams_end", request=None, responses={200: TeamShape})
    @idempotent
    def post(self, request, pk):
        team = queries.get_team(request.reach, pk)
        check_if_match(request, team.rev)
        actions.end_team(team_id=pk, reach=request.reach, now=request.now)
        return _answer(request, pk)


def _answer(request, pk, status=200):
    (card,) = queries.cards(request.reach, [queries.get_team(request.reach, pk)], request.now)
    headers = {"ETag": etag(card.team.rev)}
    if status == 201:
        headers["Location"] = reverse("api:supervision-team", args=[pk])
    return Response(forms.detail(card), status=status, headers=headers)
