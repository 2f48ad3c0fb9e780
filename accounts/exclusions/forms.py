"""What is typed, or sent over the API, about a recusal."""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.api.serializers import StrictSerializer

_SENTENCE = 250


class RecuseForm(forms.Form):
    person = forms.CharField(label=_("Account"), max_length=150, required=False)
    reason = forms.CharField(
        label=_("Why, in a sentence"),
        max_length=_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The interest, not more: relation, earlier part in it."),
    )


class EndForm(forms.Form):
    reason = forms.CharField(label=_("Why it ends, in a sentence"), max_length=_SENTENCE)


class NewRecusalSerializer(StrictSerializer):
    kind = serializers.CharField(max_length=40)
    number = serializers.CharField(max_length=60)
    person = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=_SENTENCE)


class EndRecusalSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=_SENTENCE)
