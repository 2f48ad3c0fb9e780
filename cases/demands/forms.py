"""What is typed, or sent over the API, about a demand."""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cases.demands.choices import DemandOutcome
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField
from incidents.steps.forms import StepForm

_SENTENCE = 250
_LAW = 200
_NUMBER = 60


class TakeOnForm(forms.Form):
    office_number = forms.CharField(
        label=_("Number in the petition system"),
        max_length=_NUMBER,
        required=False,
        help_text=_("The number only: no name, no telephone."),
    )


class SaidForm(forms.Form):
    """One step: a sentence and when it happened."""

    note = forms.CharField(
        label=_("In a sentence"),
        max_length=_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The matter, not the persons."),
    )
    at = StepForm.base_fields["at"]


class ReplyForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What the reply says"), choices=DemandOutcome)
    law = forms.CharField(
        label=_("Legal basis"),
        max_length=_LAW,
        required=False,
        help_text=_("A reply that does not support the demand names it."),
    )
    note = SaidForm.base_fields["note"]
    at = StepForm.base_fields["at"]


class CloseForm(forms.Form):
    note = SaidForm.base_fields["note"]


class TakeOnSerializer(StrictSerializer):
    office_number = serializers.CharField(max_length=_NUMBER, required=False, allow_blank=True, default="")


class DemandStepSerializer(StrictSerializer):
    kind = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=_SENTENCE, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


class ReplySerializer(StrictSerializer):
    outcome = serializers.ChoiceField(choices=DemandOutcome)
    law = serializers.CharField(max_length=_LAW, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=_SENTENCE)
    at = ApiMomentField(required=False, allow_null=True, default=None)


class DemandCloseSerializer(StrictSerializer):
    note = serializers.CharField(max_length=_SENTENCE)
