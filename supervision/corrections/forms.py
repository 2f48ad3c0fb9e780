"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField, day_field
from common.dates.local_time import day_of
from supervision.corrections.choices import Show
from supervision.corrections.queries import CorrectionCard


class CorrectionForm(forms.Form):
    danger = forms.CharField(
        label=_("Hidden danger"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A room, a line, a procedure of the agency; never a person."),
    )  # fmt: skip
    measures = forms.CharField(
        label=_("What is to be put right"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    responsible = forms.CharField(label=_("Responsible post"), max_length=120)
    due_date = day_field(label=_("To be corrected by"))


class CorrectionActForm(forms.Form):
    """What any of the verbs may bring; the action says what is missing."""

    report = forms.CharField(label=_("What was done"), max_length=500, required=False)
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
    due_date = day_field(label=_("To be corrected by"), required=False)


class CorrectionSearchForm(forms.Form):
    show = forms.ChoiceField(label=pgettext_lazy("corrections", "Show"), choices=Show, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)


class CorrectionSerializer(StrictSerializer):
    """`unit`: code of the visited unit (default) or one below it."""

    danger = serializers.CharField(max_length=300)
    measures = serializers.CharField(max_length=300)
    responsible = serializers.CharField(max_length=120)
    due_date = ApiDayField()
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class CorrectionActSerializer(StrictSerializer):
    """`report` when reported; `reason` for everything else, with `due_date` when more time is asked for."""

    report = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    due_date = ApiDayField(required=False, allow_null=True, default=None)


def detail(card: CorrectionCard) -> dict:
    row = card.row
    return {
        "number": row.number,
        "visit": row.visit.number,
        "unit": row.unit.code,
        "danger": row.danger,
        "measures": row.measures,
        "responsible": row.responsible,
        "state": row.state,
        "due_date": day_of(row.due_at),
        "first_due_date": day_of(row.first_due_at),
        "extensions": row.extensions,
        "asked_due_date": day_of(row.asked_due_at) if row.asked_due_at else None,
        "overdue": card.is_overdue,
        "report": row.report or None,
        "reported_at": row.reported_at,
        "verified_at": row.verified_at,
        "reason": row.reason or None,
        "may": card.verbs,
        "rev": row.rev,
    }
