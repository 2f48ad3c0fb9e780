"""The door of handing over in the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.handing_over import actions, forms, queries
from command.handing_over.actions import Given
from command.handing_over.choices import HandingVerb
from command.handing_over.shapes import HandedOverListShape, HandedOverOfIncidentShape
from common.api.doors import idempotent, not_found
from common.api.serializers import validated
from incidents.queries import get_incident


class HandedOverList(APIView):
    """What was handed over to other agencies; POST puts another on record. It commands nobody."""

    @extend_schema(operation_id="handed_over_list", responses={200: HandedOverListShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        found = queries.of_incident(request.reach, incident)
        return Response(
            {"drill": incident.drill, "results": [forms.detail(row) for row, _verbs in found.rows]}
        )

    @extend_schema(
        operation_id="hand_over", request=forms.HandOverSerializer, responses={201: HandedOverOfIncidentShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.HandOverSerializer, request.data)
        incident = get_incident(request.reach, number)
        at, given["partner"] = given.pop("at"), queries.partner_for(incident, given["partner"])
        row = actions.hand_over(
            incident_id=incident.pk, reach=request.reach, given=Given(**given), at=at, now=request.now
        )
        return Response(forms.detail(row) | {"drill": incident.drill}, status=201)


class HandedOverAnswer(APIView):
    """What the agency said."""

    verbs = (HandingVerb.TAKEN, HandingVerb.NOT_TAKEN)

    @extend_schema(
        operation_id="handed_over_answer",
        request=forms.AgencyAnswerSerializer,
        responses={200: HandedOverOfIncidentShape},
    )
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.AgencyAnswerSerializer, request.data)
        row = queries.get_handed(request.reach, pk)
        row = actions.note_answer(handed_id=row.pk, reach=request.reach, verb=verb, now=request.now, **given)
        return Response(forms.detail(row) | {"drill": row.incident.drill})
