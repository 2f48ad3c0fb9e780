"""Who am I, which units are there, who is on duty: what a program has to know before it can ask anything else."""

from django.db.models import F, Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.choices import PostKind, Tier
from accounts.models import Appointment, Post, Unit
from accounts.people.queries import directory_units, units_known
from accounts.people.shapes import MeShape, PostShape, PostsPage, UnitShape, UnitsPage
from accounts.queries import open_unit
from accounts.verbs import VERBS
from common.api.lists import CursorPages, query_of
from common.errors import NotAllowed


class Me(APIView):
    """Whose token or session it is: the posts held now, and what they carry over which units."""

    @extend_schema(responses=MeShape)
    def get(self, request):
        reach = request.reach
        codes = {post.unit_path: post.unit_code for post in reach.posts}
        verbs = {
            verb: [codes[path] for path in reach.paths(verb)] for verb in sorted(VERBS) if reach.has(verb)
        }
        me = {
            "username": reach.user.username,
            "name": reach.user.name,
            "language": reach.user.language,
            "posts": reach.posts,
            "verbs": verbs,
        }
        return Response(MeShape(me).data)


class InTreeOrder(CursorPages):
    ordering = ("path",)


_UNIT = OpenApiParameter("unit", str, description="Code: it and those below")
_UNITS_ASKED = [_UNIT, OpenApiParameter("tier", str, enum=Tier.values)]
_PEOPLE_ASKED = [_UNIT, OpenApiParameter("kind", str, enum=PostKind.values)]


class Units(APIView):
    """The units of the caller's posts, all below them, and the line of those above, in tree order."""

    @extend_schema(
        operation_id="units_list",
        parameters=_UNITS_ASKED,
        responses=UnitsPage,
    )
    def get(self, request):
        asked = query_of(request, _UNITS_ASKED)
        rows = _below(units_known(request.reach), asked.get("unit", ""))
        if tier := asked.get("tier"):
            rows = rows.filter(tier=tier)
        pages = InTreeOrder()
        page = pages.paginate_queryset(rows.select_related("parent"), request)
        return pages.get_paginated_response(UnitShape(page, many=True).data)


class PostsInTreeOrder(InTreeOrder):
    ordering = ("tree", "pk")


class People(APIView):
    """The posts of the caller's units and who holds them now. For leaders and the duty desk, as the directory is."""

    @extend_schema(
        operation_id="people_list",
        parameters=_PEOPLE_ASKED,
        responses=PostsPage,
    )
    def get(self, request):
        if not request.reach.has("people.view"):
            raise NotAllowed(
                "not_allowed",
                _(
                    "Nothing was answered: who holds which post is for leaders and the duty desk. Ask with an "
                    "account that holds such a post."
                ),
            )
        asked = query_of(request, _PEOPLE_ASKED)
        units = _below(directory_units(request.reach), asked.get("unit", ""))
        rows = Post.objects.filter(unit__in=units.order_by(), closed_at__isnull=True)
        rows = rows.select_related("unit").annotate(tree=F("unit__path"))
        if kind := asked.get("kind"):
            rows = rows.filter(kind=kind)
        held = Appointment.objects.current(request.now).select_related("person").order_by("-held_as", "pk")
        pages = PostsInTreeOrder()
        page = pages.paginate_queryset(
            rows.prefetch_related(Prefetch("appointments", held, to_attr="held")), request
        )
        return pages.get_paginated_response(PostShape(page, many=True).data)


def _below(units, code: str):
    """Those of this unit and below; none where no open unit bears the code."""
    if not code:
        return units
    unit = open_unit(code)
    return units.filter(path__under=unit.path) if unit else Unit.objects.none()
