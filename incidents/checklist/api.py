"""What is to be done on an incident, life safety first, and what has been."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import idempotent
from common.api.serializers import validated
from incidents.checklist import actions
from incidents.checklist.queries import checklist
from incidents.checklist.serializers import MarkSerializer, rows
from incidents.queries import get_incident
from incidents.shapes import ChecklistShape


class IncidentChecklist(APIView):
    """The product's life-safety lines, then those of the incident's plan, each with its mark."""

    @extend_schema(responses={200: ChecklistShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        return Response({"lines": rows(checklist(incident))})

    @extend_schema(request=MarkSerializer, responses={201: ChecklistShape})
    @idempotent
    def post(self, request, number):
        """Mark a line as done or not needed. A second mark of the same line changes nothing."""
        given = validated(MarkSerializer, request.data)
        incident = get_incident(request.reach, number)
        actions.mark_item(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        return Response({"lines": rows(checklist(incident))}, status=201)
