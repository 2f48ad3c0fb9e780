"""The rosters' door of the HTTP API for what changes them: drafting, publishing, giving duties away, swaps."""

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from common.api.doors import check_if_match, etag, idempotent
from common.api.serializers import validated
from common.errors import Invalid, not_found
from rosters import queries
from rosters.choices import SwapVerb
from rosters.models import Roster, Shift
from rosters.months import actions, serializers
from rosters.overrides import changes, swaps
from rosters.shapes import ChangedDutiesShape, RosterShape, SwapShape, SwapsShape


class Drafts(APIView):
    """Make a roster of a unit from its rotations; an earlier draft for these days is thrown away."""

    @extend_schema(
        operation_id="rosters_draft", request=serializers.NewDraftSerializer, responses={201: RosterShape}
    )
    @idempotent
    def post(self, request, unit):
        given = validated(serializers.NewDraftSerializer, request.data)
        unit = queries.get_unit(request.reach, unit)
        roster = actions.draft_roster(reach=request.reach, unit=unit, now=request.now, **given)
        return _roster(request, roster.pk, status=201)


class OneRoster(APIView):
    """A roster as it was drafted or published, with what is wrong with it."""

    @extend_schema(operation_id="rosters_one", responses={200: RosterShape})
    def get(self, request, pk):
        return _roster(request, pk)


class Publish(APIView):
    """Put a draft in force. With findings it needs a reason; the refusal lists them (`roster_has_findings`)."""

    @extend_schema(
        operation_id="rosters_publish", request=serializers.PublishSerializer, responses={200: RosterShape}
    )
    @idempotent
    def post(self, request, pk):
        given = validated(serializers.PublishSerializer, request.data)
        roster = queries.get_roster(request.reach, pk)
        check_if_match(request, roster.rev)
        actions.publish_roster(
            reach=request.reach, roster_id=pk, reason=given["reason"], rev=roster.rev, now=request.now
        )
        return _roster(request, pk)


class Assign(APIView):
    """Put another holder of the post on a duty of a draft, or nobody. Answers with the draft."""

    @extend_schema(
        operation_id="shifts_assign", request=serializers.AssignSerializer, responses={200: RosterShape}
    )
    @idempotent
    def post(self, request, pk):
        given = validated(serializers.AssignSerializer, request.data)
        shift = queries.get_shift(request.reach, pk)
        if shift.roster_id is None:
            raise not_found()
        roster = queries.get_roster(request.reach, shift.roster_id)
        check_if_match(request, roster.rev)
        person = _holder(request, shift, given["username"], "username") if given["username"] else None
        actions.assign_shift(reach=request.reach, shift_id=pk, person=person, now=request.now)
        return _roster(request, roster.pk)


class Change(APIView):
    """Give a published duty, or a part of it, to another holder of the post, with a reason."""

    @extend_schema(
        operation_id="shifts_change",
        request=serializers.ChangeSerializer,
        responses={200: ChangedDutiesShape},
    )
    @idempotent
    def post(self, request, pk):
        given = validated(serializers.ChangeSerializer, request.data)
        shift = queries.get_shift(request.reach, pk)
        made = changes.override_shift(
            reach=request.reach,
            shift_id=pk,
            person=_holder(request, shift, given["username"], "username"),
            reason=given["reason"],
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            now=request.now,
        )
        return Response({"shifts": [serializers.line(queries.get_shift(request.reach, s.pk)) for s in made]})


class ProposeSwap(APIView):
    """Offer one's own coming duty to another holder of the post, for one of theirs or for nothing."""

    @extend_schema(operation_id="shifts_swap", request=serializers.SwapSerializer, responses={201: SwapShape})
    @idempotent
    def post(self, request, pk):
        given = validated(serializers.SwapSerializer, request.data)
        shift = queries.get_shift(request.reach, pk)
        swap = swaps.propose_swap(
            reach=request.reach,
            shift_id=pk,
            other=_holder(request, shift, given["other"], "other"),
            in_return_id=given["in_return"],
            reason=given["reason"],
            now=request.now,
        )
        return _swap(request, swap.pk, status=201)


class Swaps(APIView):
    """Open swaps: one's own, those one is asked for, and those one may decide."""

    @extend_schema(operation_id="swaps_list", responses={200: SwapsShape})
    def get(self, request):
        return Response(
            {"results": [serializers.swap(one) for one in queries.open_swaps(request.reach)[:200]]}
        )


class OneSwap(APIView):
    @extend_schema(operation_id="swaps_one", responses={200: SwapShape})
    def get(self, request, pk):
        return _swap(request, pk)


class MoveSwap(APIView):
    """Accept, decline, withdraw, approve or refuse."""

    verbs = SwapVerb.values

    @extend_schema(operation_id="swaps_move", request=None, responses={200: SwapShape})
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        queries.get_swap(request.reach, pk)
        swaps.move_swap(reach=request.reach, swap_id=pk, verb=verb, now=request.now)
        return _swap(request, pk)


def _roster(request, pk: int, status: int = 200) -> Response:
    roster: Roster = queries.get_roster(request.reach, pk)
    found = [one.as_dict() for one in queries.findings_of(roster)] if roster.is_draft else roster.findings
    headers = {"ETag": etag(roster.rev), "Location": reverse("api:roster", args=[pk])}
    return Response(
        serializers.roster(roster, roster.shifts.for_lists(), found), status=status, headers=headers
    )


def _swap(request, pk: int, status: int = 200) -> Response:
    headers = {"Location": reverse("api:swap", args=[pk])}
    return Response(serializers.swap(queries.get_swap(request.reach, pk)), status=status, headers=headers)


def _holder(request, shift: Shift, username: str, field: str) -> User:
    """Who holds the post when the duty begins. Anybody else is answered like somebody who does not exist."""
    at = max(request.now, shift.starts_at)
    people = queries.holders_by_post([shift.post.unit], [shift.post.kind], at).get(shift.post_id, [])
    found = next((person for person in people if person.username == username), None)
    if found is None:
        raise Invalid(
            "not_a_holder",
            _("Nothing was changed: nobody of that name holds this post then. Name somebody who does."),
            fields={field: [_("Name somebody who holds the post.")]},
        )
    return found
