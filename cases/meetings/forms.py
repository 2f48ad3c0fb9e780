"""What is typed, or sent over the API, about a daily meeting."""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField
from incidents.steps.forms import StepForm

_SENTENCE = 250


class MeetingForm(forms.Form):
    note = forms.CharField(
        label=_("What it was about, in a sentence"),
        max_length=_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The matter, not the persons."),
    )
    at = StepForm.base_fields["at"]


class MeetingSerializer(StrictSerializer):
    unit = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=_SENTENCE)
    at = ApiMomentField(required=False, allow_null=True, default=None)
