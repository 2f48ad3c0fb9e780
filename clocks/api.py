"""The clocks' door of the HTTP API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from clocks import queries
from clocks.serializers import ClockSerializer
from common.references import key_of

#: Without a subject: the most urgent ones.
MOST = 200


class Clocks(APIView):
    """Clocks of a subject or of a whole incident; without `subject`, the most urgent running ones."""

    @extend_schema(
        parameters=[OpenApiParameter("subject", str, description='"order:17", "incident:5" or a number')],
        responses=ClockSerializer(many=True),
    )
    def get(self, request):
        if subject := request.query_params.get("subject", ""):
            rows = queries.clocks_about(request.reach, key_of(subject))
        else:
            rows = queries.open_clocks(request.reach)[:MOST]
        return Response(ClockSerializer(rows, many=True, context={"now": request.now}).data)
