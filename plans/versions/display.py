"""One line of what a version says, and how values are said. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from plans.document.words import Words, words
from plans.engine.facts import same


class DisplayLine(NamedTuple):
    """One thing a version says. Lines with the same key are the same thing in two versions."""

    key: str
    about: Words
    says: Words


def keyed(pairs: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Number what shares a key, so that each has one of its own."""
    counts: dict[str, int] = {}
    for key, value in pairs:
        counts[key] = counts.get(key, 0) + 1
        yield f"{key}#{counts[key]}", value


def plain(value: Any) -> Words:
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    if isinstance(value, Mapping) and ("zh" in value or "en" in value):
        return words(value)
    return same(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
