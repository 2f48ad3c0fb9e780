"""The slip's code over the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.demands.queries import get_demand
from cases.slips import actions
from cases.slips.shapes import RevokedSlipShape, SlipCodeShape
from cases.slips.views import address_of_page


class SlipCode(APIView):
    """POST makes a new code, shown this once, in place of the one before; DELETE lets it open nothing any more."""

    @extend_schema(operation_id="demands_slip_new", request=None, responses={201: SlipCodeShape})
    def post(self, request, number):
        demand = get_demand(request.reach, number)
        code = actions.issue_code(reach=request.reach, demand_id=demand.pk, now=request.now)
        return Response({"code": code, "address": address_of_page(request, code)}, status=201)

    @extend_schema(operation_id="demands_slip_revoke", request=None, responses={200: RevokedSlipShape})
    def delete(self, request, number):
        demand = get_demand(request.reach, number)
        many = actions.revoke_code(reach=request.reach, demand_id=demand.pk, now=request.now)
        return Response({"revoked": many})
