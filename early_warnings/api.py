"""The warnings' door of the HTTP API."""

from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from common.api.doors import check_if_match, etag, idempotent
from common.api.negotiation import OneForm
from common.api.serializers import validated
from early_warnings import queries, serializers
from early_warnings.models import EarlyWarning
from early_warnings.outgoing import cap
from early_warnings.proposals import actions as proposals
from early_warnings.shapes import ProposedWarningShape, WarningShape, WarningsPage
from early_warnings.signing import actions as signing
from incidents.queries import get_incident


class WarningFilter(UnitFilterSet):
    """`state`, `level`, `incident` (its number), `unit` (and below), `drill`."""

    incident = filters.CharFilter(field_name="incident__number")

    class Meta:
        model = EarlyWarning
        fields = ["state", "level", "drill"]


class Warnings(APIView):
    """Warnings this caller may see, newest first; POST drafts one and asks for its signature."""

    @extend_schema(operation_id="early_warnings_list", responses={200: WarningsPage})
    def get(self, request):
        rows = queries.warnings(request.reach).select_related("adjusted_from")
        return answer_list(
            request, rows, filters=WarningFilter, newest_by="drafted_at", as_dict=serializers.summary
        )

    @extend_schema(request=serializers.NewWarningSerializer, responses={201: ProposedWarningShape})
    @idempotent
    def post(self, request):
        given = validated(serializers.NewWarningSerializer, request.data)
        incident = get_incident(request.reach, given["incident"])
        warning = proposals.propose_new_warning(
            incident_id=incident.pk, reach=request.reach, statement=given["statement"], now=request.now
        )
        return created(warning, request.now)


class OneWarning(APIView):
    @extend_schema(responses={200: WarningShape})
    def get(self, request, number):
        return shown(queries.get_warning(request.reach, number))


class Act(APIView):
    """One act on a warning. A repeat with the same Idempotency-Key gives the first answer."""

    serializer_class: type = serializers.NothingSerializer

    @idempotent
    def post(self, request, number):
        given = validated(self.serializer_class, request.data)
        warning = queries.get_warning(request.reach, number)
        self.act(request, warning, {**given, "rev": asked_rev(request, warning)})
        return shown(queries.get_warning(request.reach, number))

    def act(self, request, warning, given):
        raise NotImplementedError


@extend_schema(request=serializers.SignSerializer, responses={200: WarningShape})
class Sign(Act):
    """Sign with the password or a one-time code, asked again now; in force and pushed when this answers."""

    serializer_class = serializers.SignSerializer

    def act(self, request, warning, given):
        signing.sign_warning(warning_id=warning.pk, reach=request.reach, now=request.now, **given)


@extend_schema(request=serializers.ReasonSerializer, responses={200: WarningShape})
class Return(Act):
    serializer_class = serializers.ReasonSerializer

    def act(self, request, warning, given):
        signing.return_to_drafter(warning_id=warning.pk, reach=request.reach, now=request.now, **given)


@extend_schema(request=None, responses={200: WarningShape})
class Propose(Act):
    """Propose a draft, or a returned warning as it stands, again."""

    def act(self, request, warning, given):
        proposals.propose_warning(warning_id=warning.pk, reach=request.reach, now=request.now, **given)


@extend_schema(request=None, responses={200: WarningShape})
class Withdraw(Act):
    def act(self, request, warning, given):
        proposals.withdraw_warning(warning_id=warning.pk, reach=request.reach, now=request.now, **given)


@extend_schema(request=serializers.LiftSerializer, responses={200: WarningShape})
class Lift(Act):
    serializer_class = serializers.LiftSerializer

    def act(self, request, warning, given):
        signing.lift_warning(warning_id=warning.pk, reach=request.reach, now=request.now, **given)


@extend_schema(request=serializers.StatementSerializer, responses={200: WarningShape})
class Revise(Act):
    """Change a draft, or a warning that was returned."""

    serializer_class = serializers.StatementSerializer

    def act(self, request, warning, given):
        proposals.revise_warning(warning_id=warning.pk, reach=request.reach, now=request.now, **given)


class Adjust(APIView):
    """Propose another level. Answers with the new warning; this one stays in force until that is signed."""

    @extend_schema(request=serializers.StatementSerializer, responses={201: ProposedWarningShape})
    @idempotent
    def post(self, request, number):
        given = validated(serializers.StatementSerializer, request.data)
        warning = queries.get_warning(request.reach, number)
        successor = proposals.adjust_warning(
            warning_id=warning.pk,
            reach=request.reach,
            now=request.now,
            rev=asked_rev(request, warning),
            **given,
        )
        return created(successor, request.now)


class Cap(APIView):
    """The signed warning as a CAP 1.2 message."""

    content_negotiation_class = OneForm

    @extend_schema(responses={(200, "application/cap+xml"): OpenApiTypes.STR})
    def get(self, request, number):
        warning = queries.get_warning(request.reach, number)
        content = cap.message(warning)
        return HttpResponse(content, content_type="application/cap+xml", headers={"ETag": etag(warning.rev)})


def asked_rev(request, warning: EarlyWarning) -> int | None:
    """The revision the caller has read, so that the action can compare it again once it holds the lock."""
    check_if_match(request, warning.rev)
    return warning.rev if request.headers.get("If-Match") else None


def shown(warning: EarlyWarning) -> Response:
    return Response(serializers.detail(warning), headers={"ETag": etag(warning.rev)})


def created(warning: EarlyWarning, now) -> Response:
    answer = serializers.proposed(warning, now)
    return Response(answer, status=201, headers={"ETag": etag(warning.rev), "Location": answer["url"]})
