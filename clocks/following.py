"""Rows of rooms above that keep a copy of when something is due: told of every change that may move it.

Only of what is owed to people (kinds marked as `matter`): an alarm starts clocks too and asks nobody here.
"""

from collections.abc import Callable, Iterable

from common.hooks import Hook
from journal.kinds import KINDS

#: Steps in answering people.
MATTERS = frozenset(kind.name for kind in KINDS.values() if kind.matter)

#: fn(the keys of subjects whose clocks changed), in the transaction of the change.
FOLLOWING: Hook[Callable[[frozenset[str]], None]] = Hook()


def tell(subjects: Iterable[str]) -> None:
    """Clocks of these subjects ("demand:5", "incident:7") began, ended, or end at another moment."""
    if changed := frozenset(subjects):
        for follow in FOLLOWING:
            follow(changed)
