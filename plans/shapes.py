"""What the API answers about plans and their versions."""

from rest_framework import serializers

from common.api.serializers import Shape
from plans.lifecycle.choices import PlanKind, PlanState


class PlanReferenceShape(Shape):
    """A plan and its version."""

    id = serializers.CharField()
    version = serializers.IntegerField()


class ReasonShape(Shape):
    """Why the plan proposes a level."""

    kind = serializers.CharField()
    level = serializers.CharField()
    rule = serializers.CharField(help_text="What the plan says")
    found = serializers.CharField(help_text="What was found that fulfils it")
    citation = serializers.CharField()
    origin = serializers.CharField()
    why = serializers.CharField()


class PlanSourceShape(Shape):
    """How much of the paper the plan was read from."""

    complete = serializers.BooleanField()
    truncated_at = serializers.CharField(allow_null=True, help_text="Where the paper breaks off")


class PlanRowShape(Shape):
    """One plan in the list: the version in force, else the last one loaded."""

    id = serializers.CharField()
    version = serializers.IntegerField()
    ref = serializers.CharField(help_text="ID@VERSION")
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=PlanKind.choices)
    state = serializers.ChoiceField(choices=PlanState.choices)
    unit = serializers.CharField(allow_null=True, help_text="Code of the unit whose it is; null: everybody's")
    in_force_from = serializers.DateTimeField(allow_null=True)
    in_force_to = serializers.DateTimeField(allow_null=True)
    source = PlanSourceShape()
    url = serializers.CharField()


class PlansShape(Shape):
    """Every plan."""

    plans = PlanRowShape(many=True)


class CriterionShape(Shape):
    """What leads to a level."""

    level = serializers.CharField()
    when = serializers.DictField(help_text="The plan's condition on the facts")
    citation = serializers.CharField()
    origin = serializers.CharField()
    why = serializers.CharField()


class RoleShape(Shape):
    """A role as the plan names it, and the post it means."""

    role = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField(help_text="post, external, local, anyone, system or body")
    post = serializers.CharField()
    tier = serializers.CharField(help_text="Empty: the nearest unit that has such a post")


class ToldShape(Shape):
    """Who is told at a level."""

    platform = serializers.BooleanField(help_text="Whether it is pushed to the platform")
    phone = RoleShape(many=True)
    report_to = RoleShape(many=True)


class HandlingShape(Shape):
    """Which tier handles it."""

    tier = serializers.CharField()
    title = serializers.CharField()


class LevelShape(Shape):
    """A level of a plan."""

    id = serializers.CharField()
    rank = serializers.IntegerField(help_text="1 is the highest")
    roman = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    limbs = CriterionShape(many=True)
    signatories = RoleShape(many=True)
    recipients = ToldShape()
    handling = HandlingShape(allow_null=True)


class PlanClockShape(Shape):
    """A time limit as the plan has it, and whether the system watches it."""

    id = serializers.CharField()
    title = serializers.CharField()
    start = serializers.CharField(help_text="Kind of journal entry")
    stop = serializers.CharField(help_text="Kind of journal entry")
    duration = serializers.CharField(help_text="ISO 8601, or the plan's word")
    level = serializers.CharField(allow_null=True)
    citation = serializers.CharField()
    origin = serializers.CharField()
    watched = serializers.BooleanField()
    unwatched = serializers.ListField(
        child=serializers.CharField(), help_text="Why it is not watched, or what is left out"
    )


class CitedShape(Shape):
    """A line of a plan, and where it stands."""

    id = serializers.CharField()
    title = serializers.CharField()
    citation = serializers.CharField()


class PlanSquadShape(CitedShape):
    """A squad of a plan."""

    duties = serializers.ListField(child=serializers.CharField())


class PlanPartShape(Shape):
    """A part of a plan."""

    id = serializers.CharField()
    title = serializers.CharField()
    acted_on = serializers.BooleanField(help_text="Whether the system does something by it")
    lines = CitedShape(many=True)


class LifeLineShape(Shape):
    """A line of life safety; it stands in every plan."""

    id = serializers.CharField()
    title = serializers.CharField()


class PlanChecklistShape(Shape):
    """A checklist of a plan."""

    id = serializers.CharField()
    title = serializers.CharField()
    items = CitedShape(many=True)


class PlanShape(PlanRowShape):
    """One version of a plan, whole."""

    sha256 = serializers.CharField()
    loaded_at = serializers.DateTimeField()
    levels = LevelShape(many=True)
    floors = CriterionShape(many=True)
    clocks = PlanClockShape(many=True)
    categories = CitedShape(many=True)
    squads = PlanSquadShape(many=True)
    parts = PlanPartShape(many=True)
    life_safety = LifeLineShape(many=True)
    checklists = PlanChecklistShape(many=True)


class EvaluatedSeatShape(Shape):
    """Who would be asked to sign."""

    role = serializers.CharField()
    post = serializers.CharField()
    unit = serializers.CharField(help_text="The unit's code")
    holder = serializers.CharField(help_text="Name")
    by = serializers.CharField()


class EvaluationShape(Shape):
    """What would be proposed for some facts, why, who would sign, who would be told."""

    plan = PlanReferenceShape()
    at = serializers.DateTimeField()
    level = serializers.CharField(allow_null=True, help_text="Null: none")
    reasons = ReasonShape(many=True)
    signatory = EvaluatedSeatShape(allow_null=True)
    recipients = ToldShape(allow_null=True)
    clocks = PlanClockShape(many=True)


class PlanStepShape(Shape):
    """A version came into a state."""

    state = serializers.ChoiceField(choices=PlanState.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="Username; null: the server's own console")
    reason = serializers.CharField()


class PlanVersionShape(Shape):
    """A version with everything that has happened to it."""

    id = serializers.CharField()
    version = serializers.IntegerField()
    ref = serializers.CharField(help_text="ID@VERSION")
    state = serializers.ChoiceField(choices=PlanState.choices)
    sha256 = serializers.CharField()
    in_force_from = serializers.DateTimeField(allow_null=True)
    in_force_to = serializers.DateTimeField(allow_null=True)
    steps = PlanStepShape(many=True)


class PlanVersionsShape(Shape):
    """Every version of a plan, the newest first."""

    versions = PlanVersionShape(many=True)


class PlanChangeShape(Shape):
    """One thing that is said otherwise."""

    about = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class PlanSectionShape(Shape):
    """What a section says otherwise."""

    title = serializers.CharField()
    changes = PlanChangeShape(many=True)


class PlanDifferenceShape(Shape):
    """What one version says otherwise than another."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    sections = PlanSectionShape(many=True)
