"""The versions' door of the HTTP API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import idempotent
from common.api.lists import query_of
from common.api.serializers import validated
from plans.document.campaigns import Term
from plans.lifecycle import queries
from plans.lifecycle.permissions import check_can_manage
from plans.shapes import PlanDifferenceShape, PlanVersionShape, PlanVersionsShape
from plans.versions import actions, serializers
from plans.versions.difference import difference
from plans.versions.forms import TERM_FIELDS, reviewers
from plans.versions.queries import history


class Versions(APIView):
    """Every version of a plan, newest first, each with who moved it on, when and why."""

    @extend_schema(responses={200: PlanVersionsShape})
    def get(self, request, plan_id):
        versions = history(queries.get_version(plan_id))
        return Response({"versions": [serializers.version(one) for one in versions]})


_COMPARED = [OpenApiParameter("before", int, required=True), OpenApiParameter("after", int, required=True)]


class DifferenceBetween(APIView):
    """What one version says otherwise than another, section by section, in the caller's language."""

    @extend_schema(
        parameters=_COMPARED,
        responses={200: PlanDifferenceShape},
    )
    def get(self, request, plan_id):
        asked = query_of(request, _COMPARED)
        # 0 is a version that no plan has.
        before, after = (queries.get_version(plan_id, asked.get(side, 0)) for side in ("before", "after"))
        found = difference(before.document, after.document)
        return Response(
            {"before": before.version, "after": after.version, "sections": serializers.sections(found)}
        )


class Act(APIView):
    """One act on a version. A repeat with the same Idempotency-Key gives the first answer."""

    serializer_class: type = serializers.FileSerializer

    @idempotent
    def post(self, request, plan_id, number):
        given = validated(self.serializer_class, request.data)
        version = queries.get_version(plan_id, number)
        self.act(request, version, given)
        return Response(serializers.version(history(version).get(pk=version.pk)))

    def act(self, request, version, given):
        raise NotImplementedError


@extend_schema(request=serializers.FileSerializer, responses={200: PlanVersionShape})
class FileIt(Act):
    def act(self, request, version, given):
        actions.file_draft(version_id=version.pk, actor=request.user, now=request.now, **given)


@extend_schema(request=serializers.PutInForceSerializer, responses={200: PlanVersionShape})
class PutInForce(Act):
    """Put a filed version in force, signed with the password or a one-time code."""

    serializer_class = serializers.PutInForceSerializer

    def act(self, request, version, given):
        check_can_manage(request.user, version.plan.owner_unit, request.now)
        said = {name: given.pop(name) for name in TERM_FIELDS if name in given}
        if "reviewed_by" in said:
            said["reviewed_by"] = reviewers(request.reach).person(
                said["reviewed_by"], "reviewed_by", request.now
            )
        actions.put_in_force(
            version_id=version.pk, actor=request.user, now=request.now, term=Term(**said), **given
        )
