"""What the API answers about corrections."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from supervision.corrections.choices import CorrectionState, CorrectionVerb


class CorrectionShape(Shape):
    """Something in the agency's own work that is to be put right by a day."""

    number = serializers.CharField()
    visit = serializers.CharField(help_text="Its number")
    unit = serializers.CharField(help_text="The unit's code")
    danger = serializers.CharField()
    measures = serializers.CharField()
    responsible = serializers.CharField(help_text="Post")
    state = serializers.ChoiceField(choices=CorrectionState.choices)
    due_date = serializers.DateField()
    first_due_date = serializers.DateField()
    extensions = serializers.IntegerField(help_text="How often more time was given")
    asked_due_date = serializers.DateField(allow_null=True, help_text="The day that is asked for")
    overdue = serializers.BooleanField()
    report = serializers.CharField(allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    may = serializers.ListField(
        child=serializers.ChoiceField(choices=CorrectionVerb.choices),
        help_text="What the caller may do with it",
    )
    rev = serializers.IntegerField()


class CorrectionListShape(Shape):
    """What a visit found to be put right."""

    results = CorrectionShape(many=True)


CorrectionsPage = page_of(CorrectionShape)
