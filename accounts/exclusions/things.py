"""The things that somebody can be kept from. The rooms above say which, how they are found and what belongs to them."""

from collections.abc import Callable
from typing import NamedTuple

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import not_found
from common.hooks import Hook, NamedHook


class Thing(NamedTuple):
    key: str
    number: str
    #: In charge: its leaders order and end a recusal, its duty room takes over what waits.
    unit: Unit
    #: Paths of every unit that works on it.
    paths: tuple[str, ...]
    url: str
    #: The journal's thread it belongs to, and whether it is a drill's.
    thread: str = ""
    drill: bool = False


#: By the journal's word ("demand"): fn(reach, number) → the thing. Raises NotFound where this person does not see it.
KINDS: NamedHook[Callable[[Reach, str], Thing]] = NamedHook()


def find_thing(reach: Reach, kind: str, number: str) -> Thing:
    """Raises NotFound also where nothing is of this kind."""
    if kind not in KINDS:
        raise not_found()
    return KINDS[kind](reach, number)


#: fn(key) → what belongs to the thing and is closed with it: keys, numbers, addresses.
PARTS: Hook[Callable[[str], list[tuple[str, str, str]]]] = Hook()


def parts_of(name: str) -> list[tuple[str, str, str]]:
    return [part for parts in PARTS for part in parts(name)]
