"""The kits of materials that a plan names, as lists to check. Pure, like the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plans.document.words import Words, named
from plans.engine.evaluation import Document


@dataclass(frozen=True, slots=True)
class KitItem:
    id: str
    words: Words
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    id: str
    words: Words
    cite: str = ""
    items: tuple[KitItem, ...] = ()


def kits_of(document: Document) -> tuple[Kit, ...]:
    return tuple(
        Kit(entry["id"], named(entry), entry.get("cite", ""), tuple(map(_item, entry["items"])))
        for entry in document.get("kits", ())
    )


def _item(entry: Mapping[str, Any]) -> KitItem:
    return KitItem(entry["id"], named(entry), entry.get("cite", ""))
