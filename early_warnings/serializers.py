"""Is what came over the API well formed, and what goes back?"""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from early_warnings.models import EarlyWarning
from early_warnings.proposals.actions import Statement
from early_warnings.queries import seats
from incidents.serializers import reasons_in


class StatementSerializer(StrictSerializer):
    """What is left out is taken from the incident and its plan."""

    level = serializers.CharField(max_length=20)
    reason = serializers.CharField(max_length=2000)
    matter = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    area = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    measures = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")

    def to_internal_value(self, data):
        given = super().to_internal_value(data)
        statement = Statement(
            **{name: given.pop(name) for name in ("level", "reason", "matter", "area", "measures")}
        )
        return {**given, "statement": statement}


class NewWarningSerializer(StatementSerializer):
    incident = serializers.CharField(max_length=60)


class SignSerializer(StrictSerializer):
    credential = serializers.CharField(max_length=200, trim_whitespace=False)
    remark = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class LiftSerializer(ReasonSerializer):
    credential = serializers.CharField(max_length=200, trim_whitespace=False)


class NothingSerializer(StrictSerializer):
    pass


def proposed(warning: EarlyWarning, now: datetime) -> dict:
    """The answer to a proposal."""
    seat = next(iter(seats(warning, now)), None)
    language = get_language() or "zh"
    return {
        **summary(warning),
        "signatory": seat
        and {
            "post": seat.title_en if language.startswith("en") else seat.title_zh,
            "holder": str(seat.holder),
            "unit": seat.unit.code,
        },
        "sign_by": warning.sign_by,
    }


def summary(warning: EarlyWarning) -> dict:
    """One warning in a list."""
    return {
        "number": warning.number,
        "url": reverse("api:early-warning", args=[warning.number]),
        "page": reverse("warning", args=[warning.number]),
        "incident": warning.incident.number,
        "unit": warning.unit.code,
        "state": warning.state,
        "level": warning.level,
        "matter": warning.matter,
        "drill": warning.drill,
        "drafted_at": warning.drafted_at,
        "proposed_at": warning.proposed_at,
        "sign_by": warning.sign_by,
        "signed_at": warning.signed_at,
        "pushed_at": warning.pushed_at,
        "in_force_at": warning.in_force_at,
        "lifted_at": warning.lifted_at,
        "adjusts": warning.adjusted_from.number if warning.adjusted_from else None,
        "rev": warning.rev,
    }


def detail(warning: EarlyWarning) -> dict:
    """One warning, whole."""
    return {
        **summary(warning),
        "owner": warning.owner,
        "category": warning.category or None,
        "area": warning.area,
        "measures": warning.measures,
        "reason": warning.reason,
        "proposed_level": warning.proposed_level or None,
        "reasons": reasons_in(get_language() or "zh", warning),
        "drafted_by": str(warning.drafted_by),
        "signatory": {"role": warning.signatory_role, "post": warning.signatory_title}
        if warning.signatory_role
        else None,
        "returned_at": warning.returned_at,
        "return_reason": warning.return_reason or None,
        "signed_by": str(warning.signed_by) if warning.signed_by else None,
        "signed_post": warning.signed_post.title if warning.signed_post else None,
        "signed_as": warning.signed_as or None,
        "signature": warning.signature or None,
        "remark": warning.remark or None,
        "lift_reason": warning.lift_reason or None,
    }
