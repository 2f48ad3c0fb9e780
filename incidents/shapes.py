"""What the API answers about incidents."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from incidents.choices import CoordinateSystem, MarkOutcome, Source, State
from plans.shapes import FactsShape, PlanReferenceShape, ReasonShape


class LineShape(Shape):
    """A line of the checklist."""

    item = serializers.CharField()
    title = serializers.CharField()
    in_plan = serializers.CharField(
        allow_null=True, help_text="How the plan words a life-safety line; null: it does not"
    )
    citation = serializers.CharField()
    life_safety = serializers.BooleanField()
    holds_back = serializers.ListField(
        child=serializers.CharField(), help_text="Kinds of steps that wait for it"
    )


class MarkShape(Shape):
    """What was said of a line of the checklist."""

    outcome = serializers.ChoiceField(choices=MarkOutcome.choices)
    note = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Name")


class MarkedLineShape(LineShape):
    """A line of the checklist with its mark."""

    mark = MarkShape(allow_null=True, help_text="Null: nobody has said anything of it")


class ChecklistShape(Shape):
    """The checklist of an incident, life safety first."""

    lines = MarkedLineShape(many=True)


class PositionShape(Shape):
    """Where an incident is."""

    latitude = serializers.FloatField(help_text="Degrees")
    longitude = serializers.FloatField(help_text="Degrees")
    accuracy_m = serializers.IntegerField(allow_null=True, help_text="Metres; null: not known")
    crs = serializers.ChoiceField(choices=CoordinateSystem.choices)


class MaskedShape(Shape):
    """A number that was masked without asking."""

    field = serializers.CharField(help_text="Where it stood in the body")
    kind = serializers.CharField()
    masked = serializers.CharField()


class IncidentReceiptShape(Shape):
    """The answer to an alarm or an observation."""

    number = serializers.CharField()
    unit = serializers.CharField(help_text="Code of the unit that got it")
    note = serializers.CharField(help_text="Where the unit that was named has ended; else empty")
    url = serializers.CharField()
    page = serializers.CharField()
    withdraw_url = serializers.CharField(help_text="Address of the page that retracts it as a false alarm")
    plan = PlanReferenceShape()
    proposed_level = serializers.CharField(allow_null=True)
    reasons = ReasonShape(many=True)
    life_safety = LineShape(many=True)
    masked = MaskedShape(many=True, required=False, help_text="Only where numbers were masked")
    masked_because = serializers.CharField(required=False)


class VoiceNoteShape(Shape):
    """The receipt of a voice note."""

    number = serializers.CharField(help_text="The incident's")
    sha256 = serializers.CharField()
    seconds = serializers.IntegerField()
    received_at = serializers.DateTimeField()


class IncidentRowShape(Shape):
    """One incident in a list."""

    number = serializers.CharField()
    url = serializers.CharField()
    unit = serializers.CharField(help_text="The unit's code")
    state = serializers.ChoiceField(choices=State.choices)
    place = serializers.CharField()
    what = serializers.CharField()
    level = serializers.CharField(allow_null=True, help_text="Of the signed warning in force; null: none is")
    highest_level = serializers.CharField(allow_null=True, help_text="The highest that was ever signed")
    proposed_level = serializers.CharField(allow_null=True)
    happened_at = serializers.DateTimeField(allow_null=True)
    known_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    drill = serializers.BooleanField()
    rev = serializers.IntegerField()


class IncidentShape(IncidentRowShape):
    """One incident, whole."""

    plan = PlanReferenceShape()
    source = serializers.ChoiceField(choices=Source.choices)
    category = serializers.CharField(allow_null=True, help_text="A kind of event of the plan")
    facts = FactsShape(help_text="Fact → its latest value")
    reasons = ReasonShape(many=True)
    checklist = MarkedLineShape(many=True)
    position = PositionShape(
        allow_null=True, help_text="As received, or as put right; never converted. Null: none is known"
    )
    merged_into = serializers.CharField(
        allow_null=True, help_text="Number of the incident that it is part of"
    )
    closed_at = serializers.DateTimeField(allow_null=True)
    summary = serializers.CharField()


class TimelineEntryShape(Shape):
    """One entry of the journal, with its content."""

    number = serializers.IntegerField(allow_null=True, help_text="Null: it has not got one yet")
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    actor = serializers.CharField(allow_null=True, help_text="Null: the system itself")
    post = serializers.CharField(allow_null=True)
    level = serializers.CharField(allow_null=True)
    drill = serializers.BooleanField()
    content = serializers.DictField()


class TimelineShape(Shape):
    """The journal of one incident."""

    entries = TimelineEntryShape(many=True)


class StepShape(Shape):
    """A step that may be noted."""

    kind = serializers.CharField()
    title = serializers.CharField()
    plan = serializers.CharField(help_text="ID@VERSION")
    plan_title = serializers.CharField()


class StepsShape(Shape):
    """The steps that may be noted on an incident now."""

    steps = StepShape(many=True)


class MovedClockShape(Shape):
    """What becomes of a running clock under another version."""

    clock = serializers.CharField()
    title = serializers.CharField()
    what = serializers.CharField()
    due_before = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)


class OtherVersionShape(Shape):
    """A version that the incident may go over to, and what would change."""

    ref = serializers.CharField(help_text="ID@VERSION")
    proposed_level = serializers.CharField(allow_null=True)
    reasons = ReasonShape(many=True)
    clocks = MovedClockShape(many=True)
    objections = serializers.ListField(
        child=serializers.CharField(), help_text="Why it cannot be done now; empty where it can"
    )


class OtherVersionsShape(Shape):
    """The versions that the incident may go over to."""

    versions = OtherVersionShape(many=True)


IncidentsPage = page_of(IncidentRowShape)
