"""What the API answers about plans and their versions."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.serializers import Shape, StrictSerializer
from plans.engine.facts import CODE, FACTS, LONGEST_TEXT, MOST, Fact
from plans.lifecycle.choices import PlanKind, PlanState


def _count(**more) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MOST, **more)


def _shape(name: str, base: type, doc: str, fields: dict) -> type[serializers.Serializer]:
    return type(name, (base,), {"__module__": __name__, "__doc__": doc, **fields})


class EstimateShape(Shape):
    """How many at least and at most."""

    low = _count()
    high = _count()


@extend_schema_field({"oneOf": [
    {"type": "integer", "minimum": 0, "maximum": MOST},
    {
        "type": "object",
        "properties": {end: {"type": ["integer", "null"], "minimum": 0, "maximum": MOST} for end in ("low", "high")},
        "additionalProperties": False,
        "minProperties": 1,
    },
    {"type": "null"},
]})  # fmt: skip
class _GivenRange(serializers.JSONField):
    """A number, or a lower and an upper estimate."""


def _field(fact: Fact, given: bool) -> serializers.Field:
    """One fact as it is answered; `given`: as it may be sent."""
    more: dict = {
        "required": False,
        "help_text": f"{fact.words.zh}: {fact.words.en}",
        **({"allow_null": True} if given else {}),
    }
    choices = [(code, words.en) for code, words in fact.choices.items()]
    match fact.kind:
        case "range":
            return _GivenRange(**more) if given else EstimateShape(**more)
        case "number":
            return _count(**more)
        case "set":
            return serializers.ListField(child=serializers.ChoiceField(choices=choices), **more)
        case "counts":
            name = "".join(part.capitalize() for part in fact.name.split("_"))
            counts = {
                code: _count(required=False, help_text=said, **({"allow_null": True} if given else {}))
                for code, said in choices
            }
            base, prefix = (StrictSerializer, "Given") if given else (Shape, "")
            return _shape(f"{prefix}{name}CountsShape", base, f"{fact.words.en}, by kind.", counts)(**more)
        case "choice":
            return serializers.ChoiceField(choices=choices, **more)
        case "yes_no":
            return serializers.BooleanField(**more)
        case "code":
            return serializers.RegexField(CODE, max_length=LONGEST_TEXT, **more)
        case _:
            return serializers.CharField(max_length=LONGEST_TEXT, **more)


FactsShape = _shape(
    "FactsShape", Shape, "What is known of the event: a fact that is not there is not known.",
    {name: _field(fact, given=False) for name, fact in FACTS.items()},
)  # fmt: skip
GivenFactsShape = _shape(
    "GivenFactsShape",
    StrictSerializer,
    "Facts of the event. Null counts as not given; `headcount_low` and `headcount_high` may stand for `headcount`.",
    {
        **{name: _field(fact, given=True) for name, fact in FACTS.items()},
        **{f"headcount_{end}": _count(required=False, allow_null=True) for end in ("low", "high")},
    },
)


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
