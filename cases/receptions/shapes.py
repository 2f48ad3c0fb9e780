"""What the API answers about receptions."""

from rest_framework import serializers

from cases.receptions.choices import ReceptionOutcome, ReceptionState
from clocks.serializers import ClockSerializer
from common.api.serializers import Shape, page_of

KINDS = ("single", "group")


class ReceptionRowShape(Shape):
    """One reception in a list."""

    number = serializers.CharField()
    drill = serializers.BooleanField()
    unit = serializers.CharField(help_text="The unit's code")
    state = serializers.ChoiceField(choices=ReceptionState.choices)
    outcome = serializers.ChoiceField(choices=ReceptionOutcome.choices, allow_null=True)
    kind = serializers.ChoiceField(choices=KINDS)
    place = serializers.CharField()
    about = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True, help_text="The appointment; null: they came without one")
    begun_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    expected = serializers.IntegerField(allow_null=True, help_text="How many people")
    came = serializers.IntegerField(allow_null=True, help_text="How many people")
    representatives = serializers.IntegerField(allow_null=True, help_text="How many people")
    incident = serializers.CharField(allow_null=True, help_text="Its number")
    href = serializers.CharField()


class ReceptionCheckShape(Shape):
    """A line of a checklist of the preparation."""

    item = serializers.CharField()
    list = serializers.CharField(help_text="In Chinese")
    text = serializers.CharField(help_text="In Chinese")
    text_en = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)


class ReceptionPointShape(Shape):
    """A point that was taken down."""

    place = serializers.IntegerField(help_text="Which of them")
    point = serializers.CharField()
    confirmed_at = serializers.DateTimeField(allow_null=True, help_text="When it was read back")
    demand = serializers.CharField(allow_null=True, help_text="Number of the demand that it became")


class ReceptionShape(ReceptionRowShape):
    """A reception with its clocks, checklists and points."""

    matter = serializers.CharField(allow_null=True, help_text="Its number")
    receivers = serializers.ListField(child=serializers.CharField(), help_text="Usernames")
    recording_told = serializers.BooleanField(allow_null=True)
    evidence = serializers.CharField()
    result = serializers.CharField()
    checked_in_at = serializers.DateTimeField(allow_null=True)
    ready_by = serializers.DateTimeField(allow_null=True)
    checklist = ReceptionCheckShape(many=True)
    points = ReceptionPointShape(many=True)
    clocks = ClockSerializer(many=True)


ReceptionsPage = page_of(ReceptionRowShape)
