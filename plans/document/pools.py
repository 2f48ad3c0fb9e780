"""The pools of experts that a plan names: how many, of which kinds, how soon. Pure, like the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plans.document.words import Words, named
from plans.engine.evaluation import Document


@dataclass(frozen=True, slots=True)
class ExpertKind:
    id: str
    words: Words


@dataclass(frozen=True, slots=True)
class Pool:
    id: str
    words: Words
    #: How many the plan asks for; 0: it names no figure.
    size: int = 0
    #: Within which duration somebody of it arrives ("PT30M"); empty: the plan is silent.
    arrive: str = ""
    kinds: tuple[ExpertKind, ...] = ()
    cite: str = ""


def pools_of(document: Document) -> tuple[Pool, ...]:
    return tuple(map(_pool, document.get("pools", ())))


def _pool(entry: Mapping[str, Any]) -> Pool:
    return Pool(
        id=entry["id"],
        words=named(entry),
        size=entry.get("size", 0),
        arrive=entry.get("arrive", ""),
        kinds=tuple(map(_kind, entry.get("kinds", ()))),
        cite=entry.get("cite", ""),
    )


def _kind(entry: Any) -> ExpertKind:
    """A kind that is written as a plain word is its own id."""
    full = {"id": entry, "zh": entry} if isinstance(entry, str) else entry
    return ExpertKind(full["id"], named(full))
