"""The API's door of codes shown at a place."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.orders import queries as orders
from command.orders import serializers
from command.orders.shapes import OrderShape
from command.place_codes import actions, forms, permissions, queries
from command.place_codes.shapes import PlaceCodesShape, ShownPlaceCodeShape
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.serializers import validated
from incidents.queries import get_incident


def _codes(request, incident):
    rows = queries.live_codes(incident, request.now)
    return {"drill": incident.drill, "results": [forms.detail(row) for row in rows]}


class PlaceCodes(APIView):
    """The codes that can be typed now, for who may show them; POST makes one, or renews that of the same place."""

    @extend_schema(operation_id="place_codes_list", responses={200: PlaceCodesShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_show(request.reach, incident)
        return Response(_codes(request, incident), headers={"Cache-Control": "no-store"})

    @extend_schema(
        operation_id="place_codes_show", request=forms.PlaceSerializer, responses={201: ShownPlaceCodeShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.PlaceSerializer, request.data)
        incident = get_incident(request.reach, number)
        actions.show_code(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        # Without the code: the answer to a repeated request is kept.
        return Response({"drill": incident.drill}, status=201)


class OnePlaceCode(APIView):
    """DELETE makes the code useless."""

    @extend_schema(operation_id="place_codes_withdraw", request=None, responses={200: PlaceCodesShape})
    def delete(self, request, number, pk):
        incident = get_incident(request.reach, number)
        if not incident.place_codes.filter(pk=pk).exists():
            raise not_found()
        actions.withdraw_code(incident_id=incident.pk, code_id=pk, reach=request.reach, now=request.now)
        return Response(_codes(request, incident))


class OrderCode(APIView):
    """The recipient of an order types the code of the place: arrived, and confirmed."""

    @extend_schema(operation_id="orders_type_code", request=forms.CodeSerializer, responses={200: OrderShape})
    @idempotent
    def post(self, request, number):
        given = validated(forms.CodeSerializer, request.data)
        order = orders.get_order(request.reach, number)
        check_if_match(request, order.rev)
        actions.confirm_by_code(order_id=order.pk, reach=request.reach, code=given["code"], now=request.now)
        order = orders.get_order(request.reach, number)
        return Response(serializers.detail(order), headers={"ETag": etag(order.rev)})
