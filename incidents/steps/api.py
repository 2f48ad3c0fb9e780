"""Steps of an incident over the HTTP API."""

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import idempotent
from common.api.serializers import validated
from incidents.queries import get_incident
from incidents.serializers import entry as entry_of
from incidents.shapes import StepsShape, TimelineEntryShape
from incidents.steps import actions, queries
from incidents.steps.forms import NotedStepSerializer
from journal.record import content_of
from plans.document.steps import step_label


class Steps(APIView):
    """The steps that may be noted on the incident now: its plan's, those of plans beside it, the statute's."""

    @extend_schema(responses={200: StepsShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        return Response({"steps": [_step(step) for step in queries.steps_of(incident, request.now)]})

    @extend_schema(request=NotedStepSerializer, responses={201: TimelineEntryShape})
    @idempotent
    def post(self, request, number):
        """Note that a step happened; the plans' clocks start and stop at that moment."""
        given = validated(NotedStepSerializer, request.data)
        incident = get_incident(request.reach, number)
        entry = actions.note_step(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        return Response(entry_of(entry, content_of(entry)), status=201)


def _step(step: queries.Step) -> dict:
    return {
        "kind": step.kind.name,
        "title": step_label(step.kind),
        "plan": step.plan,
        "plan_title": step.title.in_language(get_language()),
    }
