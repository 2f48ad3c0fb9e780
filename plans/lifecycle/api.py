"""The plans' door of the HTTP API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.naming import no_unit
from accounts.people.queries import units_known
from accounts.queries import open_unit
from common.api.lists import query_of
from common.api.serializers import validated
from common.text.codes import unit_code
from plans.engine.evaluation import evaluate
from plans.lifecycle import queries, serializers
from plans.shapes import EvaluationShape, PlanShape, PlansShape


class Plans(APIView):
    """Every plan: the version in force, else the last one loaded."""

    @extend_schema(operation_id="plans_list", responses={200: PlansShape})
    def get(self, request):
        return Response({"plans": [serializers.summary(version) for version in queries.plan_list()]})


_ASKED = [OpenApiParameter("version", int)]


class OnePlan(APIView):
    @extend_schema(parameters=_ASKED, responses={200: PlanShape})
    def get(self, request, plan_id):
        version = queries.get_version(plan_id, query_of(request, _ASKED).get("version"))
        return Response(serializers.detail(version), headers={"ETag": f'"{version.ref}-{version.state}"'})


class Evaluate(APIView):
    """Ask a plan what it would propose for some facts. Changes nothing."""

    @extend_schema(request=serializers.EvaluateSerializer, responses={200: EvaluationShape})
    def post(self, request, plan_id):
        given = validated(serializers.EvaluateSerializer, request.data)
        version = queries.get_version(plan_id, given.get("version"))
        unit = _unit(request, given.get("unit"))
        proposal = evaluate(version.document, given["facts"])
        return Response(serializers.evaluation(version, proposal, unit, given.get("at", request.now)))


def _unit(request, code):
    """The unit asked for, else the one of the caller's first post; None for a caller without a post."""
    if code is None:
        return open_unit(request.reach.posts[0].unit_code) if request.reach.posts else None
    unit = units_known(request.reach).filter(code=unit_code(code)).first()
    if unit is None:
        raise no_unit("unit", [code])
    return unit
