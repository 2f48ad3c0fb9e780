"""Is a noted step well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField, moment_field


class StepForm(forms.Form):
    kind = forms.ChoiceField(label=_("What has happened"))
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("The matter, not the persons.")
    )

    def __init__(self, *args, steps=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = steps


class NotedStepSerializer(StrictSerializer):
    kind = serializers.CharField(max_length=60)
    at = ApiMomentField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
