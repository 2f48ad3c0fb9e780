"""The door of improvements in the HTTP API."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from command.improvements import actions, forms, queries, rules
from command.improvements.acts import act_on, owner_of
from command.improvements.choices import ImprovementState
from command.improvements.models import Improvement
from command.improvements.shapes import ImprovementListShape, ImprovementShape, ImprovementsPage
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.lists import StrictBooleanFilter
from common.api.serializers import validated
from incidents.queries import get_incident


class ImprovementFilter(UnitFilterSet):
    """`state`, `overdue`, `unit` (and below)."""

    state = filters.ChoiceFilter(choices=ImprovementState.choices)
    overdue = StrictBooleanFilter(method="by_overdue")

    def by_overdue(self, rows, name, wanted):
        late = {"state": ImprovementState.OPEN, "due_at__lt": self.request.now}
        return rows.filter(**late) if wanted else rows.exclude(**late)


class Improvements(APIView):
    """Improvements this caller may see, whatever they come from, the last one set first."""

    @extend_schema(operation_id="improvements_list", responses={200: ImprovementsPage})
    def get(self, request):
        rows = Improvement.objects.visible_to(request.reach).with_names()
        return answer_list(
            request, rows, filters=ImprovementFilter, newest_by="set_at",
            as_dict=lambda row: forms.detail(queries.card(request.reach, row, request.now)),
        )  # fmt: skip


class IncidentImprovements(APIView):
    """What was learned from an incident; POST sets one more."""

    @extend_schema(operation_id="incident_improvements_list", responses={200: ImprovementListShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        rows = queries.of_source(request.reach, incident.key)
        found = queries.cards(request.reach, rows, request.now)
        return Response({"results": [forms.detail(card) for card in found]})

    @extend_schema(
        operation_id="incident_improvements_set",
        request=forms.ImprovementSerializer,
        responses={201: ImprovementShape},
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.ImprovementSerializer, request.data)
        incident = get_incident(request.reach, number)
        given["owner"] = owner_of(given["owner"], incident.unit)
        row = actions.improve_after_incident(
            incident_id=incident.pk, reach=request.reach, now=request.now, **given
        )
        return _answer(request, row, status=201)


class OneImprovement(APIView):
    @extend_schema(operation_id="improvements_retrieve", responses={200: ImprovementShape})
    def get(self, request, pk):
        return _answer(request, queries.get_improvement(request.reach, pk))


class ImprovementAct(APIView):
    """Report, confirm, send back, change the date, hand on, drop."""

    verbs = rules.ON_AN_IMPROVEMENT

    @extend_schema(
        operation_id="improvements_act",
        request=forms.ImprovementActSerializer,
        responses={200: ImprovementShape},
    )
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.ImprovementActSerializer, request.data)
        row = queries.get_improvement(request.reach, pk)
        check_if_match(request, row.rev)
        return _answer(request, act_on(row, verb, reach=request.reach, now=request.now, **given))


def _answer(request, row, status=200):
    card = queries.card(request.reach, row, request.now)
    return Response(forms.detail(card), status=status, headers={"ETag": etag(row.rev)})
