"""Is what came over the API well formed, and what goes back?"""

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clocks.serializers import ClockSerializer
from command.linkage.choices import DeliveryState, ReportKind, ReportWay
from command.linkage.forms import LONGEST, LONGEST_TEXT
from command.linkage.queries import LinkageCard, deliveries_of
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField


def _text(name, **more):
    return serializers.CharField(max_length=LONGEST[name], **more)


class NewLinkageOrderSerializer(StrictSerializer):
    """`from` is the sending centre; `unit` may be left out: the caller's own."""

    unit = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    outside_number = _text("outside_number")
    centre = _text("centre")
    nature = _text("nature")
    place = _text("place")
    asked = _text("asked")
    report_to = _text("report_to", required=False, allow_blank=True, default="")
    arrive_by = ApiMomentField(required=False, allow_null=True, default=None)
    received_at = ApiMomentField(required=False, allow_null=True, default=None)
    incident = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    drill = serializers.BooleanField(required=False, default=False)

    def get_fields(self):
        """On the wire the centre is called `from`, a word that Python keeps for itself."""
        fields = super().get_fields()
        centre = fields.pop("centre")
        centre.source = "centre"
        return {**fields, "from": centre}


class DutySerializer(StrictSerializer):
    """`reported_to`: by post; empty: whom the order names. `text`: what there is to say."""

    text = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    reported_to = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


@extend_schema_field({"type": "string"})
class ReportWayField(serializers.ChoiceField):
    """auto, phone, fax, system or paper; left out: auto where the centre has an address, else system."""

    def __init__(self, **more):
        super().__init__(choices=ReportWay, **more)


class CentreReportSerializer(StrictSerializer):
    """`failed`: why it did not get through; empty: it did. `receipt` may follow later."""

    text = serializers.CharField(max_length=LONGEST_TEXT)
    way = ReportWayField(required=False, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)
    failed = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    receipt = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class OwnReportSerializer(CentreReportSerializer):
    kind = serializers.ChoiceField(choices=ReportKind.without_order())


class CompleteSerializer(StrictSerializer):
    text = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


class WithdrawSerializer(StrictSerializer):
    text = serializers.CharField(max_length=200)


class TieSerializer(StrictSerializer):
    incident = serializers.CharField(max_length=60)


class OpenIncidentSerializer(StrictSerializer):
    """Nothing is needed: what is observed follows as observations."""


class TryAgainSerializer(StrictSerializer):
    way = ReportWayField(required=False, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)
    failed = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    receipt = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class CentreReceiptSerializer(StrictSerializer):
    receipt = serializers.CharField(max_length=120)


def summary(order) -> dict:
    """An order as lists give it: without its clocks."""
    return {
        "number": order.number,
        "url": reverse("api:linkage-order", args=[order.number]),
        "unit": order.unit.code,
        "incident": order.incident.number if order.incident else None,
        "from": order.centre,
        "outside_number": order.outside_number,
        "nature": order.nature,
        "place": order.place,
        "asked": order.asked,
        "arrive_by": order.arrive_by,
        "report_to": order.report_to,
        "received_at": order.received_at,
        "via": order.via,
        "state": order.state,
        "reported_for_duty": _duty(order),
        "reports": [report(one) for one in order.reports.all()],
        "drill": order.drill,
        "rev": order.rev,
    }


def detail(card: LinkageCard, now) -> dict:
    """An order by itself: what is due next, and its running clocks."""
    clocks = ClockSerializer(card.clocks, many=True, context={"now": now}).data
    sent = [delivery(one) for one in deliveries_of(card.order)]
    return {**summary(card.order), "next": card.next_act, "clocks": clocks, "deliveries": sent}


def delivery(one) -> dict:
    """What the product sends by itself, and where it stands."""
    return {
        "report": one.report_id,
        "what": one.body["kind"],
        "state": one.state,
        "tries": one.tries,
        "last_error": one.last_error or None,
        "next_at": one.next_at if one.state == DeliveryState.QUEUED else None,
        "delivered_at": one.delivered_at,
        "receipt": one.receipt or None,
    }


def _duty(order) -> dict | None:
    if order.checked_in_at is None:
        return None
    return {"to": order.checked_in_to, "at": order.checked_in_at}


def report(one) -> dict:
    return {
        "id": one.pk,
        "kind": one.kind,
        "text": one.text,
        "state": one.state,
        "written_at": one.written_at,
        "sent_at": one.sent_at,
        "receipt": one.receipt or None,
        "tries": [
            {"way": step.way, "at": step.at, "through": step.is_through, "note": step.note}
            for step in one.tries.all()
        ],
    }
