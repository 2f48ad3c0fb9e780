"""A campaign holds for some days and a place: what a plan asks for before it may be put in force. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from plans.engine.evaluation import Document

REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Term:
    """The days a version holds for, both included (None = open), where, and who has reviewed it (a User)."""

    valid_from: date | None = None
    valid_to: date | None = None
    place: str = ""
    reviewed_by: Any = None


NO_TERM = Term()

#: What the plan's `validity` calls it → the field of a term.
_FIELDS = {"from": "valid_from", "to": "valid_to", "place": "place", "reviewer": "reviewed_by"}


def asked_of(document: Document) -> tuple[str, ...]:
    """Which fields of a term whoever puts the plan in force has to give, in the order a form shows them."""
    validity = document.get("validity") or {}
    return tuple(field for key, field in _FIELDS.items() if validity.get(key) == REQUIRED)


def term_of(document: Document, given: Term = NO_TERM) -> Term:
    """The given term, with the days that the document itself fixes. Days the document fixes win."""
    validity = document.get("validity") or {}
    fixed = {
        field: date.fromisoformat(validity[key])
        for key, field in _FIELDS.items()
        if key in ("from", "to") and validity.get(key) not in (None, REQUIRED)
    }
    return replace(given, **fixed)


def missing_in(document: Document, term: Term) -> tuple[str, ...]:
    """The fields that the plan asks for and the term leaves empty."""
    return tuple(field for field in asked_of(document) if not getattr(term, field))
