"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from command.improvements.choices import Show
from command.improvements.queries import ImprovementCard
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField, day_field
from common.dates.local_time import day_of


class ImprovementForm(forms.Form):
    text = forms.CharField(
        label=_("What is to be done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the bureau itself will do better; nobody's name, no blame."),
    )  # fmt: skip
    owner = forms.ChoiceField(label=_("By whom"))
    due_date = day_field(label=_("By when"))

    def __init__(self, *args, owners=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "–"), *owners]


class ImprovementActForm(forms.Form):
    """What any of the verbs may bring; the action says what is missing."""

    report = forms.CharField(label=_("What was done"), max_length=500, required=False)
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
    due_date = day_field(label=_("By when"), required=False)
    owner = forms.CharField(label=_("By whom"), max_length=40, required=False)


class ImprovementSearchForm(forms.Form):
    show = forms.ChoiceField(label=pgettext_lazy("improvements", "Show"), choices=Show, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)


class ImprovementSerializer(StrictSerializer):
    """`owner`: "post:12", or "person:7" for somebody who holds a post at the unit that sets the task."""

    text = serializers.CharField(max_length=300)
    owner = serializers.CharField(max_length=40)
    due_date = ApiDayField()


class ImprovementActSerializer(StrictSerializer):
    """`report` when reported; `reason` when sent back, dropped, given another `due_date` or another `owner`."""

    report = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    due_date = ApiDayField(required=False, allow_null=True, default=None)
    owner = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


def detail(card: ImprovementCard) -> dict:
    row = card.row
    return {
        "id": row.pk,
        "about": card.about or None,
        "unit": row.unit.code,
        "owner": {"post": row.post_id, "person": row.person_id, "title": row.owner},
        "text": row.text,
        "due_date": day_of(row.due_at),
        "first_due_date": day_of(row.first_due_at),
        "date_changes": row.date_changes,
        "state": row.state,
        "overdue": card.is_overdue,
        "report": row.report or None,
        "reported_at": row.reported_at,
        "ended_at": row.ended_at,
        "reason": row.reason or None,
        "drill": row.drill,
        "may": card.verbs,
        "rev": row.rev,
    }
