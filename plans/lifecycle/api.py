"""The plans' door of the HTTP API."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import open_unit
from common.api.serializers import validated
from common.errors import Invalid
from plans.engine.evaluation import evaluate
from plans.lifecycle import queries, serializers
from plans.shapes import EvaluationShape, PlanShape, PlansShape


class Plans(APIView):
    """Every plan: the version in force, else the last one loaded."""

    @extend_schema(operation_id="plans_list", responses={200: PlansShape})
    def get(self, request):
        return Response({"plans": [serializers.summary(version) for version in queries.plan_list()]})


class OnePlan(APIView):
    @extend_schema(parameters=[OpenApiParameter("version", int)], responses={200: PlanShape})
    def get(self, request, plan_id):
        version = queries.get_version(plan_id, _number(request.query_params.get("version")))
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


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


def _unit(request, code):
    """The unit asked for, else the one of the caller's first post; None for a caller without a post."""
    if code is None:
        return open_unit(request.reach.posts[0].unit_code) if request.reach.posts else None
    unit = open_unit(code)
    if unit is None:
        sentence = _("There is no open unit with this code.")
        raise Invalid(
            "unknown_unit",
            _("Nothing was evaluated: some fields are not in order."),
            fields={"unit": [sentence]},
        )
    return unit
