"""What goes in and out of the plans' API."""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Unit
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField
from plans.document.life_safety import LIFE_LINES
from plans.document.parts import parts_of
from plans.document.sections import (
    Actions,
    ClockLine,
    Role,
    actions_for,
    categories_of,
    checklists_of,
    clocks_of,
    squads_of,
)
from plans.document.words import Words, words
from plans.engine.evaluation import Criterion, Proposal, criteria_of, levels_of
from plans.engine.facts import SENTENCES, FactProblem, Facts
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.watched import watch_of
from plans.people import holders
from plans.shapes import GivenFactsShape


@extend_schema_field(GivenFactsShape)
class FactsField(serializers.JSONField):
    """Facts by name, read into `Facts`; each fault is named under its fact."""

    def to_internal_value(self, data):
        try:
            return Facts.from_dict(super().to_internal_value(data))
        except FactProblem as fault:
            raise serializers.ValidationError(
                {name: [_(SENTENCES[code])] for name, code in fault.fields.items()}
            ) from fault


class EvaluateSerializer(StrictSerializer):
    facts = FactsField(help_text="The facts of the event, as in an alarm.")
    unit = serializers.CharField(
        required=False, help_text="Code of the unit where it happens; without it the caller's own."
    )
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="Which version; without it the one in force, else the last one.",
    )
    at = ApiMomentField(
        required=False, help_text="For which moment people are named; the present without it."
    )


def here(said: Words) -> str:
    return said.in_language(get_language())


def summary(version: PlanVersion) -> dict:
    source = version.document["source"]
    return {
        "id": version.plan.plan_id,
        "version": version.version,
        "ref": version.ref,
        "title": version.plan.title,
        "kind": version.plan.kind,
        "state": version.state,
        "unit": version.plan.owner_unit.code if version.plan.owner_unit else None,
        "in_force_from": version.in_force_from,
        "in_force_to": version.in_force_to,
        "source": {"complete": source.get("complete", True), "truncated_at": source.get("truncated_at")},
        "url": f"/api/v1/plans/{version.plan.plan_id}/",
    }


def detail(version: PlanVersion) -> dict:
    document = version.document
    return {
        **summary(version),
        "sha256": version.sha256,
        "loaded_at": version.loaded_at,
        "levels": [_level(document, level.id) for level in levels_of(document)],
        "floors": [_criterion(c) for c in criteria_of(document) if c.kind == "floor"],
        "clocks": [clock(line) for line in clocks_of(document)],
        "categories": [
            {"id": c.id, "title": here(c.words), "citation": c.cite} for c in categories_of(document)
        ],
        "squads": [
            {
                "id": s.id,
                "title": here(s.words),
                "duties": [here(duty) for duty in s.duties],
                "citation": s.cite,
            }
            for s in squads_of(document)
        ],
        "parts": [
            {
                "id": part.id,
                "title": part.title,
                "acted_on": bool(part.acts),
                "lines": [
                    {"id": line.id, "title": here(line.words), "citation": line.cite} for line in part.lines
                ],
            }
            for part in parts_of(document)
        ],
        "life_safety": [{"id": item.id, "title": here(item.words)} for item in LIFE_LINES],
        "checklists": [
            {
                "id": checklist.id,
                "title": here(checklist.words),
                "items": [{"id": i.id, "title": here(i.words), "citation": i.cite} for i in checklist.items],
            }
            for checklist in checklists_of(document)
        ],
    }


def _level(document: dict, level_id: str) -> dict:
    actions = actions_for(document, level_id)
    level = next(level for level in levels_of(document) if level.id == level_id)
    entry = next(entry for entry in document["levels"] if entry["id"] == level_id)
    return {
        "id": level.id,
        "rank": level.rank,
        "roman": level.roman,
        "title": here(level.words),
        "text": here(words(entry.get("text"))),
        "limbs": [_criterion(c) for c in criteria_of(document) if c.kind == "limb" and c.level == level_id],
        "signatories": [role(r) for r in actions.signatories],
        "recipients": _told(actions),
        "handling": {"tier": actions.handling.tier, "title": here(actions.handling.words)}
        if actions.handling
        else None,
    }


def _criterion(criterion: Criterion) -> dict:
    return {
        "level": criterion.level,
        "when": dict(criterion.when),
        "citation": criterion.cite,
        "origin": criterion.origin,
        "why": here(criterion.why),
    }


def role(of: Role) -> dict:
    return {"role": of.name, "title": here(of.words), "kind": of.kind, "post": of.post, "tier": of.tier}


def _told(actions: Actions) -> dict:
    return {
        "platform": actions.platform,
        "phone": [role(r) for r in actions.phone],
        "report_to": [role(r) for r in actions.report_to],
    }


def clock(line: ClockLine) -> dict:
    """A time limit as the plan has it, and whether the system watches it: `unwatched` says why it does not, or what
    it leaves out."""
    watch = watch_of(line)
    return {
        "id": line.id,
        "title": here(line.words),
        "start": line.start,
        "stop": line.stop,
        "duration": line.duration,
        "level": line.when_level or None,
        "citation": line.cite,
        "origin": line.origin,
        "watched": watch.is_watched,
        "unwatched": list(watch.because),
    }


def evaluation(version: PlanVersion, proposal: Proposal, unit: Unit | None, now: datetime) -> dict:
    """The answer of a rehearsal: what would be proposed, why, who would sign, who would be told."""
    language = get_language() or ""
    answer = {
        "plan": {"id": version.plan.plan_id, "version": version.version},
        "at": now,
        "level": proposal.level.id if proposal.level else None,
        "reasons": [reason.as_dict(language) for reason in proposal.reasons],
    }
    if proposal.level is None:
        return {**answer, "signatory": None, "recipients": None, "clocks": []}
    actions = actions_for(version.document, proposal.level.id)
    seat = holders.signatory(version.document, proposal.level.id, unit, now) if unit else None
    return {
        **answer,
        "signatory": holders.as_seen(seat, language),
        "recipients": _told(actions),
        "clocks": [clock(line) for line in actions.clocks],
    }
