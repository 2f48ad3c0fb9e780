"""What is still open at a unit that is about to end. The rooms above say it; nothing of it moves by itself."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

Count = Callable[[list[str]], int]


class Waiting(NamedTuple):
    words: str
    many: int


_counts: list[tuple[object, Count]] = []


def register(words: object, count: Count) -> None:
    """`words` as a lazy translation ("open incidents"); `count` of the paths of units."""
    _counts.append((words, count))


def waiting_at(paths: Iterable[str]) -> list[Waiting]:
    """What is open at these units and everything below them (one query for each room)."""
    paths = list(paths)
    found = [Waiting(str(words), count(paths)) for words, count in _counts]
    return [one for one in found if one.many]
