"""What the API answers about reports upward."""

from rest_framework import serializers

from common.api.serializers import Shape


class KnownToldShape(Shape):
    """One thing that is known, or that the level above was told."""

    fact = serializers.CharField(help_text='The fact\'s name; "place", "what" or "level"')
    label = serializers.CharField()
    known = serializers.CharField()
    told = serializers.CharField(help_text="Empty: nobody above was told")
    differs = serializers.BooleanField()
    told_by = serializers.CharField()
    told_at = serializers.DateTimeField(allow_null=True)
    drill = serializers.BooleanField()
    line = serializers.CharField(allow_null=True, help_text="Which line of superiors; null: the tree's")
