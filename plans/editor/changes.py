"""What an editor does to a plan, as plain steps: put a value, drop something, add to a list. Pure."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: ("levels", 0, "match", "any_of", 1, "gte"): keys of mappings and places in lists, from the top.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """Say `value` at the path, whether or not something stands there."""

    path: Path
    value: Any


@dataclass(frozen=True, slots=True)
class Drop:
    """Take away what stands at the path: a key, or a place in a list."""

    path: Path


@dataclass(frozen=True, slots=True)
class Add:
    """Add `value` at the end of the list at the path; the list is begun if there is none."""

    path: Path
    value: Any


Change = Put | Drop | Add


def at(document: Any, path: Path) -> Any:
    """What stands at the path. Raises KeyError or IndexError where nothing does."""
    for step in path:
        document = document[step]
    return document


def found(document: Any, path: Path, default: Any = None) -> Any:
    try:
        return at(document, path)
    except (KeyError, IndexError, TypeError):
        return default


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Values first, then additions, then what is dropped, from the end: no step moves what a later one names.

    What is put inside something that is dropped is left out.
    """
    steps = list(changes)
    dropped = {step.path for step in steps if isinstance(step, Drop)}

    def is_kept(step: Change) -> bool:
        parents = {step.path[:length] for length in range(len(step.path) + (not isinstance(step, Drop)))}
        return not parents & dropped

    kept = [step for step in steps if is_kept(step)]
    drops = [step for step in kept if isinstance(step, Drop)]
    drops.sort(
        key=lambda step: [
            (isinstance(part, int), part if isinstance(part, int) else 0, str(part)) for part in step.path
        ],
        reverse=True,
    )
    return [
        *(step for step in kept if isinstance(step, Put)),
        *(step for step in kept if isinstance(step, Add)),
        *drops,
    ]


def applied(document: Mapping, changes: Iterable[Change]) -> dict:
    """The document after the changes; the one given stays as it is."""
    result = copy.deepcopy(dict(document))
    for change in in_order(changes):
        _apply(result, change)
    return result


def _apply(document: dict, change: Change) -> None:
    parent, last = _parent(document, change.path), change.path[-1]
    if isinstance(change, Drop):
        del parent[last]
    elif isinstance(change, Add):
        parent.setdefault(last, []).append(copy.deepcopy(change.value))
    else:
        parent[last] = copy.deepcopy(change.value)


def _parent(document: dict, path: Path) -> Any:
    """The mapping or list that holds the last step; mappings on the way are begun where there are none."""
    place: Any = document
    for step in path[:-1]:
        place = place.setdefault(step, {}) if isinstance(step, str) else place[step]
    return place
