"""Going over to another plan version, over the HTTP API."""

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import check_if_match, etag, idempotent
from common.api.serializers import validated
from incidents import permissions, serializers
from incidents.queries import get_incident
from incidents.shapes import IncidentShape, OtherVersionsShape
from incidents.switching import actions
from incidents.switching.forms import SwitchSerializer
from incidents.switching.queries import Preview, preview, versions_to_switch_to


class SwitchPlan(APIView):
    @extend_schema(responses={200: OtherVersionsShape})
    def get(self, request, number):
        """The versions the incident may go over to, each with what would change."""
        incident = get_incident(request.reach, number)
        permissions.check_can_switch_plan(request.reach, incident)
        found = versions_to_switch_to(incident, request.now)
        return Response({"versions": [_preview(preview(incident, one, request.now)) for one in found]})

    @extend_schema(request=SwitchSerializer, responses={200: IncidentShape})
    @idempotent
    def post(self, request, number):
        """Go over to another version in force, signed with the password or a one-time code."""
        given = validated(SwitchSerializer, request.data)
        incident = get_incident(request.reach, number)
        check_if_match(request, incident.rev)
        rev = incident.rev if request.headers.get("If-Match") else None
        actions.switch_plan(incident_id=incident.pk, reach=request.reach, now=request.now, rev=rev, **given)
        incident = get_incident(request.reach, number)
        return Response(serializers.detail(incident), headers={"ETag": etag(incident.rev)})


def _preview(found: Preview) -> dict:
    level, language = found.proposal.level, get_language() or ""
    return {
        "ref": found.version.ref,
        "proposed_level": level.id if level else None,
        "reasons": [reason.as_dict(language) for reason in found.proposal.reasons],
        "clocks": [
            {
                "clock": clock.clock_id,
                "title": clock.title,
                "what": what,
                "due_before": clock.due_at,
                "due_at": due,
            }
            for clock, what, due in found.moves
        ],
        "objections": found.objections,
    }
