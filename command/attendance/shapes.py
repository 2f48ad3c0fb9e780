"""What the API answers about attendance."""

from rest_framework import serializers

from clocks.serializers import ClockSerializer
from command.attendance.choices import CalledKind, CallState, OfferState, Route
from common.api.serializers import Shape


class BandShape(Shape):
    """Who attends, by how many people there are."""

    plan = serializers.CharField(help_text="ID@VERSION")
    id = serializers.CharField()
    applies = serializers.BooleanField(help_text="Whether it is the one that holds now")
    headcount = serializers.CharField(help_text="In Chinese, as the plan says it")
    lead = serializers.ListField(child=serializers.CharField())
    support = serializers.ListField(child=serializers.CharField())


class AttendanceCallShape(Shape):
    """A unit that was called to the scene."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=CalledKind.choices)
    unit = serializers.CharField(help_text="As it was written")
    is_responsible = serializers.BooleanField(help_text="Whether the matter is theirs")
    state = serializers.ChoiceField(choices=CallState.choices)
    notified_at = serializers.DateTimeField()
    arrived_at = serializers.DateTimeField(allow_null=True)
    came = serializers.CharField(help_text="Who came, by post")
    ended_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()
    clock = ClockSerializer(allow_null=True)


class ReceptionOfferShape(Shape):
    """An offer to people to be received."""

    id = serializers.IntegerField()
    place = serializers.CharField()
    begins_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=OfferState.choices)


class RoutingShape(Shape):
    """A decision who receives people."""

    route = serializers.ChoiceField(choices=Route.choices)
    who = serializers.CharField()
    reason = serializers.CharField()
    decided_at = serializers.DateTimeField()
    post = serializers.CharField()


class AttendanceShape(Shape):
    """Who must attend, who was called and came, what was offered, who receives."""

    incident = serializers.CharField(help_text="Its number")
    drill = serializers.BooleanField()
    bands = BandShape(many=True)
    calls = AttendanceCallShape(many=True)
    offers = ReceptionOfferShape(many=True)
    routings = RoutingShape(many=True)
