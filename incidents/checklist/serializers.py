"""The checklist over the HTTP API."""

from collections.abc import Iterable

from django.utils.translation import get_language
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from incidents.checklist.queries import ChecklistLine
from incidents.choices import MarkOutcome
from plans.document.life_safety import LifeLine, checklist_of
from plans.document.sections import ChecklistItem
from plans.engine.evaluation import Document


class MarkSerializer(StrictSerializer):
    item = serializers.CharField(max_length=20)
    outcome = serializers.ChoiceField(choices=MarkOutcome.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


def rows(lines: Iterable[ChecklistLine]) -> list[dict]:
    """Every line with what has been marked, life safety first."""
    return [{**as_dict(row.line), "mark": _mark(row)} for row in lines]


def life_lines(document: Document) -> list[dict]:
    """The life-safety lines alone, for who has just raised the alarm (no query)."""
    return [as_dict(line) for line in checklist_of(document) if line.is_life]


def as_dict(line: LifeLine) -> dict:
    return {
        "item": line.item.id,
        "title": _said(line.item),
        "in_plan": _said(line.in_plan) if line.in_plan else None,
        "citation": line.cite,
        "life_safety": line.is_life,
        "holds_back": sorted(line.blocks),
    }


def _mark(row: ChecklistLine) -> dict | None:
    if row.mark is None:
        return None
    return {
        "outcome": row.mark.outcome,
        "note": row.mark.note,
        "at": row.mark.at,
        "by": str(row.mark.by),
    }


def _said(item: ChecklistItem) -> str:
    return item.words.in_language(get_language())
