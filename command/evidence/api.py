"""The door of the index of evidence in the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.evidence import actions, forms, queries
from command.evidence.shapes import EvidenceShape
from common.api.doors import idempotent
from common.api.serializers import validated
from incidents.queries import get_incident


def _index(request, incident):
    found = queries.of_incident(request.reach, incident)
    return {"drill": incident.drill, "results": [forms.detail(line) for line in found.lines]}


class Evidence(APIView):
    """The index of an incident's evidence; POST enters an item. No file is uploaded."""

    @extend_schema(operation_id="evidence_list", responses={200: EvidenceShape})
    def get(self, request, number):
        return Response(_index(request, get_incident(request.reach, number)))

    @extend_schema(
        operation_id="evidence_enter", request=forms.EvidenceSerializer, responses={201: EvidenceShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.EvidenceSerializer, request.data)
        incident = get_incident(request.reach, number)
        actions.enter_evidence(
            incident_id=incident.pk, reach=request.reach, now=request.now, kept=forms.kept_of(given), **given
        )
        return Response(_index(request, incident), status=201)


class EvidenceCustody(APIView):
    """Who keeps an item from now on: a line more in its chain."""

    @extend_schema(
        operation_id="evidence_hand_on", request=forms.CustodySerializer, responses={201: EvidenceShape}
    )
    @idempotent
    def post(self, request, pk):
        given = validated(forms.CustodySerializer, request.data)
        row = queries.get_item(request.reach, pk)
        actions.hand_on_evidence(
            item_id=row.pk, reach=request.reach, now=request.now, kept=forms.kept_of(given), **given
        )
        return Response(_index(request, row.incident), status=201)
