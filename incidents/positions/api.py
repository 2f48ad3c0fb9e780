"""The position of an incident over the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import check_if_match, etag, idempotent
from common.api.serializers import validated
from incidents import serializers
from incidents.positions.actions import correct_position
from incidents.positions.forms import CorrectPositionSerializer
from incidents.queries import get_incident
from incidents.shapes import IncidentShape


class CorrectPosition(APIView):
    """Put the position of an open incident right, with a reason; the former one stays on record, nothing is converted."""

    @extend_schema(request=CorrectPositionSerializer, responses={200: IncidentShape})
    @idempotent
    def post(self, request, number):
        given = validated(CorrectPositionSerializer, request.data)
        incident = get_incident(request.reach, number)
        check_if_match(request, incident.rev)
        rev = incident.rev if request.headers.get("If-Match") else None
        correct_position(incident_id=incident.pk, reach=request.reach, now=request.now, rev=rev, **given)
        incident = get_incident(request.reach, number)
        return Response(serializers.detail(incident), headers={"ETag": etag(incident.rev)})
