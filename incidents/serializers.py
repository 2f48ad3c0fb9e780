"""Is what came over the API well formed, and what goes back?"""

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiTypes, extend_schema_field
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField
from common.errors import Invalid
from incidents.checklist.queries import checklist
from incidents.checklist.serializers import life_lines, rows
from incidents.choices import CoordinateSystem, MarkOutcome
from incidents.closing.answers import Answer
from incidents.reporting import addressee
from incidents.reporting.actions import Position
from incidents.reporting.fact_parsing import read_facts
from plans.engine.evaluation import finds_more
from plans.shapes import GivenFactsShape


@extend_schema_field(GivenFactsShape)
class FactsField(serializers.JSONField):
    """Facts by name, read into plans.engine.facts.Facts; each fault is named under its fact."""

    def to_internal_value(self, data):
        try:
            return read_facts(super().to_internal_value(data))
        except Invalid as invalid:
            raise serializers.ValidationError(
                {name: [str(s) for s in sentences] for name, sentences in invalid.fields.items()}
            ) from invalid


@extend_schema_field(OpenApiTypes.DOUBLE)
class DegreesField(serializers.DecimalField):
    def __init__(self, most: int):
        super().__init__(max_digits=9, decimal_places=6, min_value=-most, max_value=most)


class PositionSerializer(StrictSerializer):
    latitude = DegreesField(90)
    longitude = DegreesField(180)
    accuracy_m = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False, allow_null=True)
    crs = serializers.ChoiceField(choices=CoordinateSystem.choices, default=CoordinateSystem.UNKNOWN)

    def to_internal_value(self, data):
        return Position(**super().to_internal_value(_rounded(data)))


def _rounded(data):
    """Devices give fifteen decimals; six are ten centimetres."""
    if not isinstance(data, dict):
        return data
    numbers = {
        name: round(data[name], 6) for name in ("latitude", "longitude") if isinstance(data.get(name), float)
    }
    return {
        **data,
        **numbers,
        **({"accuracy_m": round(data["accuracy_m"])} if isinstance(data.get("accuracy_m"), float) else {}),
    }


class AlarmSerializer(StrictSerializer):
    client_id = serializers.CharField(max_length=64)
    unit = serializers.CharField(max_length=40)
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    what = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    known_at = ApiMomentField(required=False, allow_null=True, default=None)
    happened_at = ApiMomentField(required=False, allow_null=True, default=None)
    facts = FactsField(required=False, default=dict)
    position = PositionSerializer(required=False, allow_null=True, default=None)
    drill = serializers.BooleanField(required=False, default=False)

    def validate_facts(self, facts):
        return facts if facts != {} else read_facts({})


class ObservationSerializer(StrictSerializer):
    what = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    facts = FactsField(required=False, default=dict)
    at = ApiMomentField(required=False, allow_null=True, default=None)
    position = PositionSerializer(required=False, allow_null=True, default=None)

    def validate(self, given):
        if given["facts"] == {}:
            given["facts"] = read_facts({})
        if not given["what"] and not given["facts"].given and given["position"] is None:
            raise serializers.ValidationError({"what": ["say what was seen, or give a fact"]})
        return given


class LeftOpenAnswerSerializer(StrictSerializer):
    item = serializers.CharField(max_length=20)
    outcome = serializers.ChoiceField(choices=MarkOutcome.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class CloseSerializer(StrictSerializer):
    summary = serializers.CharField(max_length=4000, allow_blank=True)
    answers = LeftOpenAnswerSerializer(
        many=True, required=False, default=list, help_text="What became of each thing that was left open."
    )

    def validate_answers(self, given):
        return {one["item"]: Answer(one["outcome"], one["note"]) for one in given}


def reasons_in(language: str, incident) -> list[dict]:
    """The engine's reasons in one language: {level, rule, citation, found, kind, origin, why}."""
    return [reason["zh" if language.startswith("zh") else "en"] for reason in incident.reasons]


def shown_reasons(language: str, incident) -> list[dict]:
    """The same for a page: `again` where an earlier reason found the same and leads to the same level; what was found
    is left out where the limb says it already."""
    seen, shown = set(), []
    for reason in reasons_in(language, incident):
        same = reason["level"], reason["found"]
        shown.append({**said_once(reason), "again": bool(reason["found"]) and same in seen})
        seen.add(same)
    return shown


def said_once(reason: dict) -> dict:
    """A reason without what was found where its limb says that word for word."""
    return reason if finds_more(reason["rule"], reason["found"]) else reason | {"found": ""}


def plan_reference(incident) -> dict:
    plan_id, _, version = incident.plan.ref.partition("@")
    return {"id": plan_id, "version": int(version)}


def receipt(incident, *, named=None) -> dict:
    """The answer to an alarm, with the unit that got it; a note where the `named` one has ended."""
    return {
        "number": incident.number,
        "unit": incident.unit.code,
        "note": addressee.note(named or incident.unit, incident.unit),
        "url": _address(incident.number),
        "page": reverse("incident", args=[incident.number]),
        "withdraw_url": reverse("incident-retract", args=[incident.number]),
        "plan": plan_reference(incident),
        "proposed_level": incident.proposed_level or None,
        "reasons": reasons_in(get_language() or "zh", incident),
        "life_safety": life_lines(incident.plan.document),
    }


#: What `summary` reads: a list reads no more of fifty incidents.
SUMMARY_COLUMNS = (
    "number", "unit__code", "state", "place", "what", "level", "highest_level", "proposed_level", "happened_at",
    "known_at", "recorded_at", "drill", "rev",
)  # fmt: skip


@lru_cache(maxsize=4096)
def _address(number: str) -> str:
    """A number's address never changes, and a list has fifty."""
    return reverse("api:incident", args=[number])


def summary(incident) -> dict:
    """One incident in a list."""
    return {
        "number": incident.number,
        "url": _address(incident.number),
        "unit": incident.unit.code,
        "state": incident.state,
        "place": incident.place,
        "what": incident.what,
        "level": incident.level or None,
        "highest_level": incident.highest_level or None,
        "proposed_level": incident.proposed_level or None,
        "happened_at": incident.happened_at,
        "known_at": incident.known_at,
        "recorded_at": incident.recorded_at,
        "drill": incident.drill,
        "rev": incident.rev,
    }


def detail(incident) -> dict:
    """One incident, whole."""
    return {
        **summary(incident),
        "plan": plan_reference(incident),
        "source": incident.source,
        "category": incident.category or None,
        "facts": incident.facts,
        "reasons": reasons_in(get_language() or "zh", incident),
        "checklist": rows(checklist(incident)),
        "position": _position(incident),
        "merged_into": incident.merged_into.number if incident.merged_into else None,
        "closed_at": incident.closed_at,
        "summary": incident.summary,
    }


def _position(incident) -> dict | None:
    """As it was received or put right, with its system; null: none is known."""
    if incident.latitude is None:
        return None
    return {
        "latitude": float(incident.latitude),
        "longitude": float(incident.longitude),
        "accuracy_m": incident.accuracy_m,
        "crs": incident.crs,
    }


def entry(row, content: dict) -> dict:
    """One journal entry of a timeline."""
    return {
        "number": row.number,
        "at": row.at,
        "recorded_at": row.recorded_at,
        "kind": row.kind,
        "subject": row.subject,
        "unit": row.unit.code if row.unit else None,
        "actor": row.actor_name or None,
        "post": row.post or None,
        "level": row.level or None,
        "drill": row.drill,
        "content": content,
    }
