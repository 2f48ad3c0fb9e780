"""Recusals over the HTTP API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.exclusions import actions, queries
from accounts.exclusions.forms import EndRecusalSerializer, NewRecusalSerializer
from accounts.exclusions.models import Exclusion
from accounts.exclusions.shapes import RecusalShape, RecusalsPage
from accounts.exclusions.things import find_thing
from common.api.doors import idempotent
from common.api.lists import CursorPages, query_of
from common.api.serializers import validated


class NewestFirst(CursorPages):
    ordering = ("-since", "-id")


_ASKED = [OpenApiParameter("state", str, enum=["standing", "all"]), OpenApiParameter("mine", bool)]


class Recusals(APIView):
    """Who is kept from what, the newest first; POST recuses somebody, `person` left out: the caller."""

    @extend_schema(
        operation_id="recusals_list",
        parameters=_ASKED,
        responses={200: RecusalsPage},
    )
    def get(self, request):
        asked = query_of(request, _ASKED)
        rows = queries.exclusions(
            request.reach, state=asked.get("state", "standing"), mine=asked.get("mine", False)
        )
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request)
        return pages.get_paginated_response([line_of(row) for row in page])

    @extend_schema(operation_id="recusals_new", request=NewRecusalSerializer, responses={201: RecusalShape})
    @idempotent
    def post(self, request):
        given = validated(NewRecusalSerializer, request.data)
        thing = find_thing(request.reach, given["kind"], given["number"])
        person = queries.person_meant(request.reach, thing, given["person"])
        row = actions.recuse_person(
            reach=request.reach, thing=thing, person=person, reason=given["reason"], now=request.now
        )
        return Response(line_of(row), status=201)


class EndRecusal(APIView):
    @extend_schema(operation_id="recusals_end", request=EndRecusalSerializer, responses={200: RecusalShape})
    @idempotent
    def post(self, request, pk):
        row = queries.get_exclusion(request.reach, pk)
        reason = validated(EndRecusalSerializer, request.data)["reason"]
        row = actions.end_exclusion(reach=request.reach, exclusion_id=row.pk, reason=reason, now=request.now)
        return Response(line_of(row))


def line_of(row: Exclusion) -> dict:
    return {
        "id": row.pk,
        "number": row.number,
        "ground": row.ground,
        "person": row.person.username if row.person else None,
        "unit": row.unit.code if row.unit else None,
        "reason": row.reason,
        "passed_to": row.passed_to,
        "since": row.since,
        "ended_at": row.ended_at,
    }
