"""The door of statements in the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.statements import actions, forms, queries, rules
from command.statements.shapes import StatementOfIncidentShape, StatementsShape
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.serializers import validated
from incidents.queries import get_incident


class Statements(APIView):
    """Official statements of an incident and its three firsts; POST drafts one, which another person approves."""

    @extend_schema(operation_id="statements_list", responses={200: StatementsShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        found = queries.of_incident(request.reach, incident)
        return Response(
            {
                "drill": incident.drill,
                "results": [forms.detail(line.statement) | {"may": line.verbs} for line in found.lines],
                "firsts": [forms.first_detail(one) for one in queries.firsts_of(incident, request.now)],
            }
        )

    @extend_schema(
        operation_id="statements_draft",
        request=forms.OfficialStatementSerializer,
        responses={201: StatementOfIncidentShape},
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.OfficialStatementSerializer, request.data)
        incident = get_incident(request.reach, number)
        row = actions.draft_statement(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        return Response(
            forms.detail(row) | {"drill": incident.drill}, status=201, headers={"ETag": etag(row.rev)}
        )


class StatementAct(APIView):
    """Revise, approve, release or discard."""

    verbs = rules.ON_A_STATEMENT

    @extend_schema(
        operation_id="statements_act",
        request=forms.StatementActSerializer,
        responses={200: StatementOfIncidentShape},
    )
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.StatementActSerializer, request.data)
        row = queries.get_statement(request.reach, pk)
        check_if_match(request, row.rev)
        row = actions.move_statement(
            statement_id=row.pk, reach=request.reach, verb=verb, now=request.now, **given
        )
        return Response(forms.detail(row) | {"drill": row.incident.drill}, headers={"ETag": etag(row.rev)})
