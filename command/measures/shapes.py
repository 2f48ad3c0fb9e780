"""What the API answers about measures."""

from rest_framework import serializers

from command.measures.choices import MeasureState, MeasureVerb
from common.api.serializers import Shape


class MeasureShape(Shape):
    """A measure: asked for, approved, taken."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=MeasureState.choices)
    what = serializers.CharField()
    legal_basis = serializers.CharField()
    touches_rights = serializers.BooleanField()
    proportionality = serializers.CharField(allow_null=True)
    major = serializers.CharField(allow_null=True, help_text="Which kind of the plan's; null: none of them")
    approval_by = serializers.CharField(allow_null=True, help_text="The plan's role")
    approval_of = serializers.CharField(allow_null=True, help_text="Its words")
    cite = serializers.CharField(allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    approver = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    taken_at = serializers.DateTimeField(allow_null=True)


class MeasureOfIncidentShape(MeasureShape):
    """A measure by itself."""

    drill = serializers.BooleanField()


class MeasureLineShape(MeasureShape):
    """A measure in the list of an incident."""

    may = serializers.ListField(
        child=serializers.ChoiceField(choices=MeasureVerb.choices), help_text="What the caller may do with it"
    )


class MajorMeasureShape(Shape):
    """A kind of measure that a plan calls major."""

    id = serializers.CharField()
    title = serializers.CharField()
    approval_by = serializers.CharField(help_text="The plan's role")
    approval_of = serializers.CharField(help_text="Its words")
    plan = serializers.CharField(help_text="ID@VERSION")
    cite = serializers.CharField()


class MeasuresShape(Shape):
    """Measures of an incident, and which its plans call major."""

    drill = serializers.BooleanField()
    results = MeasureLineShape(many=True)
    major = MajorMeasureShape(many=True)
    legal_bases = serializers.ListField(child=serializers.CharField())
    proportion = serializers.ListField(
        child=serializers.CharField(), help_text="What the plans say of keeping in proportion"
    )
