"""The directory over the HTTP API."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from common.api.doors import etag
from resources.partners import queries
from resources.partners.choices import PartnerKind
from resources.partners.models import Partner
from resources.partners.shapes import PartnerShape, PartnersPage
from resources.permissions import check_can_look


class PartnerFilter(UnitFilterSet):
    """`kind`, `unit` (and below)."""

    kind = filters.ChoiceFilter(choices=PartnerKind.choices)


class Partners(APIView):
    """Partner agencies this caller may look up, the newest first."""

    @extend_schema(operation_id="partners_list", responses={200: PartnersPage})
    def get(self, request):
        check_can_look(request.reach)
        rows = queries.partners(request.reach)
        return answer_list(request, rows, filters=PartnerFilter, newest_by="added_at", as_dict=as_dict)


class OnePartner(APIView):
    @extend_schema(responses={200: PartnerShape})
    def get(self, request, pk):
        partner = queries.get_partner(request.reach, pk)
        return Response(as_dict(partner), headers={"ETag": etag(partner.rev)})


def as_dict(partner: Partner) -> dict:
    return {
        "id": partner.pk,
        "kind": partner.kind,
        "name": partner.name,
        "phone": partner.phone,
        "unit": partner.unit.code,
        "note": partner.note,
        "checked_at": partner.checked_at,
        "listed": partner.is_listed,
        "rev": partner.rev,
    }
