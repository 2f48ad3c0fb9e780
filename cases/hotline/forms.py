"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cases.hotline.classes import MOST
from common.api.serializers import StrictSerializer


class TotalsFileForm(forms.Form):
    file = forms.FileField(label=_("File"))


class TotalSerializer(StrictSerializer):
    """The four columns of the table and no other: a caller or a content has no field."""

    month = serializers.CharField(max_length=20)
    unit = serializers.CharField(max_length=20)
    count = serializers.IntegerField(min_value=0, max_value=MOST)

    def get_fields(self):
        return {"class": serializers.CharField(max_length=60), **super().get_fields()}


class TotalsSerializer(StrictSerializer):
    """`check`: only say what each total would do."""

    totals = TotalSerializer(many=True, allow_empty=False, max_length=2000)
    check = serializers.BooleanField(default=False)
