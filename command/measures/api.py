"""The door of measures in the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.measures import actions, forms, queries, rules
from command.measures.actions import Stated
from command.measures.shapes import MeasureOfIncidentShape, MeasuresShape
from common.api.doors import idempotent, not_found
from common.api.serializers import validated
from incidents.queries import get_incident


class Measures(APIView):
    """Measures of an incident and which its plans call major; POST records one as taken.

    A major one that was not approved beforehand is refused with 409 `approval_missing`, naming whose approval it needs.
    """

    @extend_schema(operation_id="measures_list", responses={200: MeasuresShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        found = queries.of_incident(request.reach, incident, request.now)
        return Response(
            {
                "drill": incident.drill,
                "results": [forms.detail(line.measure) | {"may": line.verbs} for line in found.lines],
                "major": [
                    {
                        "id": one.kind.id,
                        "title": one.title,
                        "approval_by": one.gate.approver.name,
                        "approval_of": one.whose,
                        "plan": one.version.ref,
                        "cite": one.gate.cite,
                    }
                    for one in found.majors
                ],
                "legal_bases": found.bases,
                "proportion": found.proportion,
            }
        )

    @extend_schema(
        operation_id="measures_take", request=forms.MeasureSerializer, responses={201: MeasureOfIncidentShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.MeasureSerializer, request.data)
        incident, at = get_incident(request.reach, number), given.pop("at")
        row = actions.take_measure(
            incident_id=incident.pk, reach=request.reach, stated=Stated(**given), at=at, now=request.now
        )
        return Response(forms.detail(row) | {"drill": incident.drill}, status=201)


class MeasureRequests(APIView):
    """Ask for the approval of a major measure before it is taken."""

    @extend_schema(
        operation_id="measures_ask", request=forms.RequestSerializer, responses={201: MeasureOfIncidentShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.RequestSerializer, request.data)
        incident = get_incident(request.reach, number)
        row = actions.ask_approval(
            incident_id=incident.pk, reach=request.reach, stated=Stated(**given), now=request.now
        )
        return Response(forms.detail(row) | {"drill": incident.drill}, status=201)


class MeasureAct(APIView):
    """Approve, refuse, withdraw, or record as taken what was approved."""

    verbs = rules.ON_A_REQUEST

    @extend_schema(
        operation_id="measures_act",
        request=forms.MeasureActSerializer,
        responses={200: MeasureOfIncidentShape},
    )
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.MeasureActSerializer, request.data)
        row = queries.get_measure(request.reach, pk)
        row = actions.move_measure(
            measure_id=row.pk, reach=request.reach, verb=verb, now=request.now, **given
        )
        return Response(forms.detail(row) | {"drill": row.incident.drill})
