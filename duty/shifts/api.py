"""The shifts' door of the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import idempotent
from duty.shifts.actions import confirm_shift
from rosters import queries
from rosters.months import serializers
from rosters.shapes import DutyShape


class Confirm(APIView):
    """Say "I am on duty" for one's own shift under way."""

    @extend_schema(operation_id="shifts_confirm", request=None, responses={200: DutyShape})
    @idempotent
    def post(self, request, pk):
        shift = queries.get_shift(request.reach, pk)
        confirm_shift(reach=request.reach, shift_id=shift.pk, now=request.now)
        return Response(serializers.line(queries.get_shift(request.reach, pk)))
