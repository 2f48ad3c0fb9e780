"""What the API answers about who answers for a unit, and what it lacks."""

from rest_framework import serializers

from accounts.choices import Tier
from common.api.serializers import Shape
from duty.responsibles.choices import Lack

LACKS = [lack.value for lack in Lack if lack.value]


class ReadinessCellShape(Shape):
    """One thing that a unit must have."""

    lack = serializers.ChoiceField(choices=LACKS, allow_null=True, help_text="Null: it is in order")
    text = serializers.CharField()
    ref = serializers.CharField(required=False, help_text="ID@VERSION, where a plan is named")


class ReadinessShape(Shape):
    """A unit beside what it must have."""

    unit = serializers.CharField(help_text="The unit's code")
    tier = serializers.ChoiceField(choices=Tier.choices)
    gaps = serializers.IntegerField()
    may_name = serializers.BooleanField(help_text="Whether the caller may name its responsibles")
    first = ReadinessCellShape()
    main = ReadinessCellShape()
    direct = ReadinessCellShape()
    reporter = ReadinessCellShape()
    stand_in = ReadinessCellShape()
    roster = ReadinessCellShape()
    phones = ReadinessCellShape()
    plan = ReadinessCellShape()


class ReadinessListShape(Shape):
    """Units beside what they must have."""

    results = ReadinessShape(many=True)


class ResponsiblesShape(ReadinessShape):
    """One unit, and who is named."""

    named = serializers.DictField(
        child=serializers.CharField(), help_text="Part → username; who is not in it has nobody"
    )
