"""What the API answers about early warnings."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from early_warnings.choices import Owner, SignedAs, State
from plans.shapes import ReasonShape


class WarningRowShape(Shape):
    """One warning in a list."""

    number = serializers.CharField()
    url = serializers.CharField()
    page = serializers.CharField()
    incident = serializers.CharField(help_text="Its number")
    unit = serializers.CharField(help_text="The unit's code")
    state = serializers.ChoiceField(choices=State.choices)
    level = serializers.CharField()
    matter = serializers.CharField()
    drill = serializers.BooleanField()
    drafted_at = serializers.DateTimeField()
    proposed_at = serializers.DateTimeField(allow_null=True)
    sign_by = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    pushed_at = serializers.DateTimeField(allow_null=True)
    in_force_at = serializers.DateTimeField(allow_null=True)
    lifted_at = serializers.DateTimeField(allow_null=True)
    adjusts = serializers.CharField(allow_null=True, help_text="Number of the warning that it replaces")
    rev = serializers.IntegerField()


class SeatShape(Shape):
    """Who is asked to sign."""

    post = serializers.CharField()
    holder = serializers.CharField(help_text="Name")
    unit = serializers.CharField(help_text="The unit's code")


class ProposedWarningShape(WarningRowShape):
    """The answer to a proposal."""

    signatory = SeatShape(allow_null=True, help_text="Null: nobody holds the post")


class SignatoryShape(Shape):
    """Who signs, as the plan names it."""

    role = serializers.CharField()
    post = serializers.CharField()


class WarningShape(WarningRowShape):
    """One warning, whole."""

    owner = serializers.ChoiceField(choices=Owner.choices, help_text="Whose turn it is")
    category = serializers.CharField(allow_null=True)
    area = serializers.CharField()
    measures = serializers.CharField()
    reason = serializers.CharField()
    proposed_level = serializers.CharField(allow_null=True)
    reasons = ReasonShape(many=True)
    drafted_by = serializers.CharField(help_text="Name")
    signatory = SignatoryShape(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)
    return_reason = serializers.CharField(allow_null=True)
    signed_by = serializers.CharField(allow_null=True)
    signed_post = serializers.CharField(allow_null=True)
    signed_as = serializers.ChoiceField(choices=SignedAs.choices, allow_null=True)
    signature = serializers.CharField(allow_null=True)
    remark = serializers.CharField(allow_null=True)
    lift_reason = serializers.CharField(allow_null=True)


WarningsPage = page_of(WarningRowShape)
