"""The door of the HTTP API for one-tap links."""

from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Unit
from common.api.serializers import StrictSerializer, validated
from common.dates.periods import Period
from zero_reports.counts import queries
from zero_reports.filing.reading import read_period
from zero_reports.links import actions
from zero_reports.links.models import OneTapLink
from zero_reports.links.permissions import check_can_issue
from zero_reports.links.queries import by_token, open_links
from zero_reports.shapes import LinksShape, NewLinkShape, RevokedLinksShape


class Links(APIView):
    """One-tap links of a unit and period: which are open, make one, revoke them all.

    A link made here is answered once and kept nowhere, so a POST takes no Idempotency-Key: the answer stored
    under it would hold the link. A POST sent twice makes two links; five may be open at once.
    """

    @extend_schema(operation_id="zero_report_links", responses={200: LinksShape})
    def get(self, request, unit, period):
        unit, period = _asked(request, unit, period)
        check_can_issue(request.reach, unit)
        return Response(_body(unit, period, request.now))

    @extend_schema(operation_id="zero_report_link_issue", request=None, responses={201: NewLinkShape})
    def post(self, request, unit, period):
        unit, period = _asked(request, unit, period)
        validated(StrictSerializer, request.data)
        token = actions.issue_link(reach=request.reach, unit=unit, period=period, now=request.now)
        address = request.build_absolute_uri(actions.address_of(token))
        body = {"address": address, **_link(by_token(token))}
        return Response(body, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="zero_report_links_revoke", request=None, responses={200: RevokedLinksShape})
    def delete(self, request, unit, period):
        unit, period = _asked(request, unit, period)
        many = actions.revoke_links(reach=request.reach, unit=unit, period=period, now=request.now)
        return Response({"revoked": many, **_body(unit, period, request.now)})


def _asked(request, unit: str, period: str) -> tuple[Unit, Period]:
    return queries.get_unit(request.reach, unit), read_period(period)


def _body(unit: Unit, period: Period, now: datetime) -> dict:
    open_now = [_link(link) for link in open_links(unit, period, now)]
    return {"unit": unit.code, "period": str(period), "open": open_now}


def _link(link: OneTapLink) -> dict:
    """What may be read about a link afterwards: not the link itself."""
    return {
        "link": link.pk,
        "issued_at": link.issued_at,
        "issued_by": str(link.issued_by or ""),
        "post": link.post,
        "expires_at": link.expires_at,
    }
