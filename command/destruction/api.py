"""The door of certificates in the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.destruction import actions, forms, paper, queries, rules
from command.destruction.actions import Assessment
from command.destruction.acts import act_on
from command.destruction.shapes import CertificateItemShape, CertificateShape, DestructionShape
from common.api.description import PAPER
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.negotiation import OneForm
from common.api.serializers import validated
from incidents.queries import get_incident


class Destruction(APIView):
    """What a closed incident gathered about people, and its certificates; POST destroys or keeps it, kind by kind."""

    @extend_schema(operation_id="destruction_retrieve", responses={200: DestructionShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        return Response(forms.whole(queries.of_incident(request.reach, incident, request.now)))

    @extend_schema(
        operation_id="destruction_certify", request=forms.IssueSerializer, responses={201: CertificateShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.IssueSerializer, request.data)
        incident = get_incident(request.reach, number)
        kept = {one.pop("kind"): Assessment(**one) for one in given["kept"]}
        certificate = actions.issue_certificate(
            incident_id=incident.pk,
            reach=request.reach,
            list_code=given["list_code"],
            kept=kept,
            credential=given["credential"],
            now=request.now,
        )
        return Response(forms.detail(certificate), status=201)


class CertificatePaper(APIView):
    """The certificate as DOCX or PDF."""

    content_negotiation_class = OneForm

    @extend_schema(operation_id="destruction_paper", responses=PAPER)
    def get(self, request, number, certificate, kind):
        return paper.respond_with(queries.get_certificate(request.reach, number, certificate), kind)


class ItemAct(APIView):
    """Of what is kept: destroy it now, or keep it longer."""

    verbs = rules.ON_AN_ITEM

    @extend_schema(
        operation_id="destruction_item_act",
        request=forms.ItemActSerializer,
        responses={200: CertificateItemShape},
    )
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.ItemActSerializer, request.data)
        item = queries.get_item(request.reach, pk)
        check_if_match(request, item.rev)
        item = act_on(item, verb, reach=request.reach, now=request.now, **given)
        return Response(forms.item_detail(item), headers={"ETag": etag(item.rev)})
