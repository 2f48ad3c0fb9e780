"""What the API answers about inquiries into the agency's own conduct."""

from rest_framework import serializers

from accounts.choices import PostKind
from clocks.serializers import ClockSerializer
from common.api.serializers import Shape, page_of
from supervision.inquiries.choices import Delivered, InquiryState, Measure, Trigger


class InquiryRowShape(Shape):
    """One inquiry in a list."""

    number = serializers.CharField()
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    state = serializers.ChoiceField(choices=InquiryState.choices)
    reason = serializers.CharField()
    unit = serializers.CharField(help_text="The unit's code")
    post = serializers.ChoiceField(choices=PostKind.choices, allow_null=True, help_text="Kind of post")
    bureau = serializers.CharField(help_text="The unit's code")
    investigator = serializers.CharField(allow_null=True, help_text="Username")
    decider = serializers.CharField(allow_null=True, help_text="Username")
    opened_at = serializers.DateTimeField()
    measure = serializers.ChoiceField(choices=Measure.choices, allow_null=True)
    href = serializers.CharField()


class InquiryShape(InquiryRowShape):
    """An inquiry."""

    statement = serializers.CharField()
    heard_at = serializers.DateTimeField(allow_null=True)
    report = serializers.CharField()
    reported_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    delivered_how = serializers.ChoiceField(choices=Delivered.choices, allow_null=True)
    erased_at = serializers.DateTimeField(allow_null=True)
    clocks = ClockSerializer(many=True)


class CauseShape(Shape):
    """What of the record calls for an inquiry."""

    about = serializers.CharField(help_text="Key of what was found, as `subjects/` takes it")
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    unit = serializers.CharField(help_text="The unit's code")
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class CausesShape(Shape):
    """What calls for an inquiry; not paged."""

    results = CauseShape(many=True)


InquiriesPage = page_of(InquiryRowShape)
