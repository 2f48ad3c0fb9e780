"""The versions' door of the HTTP API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import idempotent
from common.api.serializers import validated
from plans.lifecycle import queries
from plans.shapes import PlanDifferenceShape, PlanVersionShape, PlanVersionsShape
from plans.versions import actions, serializers
from plans.versions.difference import difference
from plans.versions.queries import history


class Versions(APIView):
    """Every version of a plan, newest first, each with who moved it on, when and why."""

    @extend_schema(responses={200: PlanVersionsShape})
    def get(self, request, plan_id):
        versions = history(queries.get_version(plan_id))
        return Response({"versions": [serializers.version(one) for one in versions]})


class DifferenceBetween(APIView):
    """What one version says otherwise than another, section by section, in the caller's language."""

    @extend_schema(
        parameters=[
            OpenApiParameter("before", int, required=True),
            OpenApiParameter("after", int, required=True),
        ],
        responses={200: PlanDifferenceShape},
    )
    def get(self, request, plan_id):
        before, after = (
            queries.get_version(plan_id, _number(request.query_params.get(side)))
            for side in ("before", "after")
        )
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
        actions.put_in_force(version_id=version.pk, actor=request.user, now=request.now, **given)


def _number(text: str | None) -> int:
    """A version's number; 0, which no version has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
