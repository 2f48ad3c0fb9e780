"""The orders' door of the HTTP API."""

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.orders import actions, queries, serializers
from command.orders.choices import OrderVerb
from command.orders.permissions import check_can_issue
from command.orders.shapes import OrderListShape, OrderPreviewsShape, OrderShape, OrdersShape
from command.orders.targets import read_targets
from common.api.description import sent
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.serializers import validated
from incidents.queries import get_incident


class Orders(APIView):
    """Orders this caller may see, newest first; POST issues one."""

    @extend_schema(
        operation_id="orders_list",
        parameters=[OpenApiParameter("incident", str, description="Its number")],
        responses={200: OrderListShape},
    )
    def get(self, request):
        rows = queries.orders(request.reach)
        if number := request.query_params.get("incident"):
            rows = rows.filter(incident__number=number)
        return Response({"results": [serializers.detail(order) for order in rows[:200]]})

    @extend_schema(
        request=serializers.NewOrderSerializer,
        responses={201: OrderShape},
        examples=[
            sent(
                "a squad",
                {
                    "incident": "C1-20261122-001",
                    "to": "squad:dialogue@C1",
                    "task": "到现场解释政策，逐条登记诉求",
                    "checklist": "带登记表\n开执法记录仪",
                    "arrive_by": "2026-11-22T17:30:00+08:00",
                },
            )
        ],
    )
    @idempotent
    def post(self, request):
        given = validated(serializers.NewOrderSerializer, request.data)
        incident = get_incident(request.reach, given["incident"])
        check_can_issue(request.reach, incident)
        order = actions.issue_order(
            incident_id=incident.pk,
            reach=request.reach,
            target=actions.read_target(given["to"]),
            task=given["task"],
            checklist=given["checklist"],
            arrive_by=given["arrive_by"],
            now=request.now,
        )
        headers = {"ETag": etag(order.rev), "Location": reverse("api:order", args=[order.number])}
        return Response(
            serializers.detail(queries.get_order(request.reach, order.number)), status=201, headers=headers
        )


class ManyOrders(APIView):
    """The same order to several, in one transaction: all of them or none."""

    @extend_schema(
        operation_id="orders_bulk",
        request=serializers.BulkOrderSerializer,
        responses={200: OrderPreviewsShape, 201: OrdersShape},
    )
    @idempotent
    def post(self, request):
        given = validated(serializers.BulkOrderSerializer, request.data)
        incident = get_incident(request.reach, given["incident"])
        check_can_issue(request.reach, incident)
        targets = read_targets(given["to"])
        if given["preview"]:
            rows = queries.preview(incident, targets, request.now)
            return Response({"orders": [row._asdict() for row in rows]})
        made = actions.issue_orders(
            incident_id=incident.pk,
            reach=request.reach,
            targets=targets.values(),
            task=given["task"],
            checklist=given["checklist"],
            arrive_by=given["arrive_by"],
            now=request.now,
        )
        rows = queries.for_incident(incident).filter(pk__in=[order.pk for order in made])
        return Response({"orders": [serializers.detail(order) for order in rows]}, status=201)


class OneOrder(APIView):
    @extend_schema(responses={200: OrderShape})
    def get(self, request, number):
        order = queries.get_order(request.reach, number)
        return Response(serializers.detail(order), headers={"ETag": etag(order.rev)})


class OrderStep(APIView):
    """Carry an order one step on."""

    verbs = OrderVerb.values

    @extend_schema(
        operation_id="orders_move",
        request=serializers.StepSerializer,
        responses={200: OrderShape},
        examples=[sent("with a word", {"note": "十分钟后到"})],
    )
    @idempotent
    def post(self, request, number, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(serializers.StepSerializer, request.data)
        order = queries.get_order(request.reach, number)
        check_if_match(request, order.rev)
        actions.move_order(
            order_id=order.pk, reach=request.reach, verb=verb, now=request.now, note=given["note"]
        )
        order = queries.get_order(request.reach, number)
        return Response(serializers.detail(order), headers={"ETag": etag(order.rev)})
