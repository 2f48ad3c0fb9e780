"""Bands of attendance: which other agencies attend at which headcount. Pure; they are told by people, not by notices."""

from typing import Any, NamedTuple

from plans.document.sections import Role, role_of
from plans.engine.evaluation import Document


class Attending(NamedTuple):
    """Who attends at a level, as an attendance plan says it."""

    lead: tuple[Role, ...]
    support: tuple[Role, ...]


def attending(document: Document, level_id: str) -> Attending:
    """Who leads and who supports at the level; nobody where the plan does not say."""
    entry: Document = next((level for level in document.get("levels", ()) if level["id"] == level_id), {})
    return Attending(
        _roles(document, entry.get("attend_lead", ())), _roles(document, entry.get("attend_support", ()))
    )


def _roles(document: Document, names: Any) -> tuple[Role, ...]:
    named = (names,) if isinstance(names, str) else names
    return tuple(role_of(document, name) for name in named)
