"""What the API answers about demands."""

from rest_framework import serializers

from cases.demands.choices import DemandOrigin, DemandOutcome, PassedOn, Told
from cases.demands.rules import CLOSED, DELIVERED, OPEN, REPLIED
from clocks.serializers import ClockSerializer
from common.api.serializers import Shape

STATES = (OPEN, REPLIED, DELIVERED, CLOSED)


class DemandRowShape(Shape):
    """One demand in a list."""

    number = serializers.CharField()
    point = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    origin = serializers.ChoiceField(choices=DemandOrigin.choices)
    unit = serializers.CharField(help_text="The unit's code")
    lead_unit = serializers.CharField(help_text="Code of the unit that answers")
    external_number = serializers.CharField(help_text="Of the complaints office; empty: none")
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null: no time limit runs")
    promised_by = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField()
    href = serializers.CharField()

    def get_fields(self):
        # `class` cannot be the name of an attribute.
        return {
            **super().get_fields(),
            "class": serializers.CharField(help_text="One of the plan's; or empty"),
        }


class DemandsShape(Shape):
    """One page of demands, those first that are due first."""

    next = serializers.CharField(allow_null=True, help_text="Address of the next page; null on the last")
    results = DemandRowShape(many=True)


class DemandStepShape(Shape):
    """A step that may be noted."""

    kind = serializers.CharField()
    title = serializers.CharField()


class DemandShape(DemandRowShape):
    """A demand with its clocks, its leading clock and the steps that may be noted."""

    support_units = serializers.ListField(child=serializers.CharField(), help_text="Codes")
    incident = serializers.CharField(allow_null=True, help_text="Its number")
    matter = serializers.CharField(allow_null=True, help_text="Its number")
    reception = serializers.CharField(allow_null=True, help_text="Its number")
    passed_on = serializers.ChoiceField(choices=PassedOn.choices, allow_null=True)
    notice_number = serializers.CharField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    promised_days = serializers.IntegerField(allow_null=True)
    replied_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(choices=DemandOutcome.choices, allow_null=True)
    law = serializers.CharField()
    reply_number = serializers.CharField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    delivered_how = serializers.ChoiceField(choices=Told.choices, allow_null=True)
    signed = serializers.BooleanField(allow_null=True, help_text="Null: it was not delivered")
    closed_at = serializers.DateTimeField(allow_null=True)
    clocks = ClockSerializer(many=True)
    leading_clock = serializers.CharField(allow_null=True, help_text="Its `id`")
    steps = DemandStepShape(many=True)
