"""What the API answers about whom a level would call out."""

from rest_framework import serializers

from common.api.serializers import Shape
from duty.callout_preview.choices import Break, Moment, What
from notices.choices import Channel
from plans.shapes import PlanReferenceShape


class CalloutWayShape(Shape):
    """One channel to one person."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    after_seconds = serializers.IntegerField(help_text="After the wave begins")
    lack = serializers.CharField(allow_null=True, help_text="Why it may not reach them")


class CalloutPersonShape(Shape):
    """Somebody who would be told."""

    username = serializers.CharField()
    name = serializers.CharField()
    post = serializers.CharField()
    instead_of = serializers.CharField(allow_null=True)
    channels = CalloutWayShape(many=True)


class CalloutBreakShape(Shape):
    """Where the chain breaks."""

    why = serializers.ChoiceField(choices=Break.choices)
    about = serializers.CharField(allow_null=True)
    sentence = serializers.CharField()


class CalloutWaveShape(Shape):
    """Those who would be told at one time."""

    moment = serializers.ChoiceField(choices=Moment.choices, help_text="From what the seconds are counted")
    what = serializers.ChoiceField(choices=What.choices)
    after_seconds = serializers.IntegerField()
    people = CalloutPersonShape(many=True)
    breaks = CalloutBreakShape(many=True)


class CalloutShape(Shape):
    """Who would be told in a unit at a level and a moment."""

    unit = serializers.CharField(help_text="The unit's code")
    level = serializers.CharField(allow_null=True, help_text="Null: an alarm that says a life is at risk")
    at = serializers.DateTimeField()
    plan = PlanReferenceShape()
    needs_each = serializers.BooleanField(help_text="Each must confirm; otherwise one is enough")
    waves = CalloutWaveShape(many=True)
    report_to = serializers.ListField(child=serializers.CharField(), help_text="Authorities outside")
