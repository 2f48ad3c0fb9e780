"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.sign_in.credentials import CredentialField
from common.api.serializers import StrictSerializer


class SwitchForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands in the timeline for good: the matter, not the persons."),
    )
    credential = CredentialField(
        label=_("Your password or one-time code"),
    )


class SwitchSerializer(StrictSerializer):
    to = serializers.CharField(max_length=120, help_text='The version, such as "plan-id@3".')
    reason = serializers.CharField(max_length=300)
    credential = serializers.CharField(
        max_length=256, trim_whitespace=False, help_text="Password or one-time code."
    )
