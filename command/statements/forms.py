"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField, moment_field


class StatementForm(forms.Form):
    text = forms.CharField(
        label=_("What is to be released"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kind words: what happened, what is done, where to ask. No names, no numbers of people, no blame."),
    )  # fmt: skip


class StatementActForm(forms.Form):
    """What any of the verbs may bring; the action says what is missing."""

    text = forms.CharField(label=_("What is to be released"), max_length=2000, required=False)
    place = forms.CharField(label=_("Where it was released"), max_length=120, required=False)
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
    at = moment_field(label=_("When"), required=False)


class OfficialStatementSerializer(StrictSerializer):
    text = serializers.CharField(max_length=2000)


class StatementActSerializer(StrictSerializer):
    """`text` when revising, `place` and `at` when released, `reason` when discarded."""

    text = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


def detail(row) -> dict:
    return {
        "id": row.pk,
        "state": row.state,
        "text": row.text,
        "drafted_at": row.drafted_at,
        "approved_at": row.approved_at,
        "approver": row.issuer_post or None,
        "place": row.place or None,
        "released_at": row.released_at,
        "reason": row.reason or None,
    }


def first_detail(timer) -> dict:
    return {
        "first": timer.first,
        "title": timer.first.label,
        "since": timer.since,
        "done_at": timer.done_at,
        "due_at": timer.due_at,
        "state": timer.state,
        "minutes": timer.minutes,
        "cite": timer.cite or None,
    }
