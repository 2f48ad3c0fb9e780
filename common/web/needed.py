"""A field that may come empty and is asked for all the same: the action says what is missing, in its own words."""

from typing import TypeVar

from django import forms

Field = TypeVar("Field", bound=forms.Field)


def needed(field: Field) -> Field:
    """The field, whose label does not say "optional" (common.templatetags.fields)."""
    field.is_needed = True  # type: ignore[attr-defined]
    return field
