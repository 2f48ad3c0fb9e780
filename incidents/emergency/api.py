"""Emergency access over the HTTP API: read only, for whoever watches over it and for one's own."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.views import APIView

from accounts.emergency.models import EmergencyAccess
from common.api.lists import CursorPages, query_of
from incidents.emergency import permissions, queries
from incidents.emergency.shapes import EmergencyAccessesPage


class NewestFirst(CursorPages):
    ordering = ("-since", "-id")


_ASKED = [OpenApiParameter("state", str, enum=["all", "to-review"])]


class EmergencyAccesses(APIView):
    """Who had access past their posts, the newest first."""

    @extend_schema(
        operation_id="emergency_access_list",
        parameters=_ASKED,
        responses={200: EmergencyAccessesPage},
    )
    def get(self, request):
        permissions.check_can_see_list(request.reach)
        rows = queries.listed(request.reach)
        if query_of(request, _ASKED).get("state") == "to-review":
            rows = rows.filter(verdict="")
        shows_reason = permissions.shows_reasons(request.reach)
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request)
        return pages.get_paginated_response([line_of(row, shows_reason=shows_reason) for row in page])


def line_of(row: EmergencyAccess, *, shows_reason: bool) -> dict:
    return {
        "id": row.pk,
        "person": row.person.username,
        "post": row.post,
        "unit": row.unit.code,
        "asked": row.asked,
        "numbers": [thing.number for thing in row.things.all()],
        "reason": row.reason if shows_reason else "",
        "since": row.since,
        "until": row.until,
        "ended_at": row.ended_at,
        "ended_by": row.ended_by.username if row.ended_by else None,
        "verdict": row.verdict,
        "statement": row.statement if shows_reason else "",
        "reviewed_at": row.reviewed_at,
        "reviewed_by": row.reviewed_by.username if row.reviewed_by else None,
        "drill": row.drill,
    }
