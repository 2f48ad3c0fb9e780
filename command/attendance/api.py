"""The door of attendance in the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from clocks.serializers import ClockSerializer
from command.attendance import actions, forms, queries
from command.attendance.choices import CallVerb, OfferVerb
from command.attendance.shapes import AttendanceShape
from common.api.doors import idempotent, not_found
from common.api.serializers import validated
from incidents.queries import get_incident


class Attendance(APIView):
    """Who must attend, who was called and came, what was offered, who receives; POST calls units."""

    @extend_schema(operation_id="attendance_read", responses={200: AttendanceShape})
    def get(self, request, number):
        return _whole(request, get_incident(request.reach, number))

    @extend_schema(
        operation_id="attendance_notify", request=forms.NotifySerializer, responses={201: AttendanceShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.NotifySerializer, request.data)
        incident = get_incident(request.reach, number)
        kind = given.pop("called_kind")
        actions.notify_units(
            incident_id=incident.pk, reach=request.reach, kind=kind, now=request.now, **given
        )
        return _whole(request, incident, status=201)


class AttendanceCallAct(APIView):
    """They arrived, left, or need not come."""

    verbs = (CallVerb.ARRIVE, CallVerb.LEAVE, CallVerb.STAND_DOWN)

    @extend_schema(
        operation_id="attendance_move", request=forms.CallSerializer, responses={200: AttendanceShape}
    )
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.CallSerializer, request.data)
        call = queries.get_call(request.reach, pk)
        actions.move_call(call_id=call.pk, reach=request.reach, verb=verb, now=request.now, **given)
        return _whole(request, call.incident)


class ReceptionOffers(APIView):
    """Offer people to be received."""

    @extend_schema(
        operation_id="reception_offer", request=forms.OfferSerializer, responses={201: AttendanceShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.OfferSerializer, request.data)
        incident = get_incident(request.reach, number)
        actions.offer_reception(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        return _whole(request, incident, status=201)


class ReceptionOfferAct(APIView):
    """It is taken up, or not; nothing follows from the latter."""

    verbs = (OfferVerb.TAKE_UP, OfferVerb.LET_PASS)

    @extend_schema(
        operation_id="reception_answer", request=forms.OfferAnswerSerializer, responses={200: AttendanceShape}
    )
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        validated(forms.OfferAnswerSerializer, request.data)
        offer = queries.get_offer(request.reach, pk)
        actions.answer_offer(offer_id=offer.pk, reach=request.reach, verb=verb, now=request.now)
        return _whole(request, offer.incident)


class Routings(APIView):
    """Decide who receives people."""

    @extend_schema(
        operation_id="attendance_route", request=forms.RouteSerializer, responses={201: AttendanceShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.RouteSerializer, request.data)
        incident = get_incident(request.reach, number)
        actions.decide_route(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        return _whole(request, incident, status=201)


def _whole(request, incident, status: int = 200) -> Response:
    found = queries.of_incident(request.reach, incident, request.now)
    context = {"now": request.now}
    return Response(
        {
            "incident": incident.number,
            "drill": incident.drill,
            "bands": [
                {"plan": table.version.ref, "id": band.id, "applies": band.id == table.band,
                 "headcount": band.text.zh, "lead": [role.name for role in band.attending.lead],
                 "support": [role.name for role in band.attending.support]}
                for table in found.tables for band in table.bands
            ],
            "calls": [
                {"id": line.call.pk, "kind": line.call.called_kind, "unit": line.call.called,
                 "is_responsible": line.call.is_responsible, "state": line.call.state,
                 "notified_at": line.call.notified_at, "arrived_at": line.call.arrived_at, "came": line.call.came,
                 "ended_at": line.call.ended_at, "note": line.call.note,
                 "clock": ClockSerializer(line.clock, context=context).data if line.clock else None}
                for line in found.lines
            ],
            "offers": [
                {"id": offer.pk, "place": offer.place, "begins_at": offer.received_from, "state": offer.state}
                for offer, _verbs in found.offers
            ],
            "routings": [
                {"route": one.route, "who": one.who, "reason": one.reason, "decided_at": one.decided_at,
                 "post": one.post}
                for one in found.routings
            ],
        },
        status=status,
    )  # fmt: skip
