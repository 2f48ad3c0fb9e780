"""What the API answers about experts and the calls to them."""

from rest_framework import serializers

from clocks.serializers import ClockSerializer
from common.api.serializers import Shape, page_of
from resources.experts.choices import CallState, CallVerb
from resources.materials.shapes import TitleShape


class ExpertShape(Shape):
    """An adviser."""

    id = serializers.IntegerField()
    pool = serializers.CharField(allow_null=True, help_text="Of a plan")
    kind = serializers.CharField(allow_null=True, help_text="Of a plan's pool")
    title = TitleShape()
    skill = serializers.CharField()
    name = serializers.CharField()
    account = serializers.CharField(allow_null=True, help_text="Username of one who is a member of staff")
    organisation = serializers.CharField()
    unit = serializers.CharField(help_text="The unit's code")
    available = serializers.BooleanField()
    away_until = serializers.DateTimeField(allow_null=True)
    away_note = serializers.CharField()
    rev = serializers.IntegerField()


class ExpertPoolShape(Shape):
    """A pool of a plan, and how many of it are listed and available."""

    id = serializers.CharField()
    title = TitleShape()
    size = serializers.IntegerField(allow_null=True, help_text="How many the plan asks for")
    arrive = serializers.CharField(allow_null=True, help_text="ISO 8601 duration")
    listed = serializers.IntegerField()
    available = serializers.IntegerField()
    cite = serializers.CharField()


class ExpertStepShape(Shape):
    """What became of a call."""

    verb = serializers.ChoiceField(choices=CallVerb.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Username")
    post = serializers.CharField()
    note = serializers.CharField()


class ExpertCallShape(Shape):
    """A call to an expert."""

    id = serializers.IntegerField()
    incident = serializers.CharField(help_text="Its number")
    drill = serializers.BooleanField()
    expert = serializers.IntegerField()
    question = serializers.CharField()
    state = serializers.ChoiceField(choices=CallState.choices)
    called_at = serializers.DateTimeField()
    met_at = serializers.DateTimeField(allow_null=True)
    clock = ClockSerializer(allow_null=True)
    steps = ExpertStepShape(many=True)
    rev = serializers.IntegerField()


class ExpertCallsShape(Shape):
    """The calls of one incident."""

    drill = serializers.BooleanField()
    results = ExpertCallShape(many=True)


class ExpertsPage(page_of(ExpertShape)):
    """One page of advisers, and the pools of the plans that hold at the caller's unit."""

    pools = ExpertPoolShape(many=True)
