"""The kinds of incident a plan knows: its forms of incident, its catalogue of risks, its scope. Never kinds of people.
Pure, like the engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plans.checks.findings import Finding, problem
from plans.document.words import Words, named, words
from plans.engine.evaluation import Document

_SECTIONS = ("incident_forms", "risk_catalogue", "event_scope")


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    words: Words


def kinds_of(document: Document) -> dict[str, Kind]:
    """Id → kind, in the order of the plan."""
    found = {}
    for section in _SECTIONS:
        for entry in document.get(section, ()):
            kind = Kind(entry, words(entry)) if isinstance(entry, str) else Kind(entry["id"], named(entry))
            found.setdefault(kind.id, kind)
    return found


def unknown_kinds(document: Mapping, section: str) -> Iterator[Finding]:
    """Of the entries of a section, those that are meant for a kind the plan does not have, or are there twice."""
    known, seen = kinds_of(document), set()
    for index, entry in enumerate(document.get(section, ())):
        path = f"{section}[{index}]"
        if "kind" in entry and entry["kind"] not in known:
            yield problem(
                f"{path}.kind", "There is no kind of incident “%(kind)s” in this plan.", kind=entry["kind"]
            )
        if entry["id"] in seen:
            yield problem(f"{path}.id", "The id “%(value)s” is used twice.", value=entry["id"])
        seen.add(entry["id"])
