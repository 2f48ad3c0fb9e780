"""The door of linkage in the HTTP API."""

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from accounts.naming import Names
from command.linkage import actions, queries, reporting, serializers
from command.linkage.actions import Asked
from command.linkage.choices import LinkageVerb, ReportKind, Via
from command.linkage.models import LinkageOrder
from command.linkage.shapes import (
    CentreReportShape,
    CentreReportsShape,
    LinkageOrderShape,
    LinkageOrdersPage,
    ReportedOnOrderShape,
)
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.serializers import validated
from common.errors import Invalid
from incidents.queries import get_incident


class LinkageFilter(UnitFilterSet):
    """`state`, `unit` (and below), `drill`."""

    class Meta:
        model = LinkageOrder
        fields = ["state", "drill"]


class LinkageOrders(APIView):
    """Orders of a joint command centre, newest first; POST records one. The same number of the same centre is the
    same order: 200 with its number."""

    @extend_schema(operation_id="linkage_orders_list", responses={200: LinkageOrdersPage})
    def get(self, request):
        rows = queries.orders(request.reach)
        return answer_list(
            request, rows, filters=LinkageFilter, newest_by="received_at", as_dict=serializers.summary
        )

    @extend_schema(
        request=serializers.NewLinkageOrderSerializer,
        responses={201: LinkageOrderShape, 200: LinkageOrderShape},
    )
    @idempotent
    def post(self, request):
        given = validated(serializers.NewLinkageOrderSerializer, request.data)
        unit, number = _unit(request, given.pop("unit")), given.pop("incident")
        incident = get_incident(request.reach, number) if number else None
        drill = given.pop("drill")
        order, is_new = actions.receive_order(
            reach=request.reach, unit=unit, asked=Asked(**given), via=Via.API, drill=drill, now=request.now
        )
        if is_new and incident:
            actions.tie_order(
                order_id=order.pk, incident_id=incident.pk, reach=request.reach, now=request.now
            )
        return _answer(request, order.number, status=201 if is_new else 200)


class OneLinkageOrder(APIView):
    @extend_schema(responses={200: LinkageOrderShape})
    def get(self, request, number):
        return _answer(request, number)


class LinkageAct(APIView):
    """Carry an order on; subclasses say how. Answers with the order."""

    def asked(self, request, number, serializer) -> tuple[dict, dict]:
        """What was sent, and whom and what the act is about."""
        given = validated(serializer, request.data)
        order = queries.get_order(request.reach, number)
        check_if_match(request, order.rev)
        return given, {"order_id": order.pk, "reach": request.reach, "now": request.now}


class OpenIncident(LinkageAct):
    @extend_schema(
        operation_id="linkage_open_incident",
        request=serializers.OpenIncidentSerializer,
        responses={200: LinkageOrderShape},
    )
    @idempotent
    def post(self, request, number):
        _given, about = self.asked(request, number, serializers.OpenIncidentSerializer)
        actions.open_incident(**about)
        return _answer(request, number)


class Tie(LinkageAct):
    @extend_schema(
        operation_id="linkage_tie", request=serializers.TieSerializer, responses={200: LinkageOrderShape}
    )
    @idempotent
    def post(self, request, number):
        given, about = self.asked(request, number, serializers.TieSerializer)
        incident = get_incident(request.reach, given["incident"])
        actions.tie_order(incident_id=incident.pk, **about)
        return _answer(request, number)


class ReportForDuty(LinkageAct):
    @extend_schema(
        operation_id="linkage_report_for_duty",
        request=serializers.DutySerializer,
        responses={200: LinkageOrderShape},
    )
    @idempotent
    def post(self, request, number):
        given, about = self.asked(request, number, serializers.DutySerializer)
        actions.report_for_duty(to=given["reported_to"], at=given["at"], note=given["text"], **about)
        return _answer(request, number)


class Complete(LinkageAct):
    @extend_schema(
        operation_id="linkage_complete",
        request=serializers.CompleteSerializer,
        responses={200: LinkageOrderShape},
    )
    @idempotent
    def post(self, request, number):
        given, about = self.asked(request, number, serializers.CompleteSerializer)
        actions.complete_order(at=given["at"], note=given["text"], **about)
        return _answer(request, number)


class Withdraw(LinkageAct):
    @extend_schema(
        operation_id="linkage_withdraw",
        request=serializers.WithdrawSerializer,
        responses={200: LinkageOrderShape},
    )
    @idempotent
    def post(self, request, number):
        given, about = self.asked(request, number, serializers.WithdrawSerializer)
        actions.withdraw_order(reason=given["text"], **about)
        return _answer(request, number)


class Report(LinkageAct):
    """Progress, feedback or the written report: what was sent to the centre, how, and its receipt."""

    @extend_schema(
        operation_id="linkage_report",
        request=serializers.CentreReportSerializer,
        responses={200: ReportedOnOrderShape},
    )
    @idempotent
    def post(self, request, number, kind):
        if kind not in ReportKind.values:
            raise not_found()
        given, about = self.asked(request, number, serializers.CentreReportSerializer)
        report = reporting.report_on_order(kind=kind, **given, **about)
        answer = _answer(request, number)
        answer.data["report"] = serializers.report(report)
        answer.data["receipt"] = report.receipt or None
        return answer


class TryAgain(APIView):
    """Send once more what did not get through."""

    @extend_schema(
        operation_id="linkage_report_try",
        request=serializers.TryAgainSerializer,
        responses={200: CentreReportShape},
    )
    @idempotent
    def post(self, request, pk):
        given = validated(serializers.TryAgainSerializer, request.data)
        report = queries.get_report(request.reach, pk)
        report = reporting.try_again(report_id=report.pk, reach=request.reach, now=request.now, **given)
        return Response(serializers.report(report))


class Receipt(APIView):
    """Record that the centre has confirmed a report."""

    @extend_schema(
        operation_id="linkage_report_receipt",
        request=serializers.CentreReceiptSerializer,
        responses={200: CentreReportShape},
    )
    @idempotent
    def post(self, request, pk):
        given = validated(serializers.CentreReceiptSerializer, request.data)
        report = queries.get_report(request.reach, pk)
        report = reporting.record_receipt(
            report_id=report.pk, reach=request.reach, receipt=given["receipt"], now=request.now
        )
        return Response(serializers.report(report))


class IncidentReports(APIView):
    """What was sent to a centre about an incident that it did not order; POST sends progress or the written report."""

    @extend_schema(operation_id="linkage_incident_reports_list", responses={200: CentreReportsShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        return Response({"results": [serializers.report(one) for one in queries.own_reports(incident)]})

    @extend_schema(request=serializers.OwnReportSerializer, responses={201: CentreReportShape})
    @idempotent
    def post(self, request, number):
        given = validated(serializers.OwnReportSerializer, request.data)
        incident = get_incident(request.reach, number)
        report = reporting.report_on_incident(
            incident_id=incident.pk, reach=request.reach, now=request.now, **given
        )
        return Response(serializers.report(report), status=201)


def _unit(request, code: str):
    """Nobody named: where an order of this person goes."""
    if code:
        return Names.of_verb(request.reach, "incident.manage").unit(code)
    unit = queries.own_unit(request.reach)
    if unit is None:
        raise Invalid(
            "unknown_unit",
            _(
                "The linkage order was not recorded: there is no such unit. Give the code of one you work for."
            ),
            fields={"unit": [_("There is no such unit.")]},
        )
    return unit


def _answer(request, number: str, status: int = 200) -> Response:
    card = queries.cards(request.reach, [queries.get_order(request.reach, number)])[0]
    headers = {"ETag": etag(card.order.rev)}
    if status == 201:
        headers["Location"] = reverse("api:linkage-order", args=[number])
    return Response(serializers.detail(card, request.now), status=status, headers=headers)


#: The address of an act → its door; reports have one of their own.
ACTS = {
    LinkageVerb.OPEN_INCIDENT: OpenIncident,
    LinkageVerb.TIE: Tie,
    LinkageVerb.REPORT_FOR_DUTY: ReportForDuty,
    LinkageVerb.COMPLETE: Complete,
    LinkageVerb.WITHDRAW: Withdraw,
}
