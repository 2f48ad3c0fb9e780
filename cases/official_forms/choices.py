"""The words of the official forms: their kinds and their fields."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FormKind(models.TextChoices):
    """Those of the nine forms that are about matters. F6 and F7 are lists of people: this product keeps none."""

    F1 = "F1", _("F1 Statistics of dispute work")
    F2 = "F2", _("F2 Quick report of a major or difficult dispute")
    F3 = "F3", _("F3 Feedback on a major or difficult dispute")
    F4 = "F4", _("F4 Register of a major issue found")
    F5 = "F5", _("F5 Register of a major issue resolved")
    F8 = "F8", _("F8 Record of a supervision visit")


class FormState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("form", "Draft")
    SENT = "sent", pgettext_lazy("form", "Sent")


class Recipient(models.TextChoices):
    """Who gets quick report and feedback (三 2)."""

    GOVERNMENT = "government", _("Party committee and government of the same level")
    SUPERIOR = "superior", _("Superior department")
    CENTRE = "centre", _("Mediation service centre")


class Field(NamedTuple):
    """One field of a form. `kind`: text (up to 120 characters), long (500), number, date, choice, many."""

    name: str
    label: object
    kind: str = "text"
    required: bool = True
    choices: type[models.TextChoices] | None = None


class FormOutcome(models.TextChoices):
    AGREED = "agreed", _("Agreement reached")
    PART = "part", _("Agreement in part")
    NONE = "none", _("No agreement")
    PASSED_ON = "passed_on", _("Passed on by law")


_CLASS = Field("dispute_class", _("Class"), "class")
_WHAT = Field("what", _("What it is about (no names, no numbers)"), "long")
_RECIPIENTS = Field("recipients", _("Goes to"), "many", choices=Recipient)

FIELDS: dict[str, tuple[Field, ...]] = {
    FormKind.F1: (
        Field("screenings", _("Screenings carried out"), "number"),
        Field("settled", _("Of these settled"), "number"),
        Field("open", _("Still under way"), "number"),
        Field("analysis", _("Analysis, judgement and outlook"), "long", required=False),
    ),
    FormKind.F2: (
        _CLASS,
        Field("place", _("Place")),
        Field("people", _("How many people it concerns"), "number"),
        _WHAT,
        Field("measures", _("Measures taken"), "long"),
        Field("responsible", _("Responsible post")),
        _RECIPIENTS,
    ),
    FormKind.F3: (
        _CLASS,
        Field("outcome", _("Outcome of the mediation"), "choice", choices=FormOutcome),
        Field("result", _("What was agreed or decided"), "long"),
        Field("follow_up", _("What remains to be followed"), "long", required=False),
        _RECIPIENTS,
    ),
    FormKind.F4: (
        _CLASS,
        Field("found_on", _("Found on"), "date"),
        Field("place", _("Place")),
        Field("people", _("How many people it concerns"), "number"),
        _WHAT,
        Field("cause", _("Cause"), "long"),
        Field("leader_post", _("Leader in charge (post)")),
        Field("deadline", _("To be resolved by"), "date", required=False),
    ),
    FormKind.F5: (
        _CLASS,
        Field("resolved_on", _("Resolved on"), "date"),
        Field("outcome", _("Outcome of the mediation"), "choice", choices=FormOutcome),
        Field("result", _("How it was resolved"), "long"),
        Field("leader_post", _("Leader in charge (post)")),
        Field("remaining", _("What could flare up again"), "long", required=False),
    ),
    FormKind.F8: (
        Field("visited_on", _("Day of the visit"), "date"),
        Field("villages", _("Villages visited (number)"), "number"),
        Field("team", _("Supervision team (posts)")),
        Field("contents", _("What was looked at: disputes, petitions, major issues, duties"), "long"),
        Field("dangers", _("Hidden dangers found"), "long", required=False),
        Field("corrections", _("Corrections asked for"), "long", required=False),
        Field("correct_by", _("To be corrected by"), "date", required=False),
        Field("responsible", _("Responsible post")),
    ),
}  # fmt: skip

#: Of F1: how many were found, a number for each class of the plan.
FOUND = "found_"


def fields_of(kind: str, classes: Mapping[str, str]) -> tuple[Field, ...]:
    """The form's fields in order. `classes`: class → its words, as the plan lists them."""
    if kind != FormKind.F1:
        return FIELDS[kind]
    found = (Field(FOUND + name, words, "number", required=False) for name, words in classes.items())
    first, *rest = FIELDS[kind]
    return (first, *found, *rest)
