"""The official forms as Django forms, made from their table of fields."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.official_forms.choices import Field, FormKind, fields_of
from cases.official_forms.models import OfficialForm
from common.dates.date_fields import day_field
from zero_reports.filing.classes import classes_at

MOST = 10_000_000


def form_for(form: OfficialForm, *, sending: bool, at: datetime, **kwargs) -> forms.Form:
    """The controls of an official form. A draft may have gaps; what is sent may not."""
    classes = classes_at(form.unit, at)
    fields = fields_of(form.kind, {**classes, **form.classes})
    made = {field.name: _control(field, classes, required=field.required and sending) for field in fields}
    return type("OfficialFormForm", (forms.Form,), made)(**kwargs)


def cleaned(form: forms.Form) -> dict:
    """What was entered, as it is stored: dates as text, nothing else changed."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in form.cleaned_data.items()
    }


def _control(field: Field, classes: Mapping[str, str], required: bool) -> forms.Field:
    shared = {"label": field.label, "required": required}
    if field.kind == "number":
        return forms.IntegerField(min_value=0, max_value=MOST, **shared)
    if field.kind == "date":
        return day_field(**shared)
    if field.kind == "class":
        return forms.ChoiceField(choices=[("", "–"), *classes.items()], **shared)
    if field.kind == "choice":
        assert field.choices is not None
        return forms.ChoiceField(choices=[("", "–"), *field.choices.choices], **shared)
    if field.kind == "many":
        assert field.choices is not None
        return forms.MultipleChoiceField(
            choices=field.choices.choices, widget=forms.CheckboxSelectMultiple, **shared
        )
    if field.kind == "long":
        return forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **shared)
    return forms.CharField(max_length=120, **shared)


class BeginForm(forms.Form):
    """A form of a unit, not about a matter: the month's statistics. A supervision visit brings its F8 along."""

    kind = forms.ChoiceField(label=_("Form"), choices=[(FormKind.F1.value, FormKind.F1.label)])
    day = day_field(label=_("Day (of F1: any day of the month)"))
