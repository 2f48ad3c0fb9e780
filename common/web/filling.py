"""A form that is partly filled in, and what a template has for the fields that are still empty."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TemplateField(forms.ChoiceField):
    """Offers templates. It is a help for other fields and nothing of its own: what it holds hinders no sending."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False, help_text=_("Fills in what is empty; nothing you typed is changed."), **kwargs
        )

    def valid_value(self, value):
        return True


def typed_in(form: forms.BaseForm) -> dict[str, Any]:
    """Form field → what was sent for it, whether or not that is in order: first values of the form's next drawing."""
    return {bound.name: bound.data for bound in form}


def filled(typed: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed stays; only what is empty is taken from the template."""
    return {**typed, **{name: value for name, value in template.items() if is_empty(typed.get(name))}}


def is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
