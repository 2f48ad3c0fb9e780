"""Responsibles and readiness of units over the HTTP API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import open_unit
from common.api.doors import idempotent, not_found
from common.api.lists import query_of
from common.api.serializers import validated
from duty.responsibles import actions, forms, permissions, queries
from duty.responsibles.choices import Show
from duty.responsibles.shapes import ReadinessListShape, ResponsiblesShape

_ASKED = [
    OpenApiParameter("unit", str, description="Code: it and those below"),
    OpenApiParameter("show", str, enum=Show.values),
]


class UnitReadiness(APIView):
    """Every unit this caller may see, beside what it must have."""

    @extend_schema(
        operation_id="unit_readiness_list",
        parameters=_ASKED,
        responses={200: ReadinessListShape},
    )
    def get(self, request):
        permissions.check_can_look(request.reach)
        asked = query_of(request, _ASKED)
        code = asked.get("unit", "")
        unit = open_unit(code) if code else None
        units = [] if code and unit is None else queries.units_seen(request.reach, unit)
        rows = queries.grid(request.reach, units, request.now, asked.get("show", Show.ALL))
        return Response({"results": [forms.detail(row) for row in rows]})


class UnitResponsibles(APIView):
    """Who answers for one unit; PUT names them."""

    @extend_schema(operation_id="unit_responsibles_retrieve", responses={200: ResponsiblesShape})
    def get(self, request, code):
        return self._answer(request, self._unit(request, code))

    @extend_schema(
        operation_id="unit_responsibles_name",
        request=forms.ResponsiblesSerializer,
        responses={200: ResponsiblesShape},
    )
    @idempotent
    def put(self, request, code):
        unit = self._unit(request, code)
        permissions.check_can_name(request.reach, unit)
        given = validated(forms.ResponsiblesSerializer, request.data)
        named = forms.named_of(given, unit, request.now)
        actions.name_responsibles(reach=request.reach, unit=unit, named=named, now=request.now)
        return self._answer(request, unit)

    def _unit(self, request, code):
        unit = open_unit(code)
        if unit is None:
            raise not_found()
        permissions.check_can_view(request.reach, unit)
        return unit

    def _answer(self, request, unit):
        named = queries.usernames([unit])
        (row,) = queries.grid(request.reach, [unit], request.now)
        return Response({**forms.detail(row), "named": {part: name for (_pk, part), name in named.items()}})
