"""What the API answers about orders of a joint command centre and reports to it."""

from rest_framework import serializers

from clocks.serializers import ClockSerializer
from command.linkage.choices import (
    DeliveryState,
    LinkageState,
    LinkageVerb,
    ReportKind,
    ReportState,
    ReportWay,
    Via,
)
from common.api.serializers import Shape, page_of


class CentreTryShape(Shape):
    """One try to get a report to the centre."""

    way = serializers.ChoiceField(choices=ReportWay.choices)
    at = serializers.DateTimeField()
    through = serializers.BooleanField()
    note = serializers.CharField()


class CentreReportShape(Shape):
    """A report to a centre."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=ReportState.choices)
    written_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    receipt = serializers.CharField(allow_null=True)
    tries = CentreTryShape(many=True)


class CentreReportsShape(Shape):
    """What was sent to a centre about an incident that it did not order."""

    results = CentreReportShape(many=True)


class ReportedForDutyShape(Shape):
    """To whom, and when."""

    to = serializers.CharField()
    at = serializers.DateTimeField()


class LinkageOrderRowShape(Shape):
    """One order of a centre in a list."""

    number = serializers.CharField()
    url = serializers.CharField()
    unit = serializers.CharField(help_text="The unit's code")
    incident = serializers.CharField(allow_null=True, help_text="Its number")
    outside_number = serializers.CharField()
    nature = serializers.CharField()
    place = serializers.CharField()
    asked = serializers.CharField()
    arrive_by = serializers.DateTimeField(allow_null=True)
    report_to = serializers.CharField()
    received_at = serializers.DateTimeField()
    via = serializers.ChoiceField(choices=Via.choices)
    state = serializers.ChoiceField(choices=LinkageState.choices)
    reported_for_duty = ReportedForDutyShape(allow_null=True)
    reports = CentreReportShape(many=True)
    drill = serializers.BooleanField()
    rev = serializers.IntegerField()

    def get_fields(self):
        # `from` cannot be the name of an attribute.
        return {**super().get_fields(), "from": serializers.CharField(help_text="The sending centre")}


class CentreDeliveryShape(Shape):
    """What the product sends by itself, and where it stands."""

    report = serializers.IntegerField(allow_null=True)
    what = serializers.CharField()
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    tries = serializers.IntegerField()
    last_error = serializers.CharField(allow_null=True)
    next_at = serializers.DateTimeField(allow_null=True, help_text="Null: it waits no more")
    delivered_at = serializers.DateTimeField(allow_null=True)
    receipt = serializers.CharField(allow_null=True)


class LinkageOrderShape(LinkageOrderRowShape):
    """An order by itself: what is due next, and its running clocks."""

    next = serializers.ChoiceField(choices=LinkageVerb.choices, allow_null=True, help_text="Null: it is over")
    clocks = ClockSerializer(many=True)
    deliveries = CentreDeliveryShape(many=True)


class ReportedOnOrderShape(LinkageOrderShape):
    """An order after a report on it."""

    report = CentreReportShape()
    receipt = serializers.CharField(allow_null=True)


LinkageOrdersPage = page_of(LinkageOrderRowShape)
