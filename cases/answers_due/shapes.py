"""What the API answers about the answers owed."""

from rest_framework import serializers

from common.api.serializers import Shape


class DigestShape(Shape):
    """When a unit is told of what it owes."""

    unit = serializers.CharField(help_text="The unit's code")
    hour = serializers.TimeField(allow_null=True, help_text="Null: not at all")
    also_when_empty = serializers.BooleanField()
    next_at = serializers.DateTimeField(allow_null=True)
