"""Fields for days and moments in forms and in bodies of the API: none outside the calendar of common.days."""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.days import is_in_range

OUT_OF_RANGE = _("Give a day between 1950 and 2149.")


class DayField(forms.DateField):
    def to_python(self, value):
        return _checked(super().to_python(value), forms.ValidationError)


class MomentField(forms.DateTimeField):
    def to_python(self, value):
        try:
            found = super().to_python(value)
        except OverflowError:
            raise forms.ValidationError(OUT_OF_RANGE) from None
        return _checked(found, forms.ValidationError)


class ApiDayField(serializers.DateField):
    def to_internal_value(self, value):
        return _checked(super().to_internal_value(value), serializers.ValidationError)


class ApiMomentField(serializers.DateTimeField):
    def to_internal_value(self, value):
        try:
            found = super().to_internal_value(value)
        except OverflowError:
            raise serializers.ValidationError(OUT_OF_RANGE) from None
        return _checked(found, serializers.ValidationError)


def _checked(found, error):
    if found is not None and not is_in_range(found):
        raise error(OUT_OF_RANGE)
    return found
