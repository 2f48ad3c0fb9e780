"""The notices' door of the HTTP API."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import idempotent
from common.api.parsers import JSONParser
from common.errors import Invalid, NotAllowed, NotFound
from common.references import key_of
from notices import actions
from notices.channels import providers
from notices.incoming import gateway_events, provider_reports, signatures
from notices.incoming.gateway_events import Report
from notices.reading import queries
from notices.reading.serializers import AnswerSerializer, GatewayEventSerializer, NoticeSerializer
from notices.reading.shapes import TakenShape

#: Without a subject: the caller's newest ones.
MOST = 200


class Notices(APIView):
    """Who was told about a subject or in an incident; without `subject`, what the caller was told."""

    @extend_schema(
        parameters=[OpenApiParameter("subject", str, description='"warning:7", "incident:5" or a number')],
        responses=NoticeSerializer(many=True),
    )
    def get(self, request):
        if subject := request.query_params.get("subject", ""):
            rows = queries.notices_about(request.reach, key_of(subject))
        else:
            rows = queries.own_notices(request.reach)[:MOST]
        return Response(NoticeSerializer(rows, many=True).data)


class Acknowledge(APIView):
    """The recipient confirms a notice and may say whether they come."""

    @extend_schema(request=AnswerSerializer, responses=NoticeSerializer)
    @idempotent
    def post(self, request, pk):
        given = AnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        answer = given.validated_data["answer"]
        notice = actions.acknowledge_notice(notice_id=pk, actor=request.user, now=request.now, answer=answer)
        return Response(NoticeSerializer(notice).data)


class GatewayEvents(APIView):
    """Where the gateway reports. Signed, bound in time, and done once however often it comes."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(request=GatewayEventSerializer, responses={200: TakenShape})
    def post(self, request):
        now = timezone.now()
        gateway = _signer(request)
        given = GatewayEventSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        report = given.validated_data
        _check_time(report["at"], now)
        gateway_events.receive(
            Report(
                provider_id=report["id"],
                event=report["event"],
                at=report["at"],
                reply=report["reply"],
                gateway=gateway,
                reference=report["reference"],
            ),
            now,
        )
        return Response({"received": True})


class PushParser(JSONParser):
    """JSON, whatever the provider calls it. Numbers in it are our own people's; what they wrote is masked later."""

    media_type = "*/*"


class ProviderPushes(APIView):
    """Where a provider pushes reports and replies. Its address is the proof; done once however often it comes."""

    parser_classes = [PushParser]
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="provider_pushes_create",
        request={"application/json": OpenApiTypes.ANY},
        responses={200: dict},
    )
    def post(self, request, provider, token):
        gateway = provider_reports.sender_of(provider, token)
        if gateway is None:
            raise NotFound("not_found", _("Nothing was taken: this is no address of ours."))
        try:
            provider_reports.receive_push(gateway, request.data, timezone.now())
        except ValueError as error:
            raise Invalid(
                "not_understood", _("Nothing was taken: this is no report of this provider.")
            ) from error
        return Response(providers.provider(provider).thanks)


def _signer(request) -> str:
    gateway = signatures.signer_of(request.body, request.headers.get("X-Signature", ""))
    if gateway is None:
        raise NotAllowed(
            "bad_signature",
            _(
                "The report was not taken: X-Signature does not sign this body. Sign the body as it is sent with "
                "HMAC-SHA256 and the shared secret."
            ),
        )
    return gateway


def _check_time(at, now) -> None:
    """Late is usual: a telephone was off. Sent a second time, it is known for longer than it is taken."""
    if at - now > gateway_events.AHEAD:
        raise NotAllowed(
            "event_out_of_time",
            _(
                "The report was not taken: its time is more than %(minutes)s minutes ahead of ours. "
                "Check the clocks, then send it again."
            )
            % {"minutes": gateway_events.AHEAD.seconds // 60},
        )
    if now - at > gateway_events.BEHIND:
        raise NotAllowed(
            "event_out_of_time",
            _("The report was not taken: it is more than %(hours)s hours old. Nothing waits for it any more.")
            % {"hours": gateway_events.BEHIND // timedelta(hours=1)},
        )
