"""What is still open at a unit that is about to end. The rooms above say it; nothing of it moves by itself."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from common.hooks import Hook


class Waiting(NamedTuple):
    #: In the reader's language, such as "open incidents".
    words: str
    many: int


#: fn(paths of units) → what of the room's is open there.
OPEN: Hook[Callable[[list[str]], Waiting]] = Hook()


def waiting_at(paths: Iterable[str]) -> list[Waiting]:
    """What is open at these units and everything below them (one query for each room)."""
    paths = list(paths)
    return [one for open_at in OPEN if (one := open_at(paths)).many]
