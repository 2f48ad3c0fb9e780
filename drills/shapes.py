"""What the API answers about drills."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from drills.choices import DrillState, InjectChannel, InjectState, ScenarioKind


class DrillRowShape(Shape):
    """One drill in a list."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=DrillState.choices)
    unit = serializers.CharField(help_text="The unit's code")
    month = serializers.CharField(help_text="YYYY-MM")
    kind = serializers.ChoiceField(choices=ScenarioKind.choices)
    scenario = serializers.CharField(allow_null=True)
    objectives = serializers.CharField()
    speed = serializers.IntegerField(help_text="How many times faster than the clock")
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    rev = serializers.IntegerField()


class ParticipantShape(Shape):
    """Who takes part, as what."""

    person = serializers.CharField(help_text="Username")
    role = serializers.CharField(help_text="A role of the scenario, `controller` or `evaluator`")


class ExpectedShape(Shape):
    """What should be done after an inject."""

    id = serializers.CharField()
    text = serializers.CharField()
    entries = serializers.ListField(
        child=serializers.CharField(), help_text="Kinds of journal entries: one of them is enough"
    )
    within = serializers.IntegerField(help_text="Minutes of the scenario")
    role = serializers.CharField()
    objective = serializers.CharField()
    cite = serializers.CharField()
    look_for = serializers.CharField()


class DoneShape(Shape):
    """What was done of what was expected."""

    expected = serializers.CharField(help_text="Its `id`")
    kind = serializers.CharField(help_text="Of the journal's entry")
    at = serializers.DateTimeField()
    minutes = serializers.FloatField(allow_null=True, help_text="Of the scenario, after the inject")
    post = serializers.CharField()
    met = serializers.BooleanField(help_text="Whether it was in time")


class InjectShape(Shape):
    """An inject; a player reads of those that were played, and not what is expected."""

    number = serializers.IntegerField()
    at = serializers.IntegerField(help_text="Minutes of the scenario after the start")
    text = serializers.CharField()
    channel = serializers.ChoiceField(choices=InjectChannel.choices)
    to = serializers.CharField(allow_null=True, help_text="The role that hears of it")
    state = serializers.ChoiceField(choices=InjectState.choices)
    played_at = serializers.DateTimeField(allow_null=True)
    minute = serializers.FloatField(allow_null=True)
    refused = serializers.CharField(help_text="Why it could not be played")
    expected = ExpectedShape(many=True)
    done = DoneShape(many=True)


class DrillScoreShape(Shape):
    """How much of what was expected was done in time, of the whole drill."""

    met = serializers.IntegerField()
    late = serializers.IntegerField()
    expected = serializers.IntegerField()


class DrillShape(DrillRowShape):
    """A drill with its injects, what was expected and what was done."""

    title = serializers.CharField(allow_null=True, help_text="Of its scenario")
    controller = serializers.CharField(allow_null=True, help_text="Username")
    participants = ParticipantShape(many=True)
    incidents = serializers.ListField(child=serializers.CharField(), help_text="Numbers")
    injects = InjectShape(many=True)
    score = DrillScoreShape(allow_null=True, help_text="Null: it has not begun, or the caller plays")
    reason = serializers.CharField(help_text="Why it was given up")
    summary = serializers.CharField()


class ScenarioRoleShape(Shape):
    """A role that somebody can play."""

    id = serializers.CharField()
    title = serializers.CharField()


class ScenarioShape(Shape):
    """A scenario that can be played."""

    id = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ScenarioKind.choices)
    title = serializers.CharField()
    summary = serializers.CharField()
    minutes = serializers.IntegerField()
    injects = serializers.IntegerField(help_text="How many")
    roles = ScenarioRoleShape(many=True)


class ScenariosShape(Shape):
    """The scenarios that can be played."""

    results = ScenarioShape(many=True)


DrillsPage = page_of(DrillRowShape)
