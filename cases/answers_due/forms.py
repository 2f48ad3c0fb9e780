"""What is typed, or sent over the API, about the hour of the digest."""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import HOUR, hour_field


class HourForm(forms.Form):
    hour = hour_field(label=_("Every day at"), required=False, help_text=_("Empty: nothing is sent."))
    also_when_empty = forms.BooleanField(label=_("Also on a day without an answer due"), required=False)


class HourSerializer(StrictSerializer):
    unit = serializers.CharField(max_length=40)
    hour = serializers.TimeField(allow_null=True, input_formats=[HOUR, f"{HOUR}:%S"])
    also_when_empty = serializers.BooleanField(required=False, default=False)
