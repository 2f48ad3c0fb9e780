"""The API's door of calls to several."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.enough import actions
from command.enough.forms import SeveralSerializer
from command.enough.models import Quorum
from command.orders import serializers
from command.orders.actions import read_target
from command.orders.issuing import Asked
from command.orders.permissions import check_can_issue
from command.orders.queries import for_incident
from command.orders.shapes import CallShape, OrdersShape
from common.api.doors import idempotent, not_found
from common.api.serializers import validated
from incidents.queries import get_incident


class Calls(APIView):
    """The same order to several; once `enough` of them have acknowledged, the others are stood down."""

    @extend_schema(operation_id="orders_call", request=SeveralSerializer, responses={201: CallShape})
    @idempotent
    def post(self, request, number):
        given = validated(SeveralSerializer, request.data)
        incident = get_incident(request.reach, number)
        check_can_issue(request.reach, incident)
        orders = actions.call_several(
            incident_id=incident.pk,
            reach=request.reach,
            asked=[
                Asked(read_target(to), given["task"], given["arrive_by"], given["checklist"])
                for to in given["to"]
            ],
            enough=given["enough"],
            now=request.now,
        )
        rows = for_incident(incident).filter(pk__in=[order.pk for order in orders])
        (call,) = Quorum.objects.filter(orders=orders[0]).values_list("pk", flat=True)
        return Response({"call": call, "orders": [serializers.detail(row) for row in rows]}, status=201)


class CallRest(APIView):
    """Those of the call who were stood down are called after all, as too few are left."""

    @extend_schema(operation_id="orders_call_rest", request=None, responses={201: OrdersShape})
    @idempotent
    def post(self, request, number, pk):
        incident = get_incident(request.reach, number)
        if not Quorum.objects.filter(pk=pk, incident=incident).exists():
            raise not_found()
        made = actions.call_rest(quorum_id=pk, reach=request.reach, now=request.now)
        rows = for_incident(incident).filter(pk__in=[order.pk for order in made])
        return Response({"orders": [serializers.detail(row) for row in rows]}, status=201)
