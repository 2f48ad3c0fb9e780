"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.api.serializers import StrictSerializer


class PlaceForm(forms.Form):
    place = forms.CharField(
        label=_("Where the code is shown"), max_length=120, help_text=_("The gate, the desk, the hall.")
    )


class CodeForm(forms.Form):
    code = forms.CharField(max_length=20, strip=True)


class PlaceSerializer(StrictSerializer):
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class CodeSerializer(StrictSerializer):
    code = serializers.CharField(max_length=20)


def detail(shown) -> dict:
    one = shown.code
    return {
        "id": one.pk,
        "place": one.place,
        "code": shown.digits.replace(" ", ""),
        "issued_at": one.issued_at,
        "expires_at": one.expires_at,
        "wrong_tries": one.wrong_tries,
    }
