"""Corrections over the HTTP API."""

from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from accounts.naming import Names
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.lists import StrictBooleanFilter
from common.api.serializers import validated
from supervision.corrections import actions, forms, queries, rules
from supervision.corrections.acts import act_on
from supervision.corrections.choices import CorrectionState
from supervision.corrections.models import Correction
from supervision.corrections.permissions import check_can_set
from supervision.corrections.shapes import CorrectionListShape, CorrectionShape, CorrectionsPage
from supervision.visits.queries import get_visit


class CorrectionFilter(UnitFilterSet):
    """`state`, `overdue`, `unit` (and below)."""

    state = filters.ChoiceFilter(choices=CorrectionState.choices)
    overdue = StrictBooleanFilter(method="by_overdue")

    def by_overdue(self, rows, name, wanted):
        late = {"state": CorrectionState.OPEN, "due_at__lt": self.request.now}
        return rows.filter(**late) if wanted else rows.exclude(**late)


class Corrections(APIView):
    """Corrections this caller may see, the last one set first."""

    @extend_schema(operation_id="corrections_list", responses={200: CorrectionsPage})
    def get(self, request):
        rows = Correction.objects.visible_to(request.reach).with_names()
        return answer_list(
            request, rows, filters=CorrectionFilter, newest_by="set_at",
            together=lambda page: queries.cards(request.reach, page, request.now), as_dict=forms.detail,
        )  # fmt: skip


class VisitCorrections(APIView):
    """What a visit found to be put right; POST sets one more."""

    @extend_schema(operation_id="supervision_visit_corrections_list", responses={200: CorrectionListShape})
    def get(self, request, number):
        rows = queries.of_visit(request.reach, get_visit(request.reach, number))
        found = queries.cards(request.reach, rows, request.now)
        return Response({"results": [forms.detail(card) for card in found]})

    @extend_schema(
        operation_id="supervision_visit_corrections_set",
        request=forms.CorrectionSerializer,
        responses={201: CorrectionShape},
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.CorrectionSerializer, request.data)
        visit, code = get_visit(request.reach, number), given.pop("unit")
        check_can_set(request.reach, visit)
        unit = Names.under(visit.unit).unit(code) if code else None
        row = actions.set_correction(
            visit_id=visit.pk, reach=request.reach, now=request.now, unit=unit, **given
        )
        return _answer(request, row.number, status=201)


class OneCorrection(APIView):
    @extend_schema(operation_id="corrections_retrieve", responses={200: CorrectionShape})
    def get(self, request, number):
        return _answer(request, number)


class CorrectionAct(APIView):
    """`report`, `verify`, `send-back`, `ask-extension`, `extend`, `refuse-extension`."""

    verbs = rules.ON_A_CORRECTION

    @extend_schema(
        operation_id="corrections_act",
        request=forms.CorrectionActSerializer,
        responses={200: CorrectionShape},
    )
    @idempotent
    def post(self, request, number, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.CorrectionActSerializer, request.data)
        row = queries.get_correction(request.reach, number)
        check_if_match(request, row.rev)
        act_on(row, verb, reach=request.reach, now=request.now, **given)
        return _answer(request, number)


def _answer(request, number, status=200):
    (card,) = queries.cards(request.reach, [queries.get_correction(request.reach, number)], request.now)
    headers = {"ETag": etag(card.row.rev)}
    if status == 201:
        headers["Location"] = reverse("api:correction", args=[number])
    return Response(forms.detail(card), status=status, headers=headers)
