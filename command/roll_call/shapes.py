"""What the API answers about roll-calls."""

from rest_framework import serializers

from command.roll_call.choices import RollCallAnswer, RollCallState
from common.api.serializers import Shape


class RollCallLineShape(Shape):
    """One person who is asked."""

    id = serializers.IntegerField()
    person = serializers.CharField(help_text="Username")
    post = serializers.CharField()
    answer = serializers.ChoiceField(choices=RollCallAnswer.choices, allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField(allow_null=True, help_text="Username")
    by_link = serializers.BooleanField()
    note = serializers.CharField()


class RollCallShape(Shape):
    """A roll-call and its round."""

    state = serializers.ChoiceField(choices=RollCallState.choices)
    round = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    every_minutes = serializers.IntegerField(allow_null=True, help_text="Null: once")
    next_at = serializers.DateTimeField(allow_null=True)
    drill = serializers.BooleanField()
    lines = RollCallLineShape(many=True)


class RollCallAnsweredShape(Shape):
    """An answer that was kept."""

    id = serializers.IntegerField()
    answer = serializers.ChoiceField(choices=RollCallAnswer.choices)
    answered_at = serializers.DateTimeField()
