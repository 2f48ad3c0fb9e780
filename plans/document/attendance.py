"""Bands of attendance: which other agencies attend at which headcount. Pure; they are told by people, not by notices."""

from typing import Any, NamedTuple

from plans.document.chapters import Sentence, chapters_of, obligations_of
from plans.document.sections import Role, role_of
from plans.document.words import Words, named, words
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


class Band(NamedTuple):
    """One line of the table of who must attend."""

    id: str
    words: Words
    #: The headcount in the plan's own words.
    text: Words
    attending: Attending


def bands_of(document: Document) -> tuple[Band, ...]:
    """The table of an attendance plan, the smallest headcount first."""
    ranked = sorted(document.get("levels", ()), key=lambda level: -level["rank"])
    return tuple(
        Band(one["id"], named(one), words(one.get("text")), attending(document, one["id"])) for one in ranked
    )


def presence_of(document: Document) -> tuple[Sentence, ...]:
    """Who stays until the scene is closed, in the plan's words."""
    kinds = {entry.get("id"): entry.get("kind") for entry in document.get("obligations", ())}
    return tuple(one for one in obligations_of(document) if kinds.get(one.id) == "presence")


def reception_of(document: Document) -> tuple[Sentence, ...]:
    """Who receives people, single, joint or a leader: the lines of the plan's chapter about it."""
    return tuple(
        line for chapter in chapters_of(document) if chapter.id == "follow_up" for line in chapter.lines
    )
