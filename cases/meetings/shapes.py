"""What the API answers about daily meetings."""

from rest_framework import serializers

from common.api.serializers import Shape


class NotedShape(Shape):
    at = serializers.DateTimeField()
    note = serializers.CharField()


class MeetingsShape(Shape):
    """A unit's daily meetings."""

    unit = serializers.CharField(help_text="The unit's code")
    next_due_at = serializers.DateTimeField(allow_null=True, help_text="Null: no more are asked for")
    noted = NotedShape(many=True)


class MeetingNotedShape(Shape):
    """A meeting was noted."""

    unit = serializers.CharField(help_text="The unit's code")
