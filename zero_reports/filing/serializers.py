"""Is what came over the API well formed, and what goes back?"""

from datetime import UTC

from django.urls import reverse
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from zero_reports.counts.queries import Summary, UnitRow
from zero_reports.filing.actions import Item
from zero_reports.filing.choices import Answer
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.rules import Counts


class ItemSerializer(StrictSerializer):
    """`class` (one of the plan's), `count`, `note`; or `incident`, the number of one already recorded."""

    count = serializers.IntegerField(min_value=1, max_value=99_999, default=1)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
    incident = serializers.CharField(max_length=60, allow_blank=True, default="")

    def get_fields(self):
        # `class` cannot be the name of an attribute.
        name = serializers.CharField(max_length=20, allow_blank=True, default="", source="dispute_class")
        return {"class": name, **super().get_fields()}

    def validate(self, given):
        if not given["dispute_class"] and not given["incident"]:
            raise serializers.ValidationError({"class": ["give a class or an incident"]})
        return Item(**given)


class ItemsField(serializers.ListField):
    """A list of items. A form's outbox sends rows by number ({"0": {…}}), empty ones among them: both are read."""

    child = ItemSerializer()

    def to_internal_value(self, data):
        if isinstance(data, dict):
            rows = [data[number] for number in sorted(data, key=lambda name: (len(name), name))]
            data = [row for row in rows if not is_empty(row)]
        return super().to_internal_value(data)


def is_empty(row) -> bool:
    """A row of a form in which nothing but the preset count is filled in."""
    return isinstance(row, dict) and not any(row.get(name) for name in ("class", "note", "incident"))


class ReportSerializer(StrictSerializer):
    answer = serializers.ChoiceField(choices=Answer.choices)
    items = ItemsField(max_length=50, required=False, default=list)
    #: When the form was opened, as the page marked it; for the burden meter.
    opened = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


def receipt(report: ZeroReport) -> dict:
    """The answer to a filing."""
    return {
        "receipt": report.receipt,
        "received_at": report.received_at,
        "on_time": report.on_time,
        "version": report.version,
        "unit": report.unit.code,
        "period": str(report.period),
        "page": reverse("zero-report", args=[report.unit.code, report.period]),
    }


def version(report: ZeroReport) -> dict:
    """One version, whole."""
    return {
        **receipt(report),
        "answer": report.answer,
        "items": [
            {
                "class": item.dispute_class,
                "count": item.count,
                "note": item.note,
                "incident": item.incident.number if item.incident else None,
            }
            for item in report.items.all()
        ],
        "due_at": report.due_at,
        "filed_by": str(report.filed_by or ""),
        "post": report.post,
        "on_behalf": report.on_behalf,
        "via": report.via,
    }


def counts(of: Counts) -> dict:
    return {
        "expected": of.expected,
        "received": of.received,
        "nil": of.nil,
        "with_items": of.with_items,
        "missing": of.missing,
        "late": of.late,
    }


def summary(found: Summary) -> dict:
    return {
        "unit": found.unit.code,
        "period": str(found.period),
        "due_at": found.due_at.astimezone(UTC) if found.due_at else None,
        **counts(found.counts),
        "own": _own(found.own),
        "children": [{**_own(line), **counts(line.counts)} for line in found.children],
    }


def _own(line: UnitRow) -> dict:
    """What the unit itself said; null where it is not asked."""
    said = (line.answer or "silent") if line.is_asked or line.answer else None
    return {"unit": line.unit.code, "name": str(line.unit), "tier": line.unit.tier, "answer": said}
