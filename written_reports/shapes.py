"""What the API answers about written reports."""

from rest_framework import serializers

from common.api.serializers import Shape
from written_reports.choices import Part, SlotState
from written_reports.rules import LINE_FIELDS


def _texts(text: str) -> serializers.DictField:
    return serializers.DictField(child=serializers.CharField(), help_text=text)


class WrittenLineShape(Shape):
    """A line of risks or improvements; which fields it has, the kind of lines says."""

    def get_fields(self):
        # `class` cannot be the name of an attribute.
        return {name: serializers.CharField(required=False) for name in LINE_FIELDS}


class AskedReportShape(Shape):
    """A report that is asked of a unit for a period."""

    unit = serializers.CharField(help_text="The unit's code")
    plan = serializers.CharField()
    clock = serializers.CharField()
    title = serializers.CharField()
    period = serializers.CharField()
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=SlotState.choices)
    version = serializers.IntegerField(help_text="0: nothing was handed in")
    late = serializers.BooleanField()
    received = serializers.BooleanField(help_text="Whether the level above has confirmed it")


class AskedReportsShape(Shape):
    """What is asked of a unit and those below it."""

    unit = serializers.CharField(help_text="The unit's code")
    reports = AskedReportShape(many=True)


class HandedInShape(Shape):
    """A version that was handed in."""

    version = serializers.IntegerField()
    receipt = serializers.CharField()
    at = serializers.DateTimeField()
    post = serializers.CharField()
    on_behalf = serializers.BooleanField()
    texts = _texts("Part → its text")
    lines = WrittenLineShape(many=True)

    def get_fields(self):
        # `data` is what a serializer has itself.
        return {**super().get_fields(), "data": serializers.DictField(help_text="What was counted then")}


class WrittenReportShape(AskedReportShape):
    """One report: the draft, the counted figures, what was handed in."""

    parts = serializers.ListField(child=serializers.ChoiceField(choices=Part.choices))
    lines_about = serializers.CharField(help_text="risks or improvements; empty: it has no lines")
    texts = _texts("Part → its text")
    lines = WrittenLineShape(many=True)
    drafts = _texts("Part → sentences to begin with; empty once something was handed in")
    number = serializers.CharField()
    handed_in = HandedInShape(many=True)

    def get_fields(self):
        # `data` is what a serializer has itself.
        return {**super().get_fields(), "data": serializers.DictField(help_text="What is counted now")}
