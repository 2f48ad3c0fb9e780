"""The rosters' door of the HTTP API."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.queries import open_unit
from common.api.negotiation import OneForm
from common.dates.days import read_moment
from common.errors import Invalid
from rosters import queries
from rosters.months import actions, feeds, serializers
from rosters.months.pages import chosen_month
from rosters.shapes import MonthShape, OnDutyAtShape


def moment_asked(request):
    """`at` of the query, in Shanghai where it says no zone; the present without it."""
    text = request.query_params.get("at", "")
    if not text:
        return request.now
    found = read_moment(text.replace(" ", "+"))
    if found is None:
        sentence = _("Give a moment such as 2026-11-22T20:00:00+08:00.")
        raise Invalid(
            "bad_moment", _("Nothing was answered: `at` is not a moment."), fields={"at": [sentence]}
        )
    return found


class OnDutyNow(APIView):
    """Who is on duty in a unit at a moment, past or future."""

    @extend_schema(
        operation_id="rosters_on_duty",
        parameters=[
            OpenApiParameter("unit", str, required=True, description="the unit's code"),
            OpenApiParameter("at", str, description="a moment; the present without it"),
        ],
        responses={200: OnDutyAtShape},
    )
    def get(self, request):
        unit = queries.get_unit(request.reach, request.query_params.get("unit", ""))
        at = moment_asked(request)
        found = queries.on_duty([unit], at, kinds=queries.ROSTERED, is_past=at < request.now)
        return Response({"unit": unit.code, "at": at, "on_duty": [serializers.duty(one) for one in found]})


class Month(APIView):
    """The published duties of a unit in a month ("2026-12"; this month without it)."""

    @extend_schema(
        operation_id="rosters_month",
        parameters=[OpenApiParameter("month", str, description="such as 2026-12")],
        responses={200: MonthShape},
    )
    def get(self, request, unit):
        unit, first = queries.get_unit(request.reach, unit), chosen_month(request)
        rows = queries.shifts_between(unit, first, actions.end_of_month(first)).filter(in_force=True)
        shifts = [serializers.line(shift) for shift in rows.for_lists()]
        return Response({"unit": unit.code, "month": f"{first:%Y-%m}", "shifts": shifts})


class Feed(APIView):
    """A unit's duties as a calendar, by the key in the address; no session, no telephone numbers."""

    content_negotiation_class = OneForm
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="rosters_feed",
        parameters=[OpenApiParameter("token", str, required=True)],
        responses={(200, "text/calendar"): str},
    )
    def get(self, request, unit):
        # Without a unit of that code no key is good: the answer is the same, and tells no codes.
        now, found = timezone.now(), open_unit(unit)
        feeds.owner_of(request.query_params.get("token", ""), unit=found, now=now)
        shifts = feeds.shifts_for(person=None, unit=found, now=now)
        return _calendar(feeds.calendar_of(shifts, name=str(found), with_names=True, now=now))


class OwnFeed(APIView):
    """One person's own duties as a calendar, by the key in the address."""

    content_negotiation_class = OneForm
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="rosters_feed_own",
        parameters=[OpenApiParameter("token", str, required=True)],
        responses={(200, "text/calendar"): str},
    )
    def get(self, request, username):
        now = timezone.now()
        owner: User = feeds.owner_of(
            request.query_params.get("token", ""), unit=None, username=username, now=now
        )
        shifts = feeds.shifts_for(person=owner, unit=None, now=now)
        return _calendar(feeds.calendar_of(shifts, name=str(owner), with_names=False, now=now))


def _calendar(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response
