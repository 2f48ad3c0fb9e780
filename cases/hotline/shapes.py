"""What the API answers about totals of the hotline."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.serializers import Shape, page_of

DOES = ("new", "changed", "same", "refused")


@extend_schema_field({"type": ["integer", "string"]})
class _Count(serializers.JSONField):
    pass


class HotlineTotalShape(Shape):
    """How many calls of a class a unit had in a month."""

    month = serializers.CharField(help_text="YYYY-MM")
    unit = serializers.CharField(help_text="The unit's code")
    count = serializers.IntegerField()
    imported_at = serializers.DateTimeField()
    post = serializers.CharField()

    def get_fields(self):
        # `class` cannot be the name of an attribute.
        return {**super().get_fields(), "class": serializers.CharField()}


class ReadTotalShape(Shape):
    """A line of a table as it was read."""

    month = serializers.CharField()
    unit = serializers.CharField()
    count = _Count(help_text="A number; what was typed, where that is none")
    does = serializers.ChoiceField(choices=DOES)
    was = serializers.IntegerField(allow_null=True, help_text="What stood there before")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Field → its sentences"
    )

    def get_fields(self):
        # `class` cannot be the name of an attribute.
        return {**super().get_fields(), "class": serializers.CharField()}


class ReadTotalsShape(Shape):
    """What became of a table, line by line."""

    kept = serializers.IntegerField(help_text="How many lines were kept")
    totals = ReadTotalShape(many=True)


HotlineTotalsPage = page_of(HotlineTotalShape)
