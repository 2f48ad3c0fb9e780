"""The incidents' door of the HTTP API."""

from django.db.models import Q
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from accounts.intake.parsers import masked_answer
from common.api.description import sent
from common.api.doors import check_if_match, etag, idempotent
from common.api.serializers import validated
from common.failpoints import crash_point
from incidents import actions, queries, rules, serializers
from incidents.kept_alarms.doors import kept_without_database
from incidents.models import Incident
from incidents.reporting.actions import add_observation, report_incident
from incidents.reporting.received import alarm_in
from incidents.shapes import IncidentReceiptShape, IncidentShape, IncidentsPage, TimelineShape
from journal.record import content_of


class Alarms(APIView):
    """Raise an alarm. The `client_id` is the idempotency key: the same one gives the first answer, with 200.

    503 `alarm_kept`: it is kept outside the database and goes out when that is back; nobody has been told. Send it
    again, it stays one alarm."""

    # Nobody who reports is told to wait.
    throttle_classes = ()

    @extend_schema(
        request=serializers.AlarmSerializer,
        responses={201: IncidentReceiptShape, 200: IncidentReceiptShape},
        examples=[
            sent("the least", {"client_id": "hall-2026-11-22-1", "unit": "C1"}),
            sent(
                "with facts",
                {
                    "client_id": "hall-2026-11-22-2",
                    "unit": "C1",
                    "place": "一楼大厅",
                    "what": "集体来访，拉横幅",
                    "happened_at": "2026-11-22T08:50:00+08:00",
                    "facts": {
                        "headcount": {"low": 30, "high": 50},
                        "acts": ["banner"],
                        "casualties": {"injured": 1},
                    },
                    "position": {
                        "latitude": 30.572815,
                        "longitude": 104.066803,
                        "accuracy_m": 20,
                        "crs": "WGS84",
                    },
                },
            ),
        ],
    )
    @kept_without_database
    def post(self, request):
        given = validated(serializers.AlarmSerializer, request.data)
        unit, alarm = alarm_in(given)
        incident, is_new = report_incident(reach=request.reach, alarm=alarm, now=request.now)
        receipt = serializers.receipt(incident, named=unit) | masked_answer(request)
        response = Response(receipt, status=201 if is_new else 200)
        response["Location"] = response.data["url"]
        response["ETag"] = etag(incident.rev)
        crash_point("alarms.before_answer")
        return response


class IncidentFilter(UnitFilterSet):
    """`state`, `level` (signed; of one that is over the highest signed; else proposed), `unit` (and below), `drill`."""

    level = filters.CharFilter(method="by_level")

    class Meta:
        model = Incident
        fields = ["state", "drill"]

    def by_level(self, rows, name, level):
        is_over = ~Q(state__in=rules.OPEN)
        ended = Q(level="", highest_level=level) & is_over
        proposed = Q(level="", proposed_level=level) & ~(is_over & ~Q(highest_level=""))
        return rows.filter(Q(level=level) | ended | proposed)


class Incidents(APIView):
    """Incidents this caller may see, newest first."""

    @extend_schema(operation_id="incidents_list", responses={200: IncidentsPage})
    def get(self, request):
        whole = queries.incident_list(request.reach)
        rows = whole.select_related(None).select_related("unit").only(*serializers.SUMMARY_COLUMNS)
        return answer_list(
            request, rows, filters=IncidentFilter, newest_by="recorded_at", as_dict=serializers.summary
        )


class OneIncident(APIView):
    @extend_schema(responses={200: IncidentShape})
    def get(self, request, number):
        incident = queries.get_incident(request.reach, number)
        return Response(serializers.detail(incident), headers={"ETag": etag(incident.rev)})


class Timeline(APIView):
    """The journal of one incident, in order."""

    @extend_schema(responses={200: TimelineShape})
    def get(self, request, number):
        incident = queries.get_incident(request.reach, number)
        rows = queries.timeline(request.reach, incident)
        return Response({"entries": [serializers.entry(row, content_of(row)) for row in rows]})


class Observations(APIView):
    """Append an observation; the level is proposed anew."""

    @extend_schema(
        request=serializers.ObservationSerializer,
        responses={201: IncidentReceiptShape},
        examples=[sent("fewer people", {"what": "部分人员离开", "facts": {"headcount": 12, "acts": []}})],
    )
    @idempotent
    def post(self, request, number):
        given = validated(serializers.ObservationSerializer, request.data)
        incident = queries.get_incident(request.reach, number)
        check_if_match(request, incident.rev)
        add_observation(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        incident = queries.get_incident(request.reach, number)
        receipt = serializers.receipt(incident) | masked_answer(request)
        return Response(receipt, status=201, headers={"ETag": etag(incident.rev)})


class Close(APIView):
    """Close an incident; refused with `open`, the list of what has to end first."""

    @extend_schema(request=serializers.CloseSerializer, responses={200: IncidentShape})
    @idempotent
    def post(self, request, number):
        given = validated(serializers.CloseSerializer, request.data)
        incident = queries.get_incident(request.reach, number)
        check_if_match(request, incident.rev)
        actions.close_incident(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        incident = queries.get_incident(request.reach, number)
        return Response(serializers.detail(incident), headers={"ETag": etag(incident.rev)})
