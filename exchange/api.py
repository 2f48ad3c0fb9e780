"""The door for other installations. Whoever knocks is known by its signature, and every answer about a document is signed."""

import re
import time

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from common.api.doors import PROBLEM, exception_handler
from common.errors import NotAllowed, NotFound, Refused
from exchange import inbox, keys, queries, rules
from exchange.documents import DocumentSerializer, ReceiptShape
from exchange.models import Partner


def _header(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=True, description=text)


class Documents(APIView):
    """Where another installation pushes its documents. Stored once by sender and id; the same receipt for a repetition."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="exchange_documents_create",
        parameters=[
            _header("exchange-from", "What the sending installation calls itself"),
            _header("webhook-id", "Of the document"),
            _header("webhook-timestamp", "Of this try, in seconds since 1970"),
            _header(
                "webhook-signature", '"v1a," and the Ed25519 signature of "id.timestamp.body"; one or two'
            ),
        ],
        request=DocumentSerializer,
        responses={200: ReceiptShape},
    )
    def post(self, request):
        if not queries.is_on():
            raise NotFound("not_found", _("Nothing was taken: the exchange is not in use here."))
        body = _body(request)
        uid = request.headers.get("webhook-id", "")
        partner = _sender(request, uid, body)
        try:
            document = inbox.receive(partner_id=partner.pk, uid=uid, body=body, now=timezone.now())
        except (Refused, serializers.ValidationError) as refusal:
            said = exception_handler(refusal, {"request": request})
            return _signed(JsonResponse(said.data, status=said.status_code, content_type=PROBLEM), uid)
        return _signed(JsonResponse(inbox.receipt_of(document)), uid)


def _body(request) -> bytes:
    """The bytes as they came: they are what was signed."""
    try:
        body = request.body
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > rules.MOST_BYTES:
        raise TooLarge(
            "too_large",
            _(
                "The document was not taken: it is larger than %(most)d KB. Say it shorter, or send it another way."
            )
            % {"most": rules.MOST_BYTES // 1024},
        )
    return body


class TooLarge(Refused):
    status = 413


def _sender(request, uid: str, body: bytes) -> Partner:
    """The partner whose accepted key signed this id, moment and body."""
    partner = queries.sender_of(request.headers.get("exchange-from", ""))
    given = (request.headers.get("webhook-signature", ""), uid, request.headers.get("webhook-timestamp", ""))
    is_known = partner is not None and keys.is_signed(queries.accepted_keys(partner), *given, body)
    if partner is None or not is_known or not _ID.fullmatch(uid):
        raise NotAllowed(
            "bad_signature",
            _(
                "The document was not taken: no partner that is in use here signed it. Have the keys compared on both sides."
            ),
        )
    return partner


def _signed(answer: HttpResponse, uid: str) -> HttpResponse:
    """Signed over the id of the document: a receipt for one is none for another."""
    timestamp = int(time.time())
    secrets = [own.secret for own in queries.own_keys()]
    answer["webhook-id"], answer["webhook-timestamp"] = uid, str(timestamp)
    answer["webhook-signature"] = keys.sign(secrets, uid, timestamp, answer.content, answer=True)
    return answer


_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")
