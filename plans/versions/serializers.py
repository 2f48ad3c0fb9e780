"""What goes in and out of the versions' API."""

from django.utils.translation import get_language
from rest_framework import serializers

from common.serializers import StrictSerializer
from plans.models import PlanStep, PlanVersion
from plans.versions.difference import Section


class FileSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=300, help_text="What changed, and who decided it.")


class PutInForceSerializer(FileSerializer):
    credential = serializers.CharField(
        max_length=256, trim_whitespace=False, help_text="Password or one-time code."
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
            "title": section.title.said_in(language),
            "changes": [
                {
                    "about": change.about.said_in(language),
                    "before": change.before.said_in(language),
                    "after": change.after.said_in(language),
                }
                for change in section.changes
            ],
        }
        for section in found
    ]
