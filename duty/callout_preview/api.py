"""The door of the HTTP API that asks the roster."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.errors import Invalid
from duty.callout_preview import serializers
from duty.callout_preview.choices import LIFE_RISK
from duty.callout_preview.queries import ask
from duty.callout_preview.shapes import CalloutShape
from duty.comms_checks.queries import get_unit
from plans.engine.evaluation import levels_of
from plans.lifecycle.queries import plan_in_force
from rosters.months.api import moment_asked


class AskRoster(APIView):
    """Who would be told in a unit at a level and a moment, in which order, by what, and where the chain breaks."""

    @extend_schema(
        operation_id="rosters_ask",
        parameters=[
            OpenApiParameter("unit", str, required=True, description="the unit's code"),
            OpenApiParameter("level", str, required=True, description=f"a level of its plan, or {LIFE_RISK}"),
            OpenApiParameter("at", str, description="a moment; the present without it"),
        ],
        responses={200: CalloutShape},
    )
    def get(self, request):
        unit = get_unit(request.reach, request.query_params.get("unit", ""))
        at, level = moment_asked(request), request.query_params.get("level", "")
        known = [one.id for one in levels_of(plan_in_force(unit, at).document)]
        if level not in (*known, LIFE_RISK):
            sentence = _("Give one of: %(levels)s.") % {"levels": ", ".join([*known, LIFE_RISK])}
            raise Invalid(
                "unknown_level",
                _("Nothing was answered: the plan has no such level."),
                fields={"level": [sentence]},
            )
        return Response(serializers.answer(ask(unit, level, at)))
