"""The API's door of links of orders."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.links import actions
from command.orders import queries
from command.orders.shapes import RevokedShape


class OrderLinks(APIView):
    """DELETE makes every open link of the order useless."""

    @extend_schema(operation_id="order_links_revoke", request=None, responses={200: RevokedShape})
    def delete(self, request, number):
        order = queries.get_order(request.reach, number)
        many = actions.revoke_links(order_id=order.pk, reach=request.reach, now=request.now)
        return Response({"revoked": many})
