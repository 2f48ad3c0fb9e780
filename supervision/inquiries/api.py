"""Inquiries over the HTTP API."""

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import open_unit
from clocks.serializers import ClockSerializer
from common.api.description import any_of
from common.api.doors import check_if_match, etag, idempotent
from common.api.lists import CursorPages, query_of
from common.api.serializers import validated
from common.errors import not_found
from supervision.inquiries import actions, forms, permissions, queries
from supervision.inquiries.acts import ACTS
from supervision.inquiries.choices import InquiryState
from supervision.inquiries.models import Inquiry
from supervision.inquiries.shapes import CausesShape, InquiriesPage, InquiryShape
from supervision.inquiries.views import bureau_of, cause_of, who_looks


class NewestFirst(CursorPages):
    ordering = ("-opened_at", "-id")


_ASKED = [
    OpenApiParameter("state", str, enum=["live", "all", *InquiryState.values]),
    OpenApiParameter("unit", str),
    OpenApiParameter("proposed", bool),
]


class Inquiries(APIView):
    """Inquiries, the newest first; `?proposed=1`: what of the record calls for one. POST opens one: `decider` equal to
    `investigator` is 409, trigger A1 is 422."""

    @extend_schema(
        operation_id="inquiries_list",
        parameters=_ASKED,
        responses={200: any_of("InquiriesOrCauses", {"": InquiriesPage, "proposed": CausesShape})},
    )
    def get(self, request):
        permissions.check_can_look(request.reach)
        asked = query_of(request, _ASKED)
        if asked.get("proposed"):
            found = queries.findings(request.reach, request.now)
            return Response({"results": [_proposed(one) for one in found]})
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        rows = queries.inquiries(request.reach, state=asked.get("state", "live"), unit=unit)
        if asked.get("unit") and unit is None:
            rows = rows.none()
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request)
        return pages.get_paginated_response([line_of(row) for row in page])

    @extend_schema(
        operation_id="inquiries_new", request=forms.NewInquirySerializer, responses={201: InquiryShape}
    )
    @idempotent
    def post(self, request):
        given = validated(forms.NewInquirySerializer, request.data)
        bureau = bureau_of(request, given["bureau"])
        cause = cause_of(request, given)
        row = actions.open_inquiry(
            reach=request.reach, bureau=bureau, cause=cause, post=forms.post_named(cause.unit, given["post"]),
            now=request.now, **who_looks(bureau, given, request.now),
        )  # fmt: skip
        return _answer(queries.get_inquiry(request.reach, row.number), request.now, status=201)


class OneInquiry(APIView):
    @extend_schema(operation_id="inquiries_one", responses={200: InquiryShape})
    def get(self, request, number):
        return _answer(queries.get_inquiry(request.reach, number), request.now)


class InquiryAct(APIView):
    """`statement`, `report`, `decision`, `deliver`, `erase`."""

    verbs = ACTS

    @extend_schema(
        operation_id="inquiries_act",
        request=any_of("InquiryAct", {verb: body for verb, (_form, body, _action) in ACTS.items()}),
        responses={200: InquiryShape},
    )
    @idempotent
    def post(self, request, number, verb):
        if verb not in self.verbs:
            raise not_found()
        _form, body, action = ACTS[verb]
        row = queries.get_inquiry(request.reach, number)
        check_if_match(request, row.rev)
        action(reach=request.reach, inquiry_id=row.pk, now=request.now, **validated(body, request.data))
        return _answer(queries.get_inquiry(request.reach, number), request.now)


def line_of(row: Inquiry) -> dict:
    return {
        "number": row.number,
        "trigger": row.trigger,
        "state": row.state,
        "reason": row.reason,
        "unit": row.unit.code,
        "post": row.post.kind if row.post else None,
        "bureau": row.bureau.code,
        "investigator": row.investigator.username if row.investigator else None,
        "decider": row.decider.username if row.decider else None,
        "opened_at": row.opened_at,
        "measure": row.measure or None,
        "href": reverse("api:inquiry", args=[row.number]),
    }


def _proposed(finding: queries.Finding) -> dict:
    return {
        "about": finding.about,
        "trigger": finding.trigger,
        "unit": finding.unit.code,
        "at": finding.at,
        "reason": finding.reason,
    }


def _answer(row: Inquiry, now, status=200) -> Response:
    body = {
        **line_of(row),
        "statement": row.statement,
        "heard_at": row.heard_at,
        "report": row.report,
        "reported_at": row.reported_at,
        "decision": row.decision,
        "decided_at": row.decided_at,
        "delivered_at": row.delivered_at,
        "delivered_how": row.delivered_how or None,
        "erased_at": row.erased_at,
        "clocks": ClockSerializer(queries.clocks_of(row), many=True, context={"now": now}).data,
    }
    headers = {"ETag": etag(row.rev)}
    if status == 201:
        headers["Location"] = reverse("api:inquiry", args=[row.number])
    return Response(body, status=status, headers=headers)
