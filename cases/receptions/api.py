"""Receptions over the HTTP API."""

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.naming import Names
from accounts.queries import open_unit
from cases.matters.queries import get_matter
from cases.receptions import actions, counter, forms, queries
from cases.receptions.acts import ACTS, arrival_of, points_of
from cases.receptions.choices import ReceptionState
from cases.receptions.models import Reception
from cases.receptions.shapes import ReceptionShape, ReceptionsPage
from clocks.serializers import ClockSerializer
from common.api.description import any_of
from common.api.doors import check_if_match, etag, idempotent
from common.api.lists import CursorPages, query_of
from common.api.serializers import validated
from common.errors import not_found
from incidents.queries import get_incident


class NewestFirst(CursorPages):
    ordering = ("-day_at", "-id")


_ASKED = [
    OpenApiParameter("unit", str),
    OpenApiParameter("state", str, enum=ReceptionState.values),
    OpenApiParameter("day", str, enum=queries.DAYS),
    OpenApiParameter("incident", str),
    OpenApiParameter("drill", bool),
]


class Receptions(APIView):
    """Receptions, the newest day first; POST books one (`at`), or takes down that people have come (`came`)."""

    @extend_schema(
        operation_id="receptions_list",
        parameters=_ASKED,
        responses={200: ReceptionsPage},
    )
    def get(self, request):
        asked = query_of(request, _ASKED)
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        rows = queries.receptions(
            request.reach,
            now=request.now,
            unit=unit,
            state=asked.get("state", ""),
            day=asked.get("day", "all"),
        )
        if asked.get("unit") and unit is None:
            rows = rows.none()
        if asked.get("incident"):
            rows = rows.filter(incident=get_incident(request.reach, asked["incident"]))
        if "drill" in asked:
            rows = rows.filter(drill=asked["drill"])
        pages = NewestFirst()
        page = pages.paginate_queryset(rows.order_by(), request)
        return pages.get_paginated_response([line_of(row) for row in page])

    @extend_schema(
        operation_id="receptions_new", request=forms.NewReceptionSerializer, responses={201: ReceptionShape}
    )
    @idempotent
    def post(self, request):
        given = validated(forms.NewReceptionSerializer, request.data)
        about = {
            "reach": request.reach,
            "unit": Names.of_verb(request.reach, "matter.manage").unit(given["unit"]),
            "place": given["place"],
            "about": given["about"],
            "receivers": _receivers(request, given["receivers"]),
            "incident": get_incident(request.reach, given["incident"]) if given["incident"] else None,
            "matter": get_matter(request.reach, given["matter"]) if given["matter"] else None,
            "now": request.now,
        }
        about["place"] = given["place"] or about["unit"].name
        if given["at"]:
            made = actions.book_reception(
                **about, scheduled_at=given["at"], is_group=given["kind"] == "group", expected=given["expected"],
                representatives=given["representatives"], points=points_of(given["points"], request.reach),
            )  # fmt: skip
        else:
            made = counter.receive_people(
                **about, arrival=arrival_of(given), points=points_of(given["points"], request.reach)
            )
        return _answer(made, request.now, status=201)


def _receivers(request, usernames: list[str]) -> list[User]:
    """Who receives: people of the units this person works for, above or below."""
    near = Names.of_verb(request.reach, "matter.manage", above=True)
    return near.people(usernames, "receivers", request.now)


class OneReception(APIView):
    """A reception with its clocks, checklists and points."""

    @extend_schema(operation_id="receptions_one", responses={200: ReceptionShape})
    def get(self, request, number):
        return _answer(queries.get_reception(request.reach, number), request.now)


class ReceptionAct(APIView):
    """`move`, `cancel`, `check-in`, `check`, `nobody-came`, `begin`, `points`, `confirm`, `strike`, `notice`, `end`.

    `confirm` makes a point a demand; `end` with a point that is not read back is 409.
    """

    verbs = ACTS

    @extend_schema(
        operation_id="receptions_act",
        request=any_of("ReceptionAct", {verb: body for verb, (body, _action, _meant) in ACTS.items()}),
        responses={200: ReceptionShape},
    )
    @idempotent
    def post(self, request, number, verb):
        if verb not in self.verbs:
            raise not_found()
        body, action, as_meant = ACTS[verb]
        reception = queries.get_reception(request.reach, number)
        check_if_match(request, reception.rev)
        given = as_meant(validated(body, request.data), request.reach)
        action(reach=request.reach, reception_id=reception.pk, now=request.now, **given)
        return _answer(queries.get_reception(request.reach, number), request.now)


def line_of(row: Reception) -> dict:
    return {
        "number": row.number,
        "drill": row.drill,
        "unit": row.unit.code,
        "state": row.state,
        "outcome": row.outcome or None,
        "kind": "group" if row.is_group else "single",
        "place": row.place,
        "about": row.about,
        "at": row.scheduled_at,
        "begun_at": row.begun_at,
        "ended_at": row.ended_at,
        "expected": row.expected,
        "came": row.came,
        "representatives": row.representatives,
        "incident": row.incident.number if row.incident else None,
        "href": reverse("api:reception", args=[row.number]),
    }


def _answer(row: Reception, now, status=200) -> Response:
    ready = queries.preparation_of(row, now)
    body = {
        **line_of(row),
        "matter": row.matter.number if row.matter else None,
        "receivers": [person.username for person in row.receivers.order_by("pk")],
        "recording_told": row.recording_told,
        "evidence": row.evidence,
        "result": row.result,
        "checked_in_at": row.checked_in_at,
        "ready_by": ready.ready_by if ready else None,
        "checklist": [
            {
                "item": line.key,
                "list": part.checklist.words.zh,
                "text": line.item.words.zh,
                "text_en": line.item.words.en,
                "checked_at": line.check.at if line.check else None,
            }
            for part in (ready.parts if ready else ())
            for line in part.lines
        ],
        "points": [
            {
                "place": one.place,
                "point": one.point,
                "confirmed_at": one.confirmed_at,
                "demand": one.demand.number if one.demand else None,
            }
            for one in row.points.select_related("demand")
        ],
        "clocks": ClockSerializer(queries.clocks_of(row), many=True, context={"now": now}).data,
    }
    headers = {"ETag": etag(row.rev)}
    if status == 201:
        headers["Location"] = reverse("api:reception", args=[row.number])
    return Response(body, status=status, headers=headers)
