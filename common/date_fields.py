"""Days, hours and moments in forms: the browser's own pickers, which understand ISO 8601 and nothing else.

A value in the reader's own way of writing dates ("2026/11/28") leaves the picker empty, so these fields write and
read one form whatever the language. Moments are hours in Asia/Shanghai. None lies outside the calendar.
"""

from django import forms

from common.day_fields import DayField, MomentField

DAY = "%Y-%m-%d"
HOUR = "%H:%M"
MOMENT = "%Y-%m-%dT%H:%M"


def day_field(**kwargs) -> DayField:
    widget = forms.DateInput(attrs={"type": "date"}, format=DAY)
    return DayField(input_formats=[DAY], widget=widget, **kwargs)


def hour_field(**kwargs) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format=HOUR)
    return forms.TimeField(input_formats=[HOUR, f"{HOUR}:%S"], widget=widget, **kwargs)


def moment_field(**kwargs) -> MomentField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return MomentField(input_formats=[MOMENT, f"{MOMENT}:%S"], widget=widget, **kwargs)
