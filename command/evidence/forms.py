"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from command.evidence.actions import Kept
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField, moment_field


class CustodyForm(forms.Form):
    custodian = forms.CharField(label=_("Who keeps it, by post or unit"), max_length=80)
    place = forms.CharField(label=_("Where it is kept"), max_length=120)
    reason = forms.CharField(label=_("Why it went over to them"), max_length=300)
    at = moment_field(label=_("When"), required=False)


class EvidenceForm(forms.Form):
    what = forms.CharField(
        label=_("What it is"), max_length=300, help_text=_("The thing, not the persons: recording of the hall, 10:05–10:20.")
    )  # fmt: skip
    custodian = forms.CharField(label=_("Who keeps it, by post or unit"), max_length=80)
    place = forms.CharField(label=_("Where it is kept"), max_length=120)
    sha256 = forms.CharField(
        label=_("SHA-256 of the file"), max_length=90, required=False, help_text=_("If they have one. Nothing is uploaded."),
    )  # fmt: skip
    at = moment_field(label=_("When"), required=False, help_text=_("When it came about. Empty: now."))


class CustodySerializer(StrictSerializer):
    custodian = serializers.CharField(max_length=80)
    place = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=300)
    at = ApiMomentField(required=False, allow_null=True, default=None)


class EvidenceSerializer(StrictSerializer):
    what = serializers.CharField(max_length=300)
    custodian = serializers.CharField(max_length=80)
    place = serializers.CharField(max_length=120)
    sha256 = serializers.CharField(max_length=90, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


def kept_of(given: dict) -> Kept:
    """Takes who, where and why out of what was typed."""
    return Kept(given.pop("custodian"), given.pop("place"), given.pop("reason", ""))


def detail(line) -> dict:
    item = line.item
    return {
        "id": item.pk,
        "what": item.what,
        "sha256": item.sha256 or None,
        "collected_at": item.collected_at,
        "recorded_at": item.recorded_at,
        "post": item.post,
        "custody": [
            {
                "number": one.number,
                "custodian": one.custodian,
                "place": one.place,
                "reason": one.reason or None,
                "since": one.since,
            }
            for one in line.chain
        ],
    }
