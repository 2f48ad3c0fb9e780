"""What goes in and out of the versions' API."""

from django.utils.translation import get_language
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField
from plans.lifecycle.models import PlanStep, PlanVersion
from plans.versions.difference import Section


class FileSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=300, help_text="What changed, and who decided it.")


class PutInForceSerializer(FileSerializer):
    credential = serializers.CharField(
        max_length=256, trim_whitespace=False, help_text="Password or one-time code."
    )
    valid_from = ApiDayField(required=False, help_text="Of a campaign: its first day.")
    valid_to = ApiDayField(required=False, help_text="Of a campaign: its last day.")
    place = serializers.CharField(required=False, max_length=200)
    reviewed_by = serializers.CharField(
        required=False, max_length=150, help_text="Of a campaign: the username of who has reviewed it."
    )


def version(one: PlanVersion) -> dict:
    """A version with everything that has happened to it."""
    return {
        "id": one.plan.plan_id,
        "version": one.version,
        "ref": one.ref,
        "state": one.state,
        "sha256": one.sha256,
        "in_force_from": one.in_force_from,
        "in_force_to": one.in_force_to,
        "steps": [_step(step) for step in one.steps.all()],
    }


def _step(step: PlanStep) -> dict:
    return {
        "state": step.state,
        "at": step.at,
        "by": step.by.username if step.by else None,
        "reason": step.reason,
    }


def sections(found: list[Section]) -> list[dict]:
    language = get_language()
    return [
        {
            "title": section.title.in_language(language),
            "changes": [
                {
                    "about": change.about.in_language(language),
                    "before": change.before.in_language(language),
                    "after": change.after.in_language(language),
                }
                for change in section.changes
            ],
        }
        for section in found
    ]
