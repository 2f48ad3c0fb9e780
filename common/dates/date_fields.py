"""Days, hours and moments from outside: in forms the browser's own pickers, in bodies of the API ISO 8601.

A value in the reader's own way of writing dates ("2026/11/28") leaves the picker empty, so these fields write and
read one form whatever the language. Moments are hours in Asia/Shanghai. None lies outside the calendar of
common.dates.days.
"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.dates.days import is_in_range

DAY = "%Y-%m-%d"
HOUR = "%H:%M"
MOMENT = "%Y-%m-%dT%H:%M"
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


def day_field(**kwargs) -> DayField:
    widget = forms.DateInput(attrs={"type": "date"}, format=DAY)
    return DayField(input_formats=[DAY], widget=widget, **kwargs)


def hour_field(**kwargs) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format=HOUR)
    return forms.TimeField(input_formats=[HOUR, f"{HOUR}:%S"], widget=widget, **kwargs)


def moment_field(**kwargs) -> MomentField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return MomentField(input_formats=[MOMENT, f"{MOMENT}:%S"], widget=widget, **kwargs)
