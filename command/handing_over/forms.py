"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from command.linkage.choices import Way
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField, moment_field
from resources.partners.choices import PartnerKind
from resources.partners.models import Partner


class HandOverForm(forms.Form):
    partner = forms.TypedChoiceField(
        label=_("Agency of the directory"), required=False, coerce=int, empty_value=None
    )
    agency_kind = forms.ChoiceField(
        label=_("Kind of agency"), choices=PartnerKind, initial=PartnerKind.OTHER, required=False
    )
    agency = forms.CharField(
        label=_("Agency"), max_length=80, required=False, help_text=_("Where it is not in the directory.")
    )
    to_whom = forms.CharField(label=_("To whom there (by post)"), max_length=80)
    what = forms.CharField(
        label=_("What is handed over"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The event, not the persons."),
    )  # fmt: skip
    way = forms.ChoiceField(label=_("How they were told"), choices=Way)
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))

    def __init__(self, *args, partners: list[Partner], **kwargs):
        super().__init__(*args, **kwargs)
        named = [(one.pk, f"{one.name} · {one.get_kind_display()}") for one in partners]
        self.fields["partner"].choices = [("", _("Not in the directory")), *named]


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("What they said"), max_length=300)


class HandOverSerializer(StrictSerializer):
    """Either a `partner` of the directory, or the agency's kind and name."""

    partner = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**62
    )
    agency_kind = serializers.ChoiceField(
        choices=PartnerKind.choices, required=False, default=PartnerKind.OTHER
    )
    agency = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    to_whom = serializers.CharField(max_length=80)
    what = serializers.CharField(max_length=500)
    way = serializers.ChoiceField(choices=Way.choices, required=False, default=Way.PHONE)
    at = ApiMomentField(required=False, allow_null=True, default=None)


class AgencyAnswerSerializer(StrictSerializer):
    answer = serializers.CharField(max_length=300)
    at = ApiMomentField(required=False, allow_null=True, default=None)


def detail(row) -> dict:
    return {
        "id": row.pk,
        "partner": row.partner_id,
        "agency_kind": row.agency_kind,
        "agency": row.agency,
        "what": row.what,
        "to_whom": row.to_whom,
        "way": row.way,
        "handed_at": row.handed_at,
        "post": row.post,
        "state": row.state,
        "answer": row.answer or None,
        "answered_at": row.answered_at,
    }
