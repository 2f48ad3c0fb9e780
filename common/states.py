"""The table of a state machine: by which verb, from which states, to which; what is written, who is told, whose move it is.

A room's `rules.py` holds one `StateTable`. Its actions take the next state and the kind of journal entry from it and
write neither a second time; docs/architecture.md is compared with it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from common.errors import WrongState

#: Where a thing comes from that does not exist yet.
NOTHING = ""
#: Whose move it is where nothing is left to do.
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: in each of the states `at` the `verb` leads `to` another; None: the thing stays where it is."""

    verb: str
    at: tuple[str, ...]
    to: str | None = None
    #: The kind of journal entry it writes; "" where the act that brings it about writes one of its own.
    entry: str = ""
    #: Whose act it is.
    by: str = ""
    #: Purpose of a notice → who gets it. What follows in another machine is in the table of that one.
    tells: Mapping[str, str] = field(default_factory=dict)
    #: Kinds of entries that it writes as well, not every time.
    also: tuple[str, ...] = ()


class StateTable:
    """The life of one kind of thing. What is not listed cannot happen."""

    def __init__(self, *, turns: Mapping[str, str], rows: Iterable[Transition]):
        #: Each state in the order of a life → whose move it is next.
        self.turns = dict(turns)
        #: Each verb → its row: a verb leads to one state, or leaves each where it is.
        self.rows: dict[str, Transition] = {}
        for row in rows:
            if row.verb in self.rows:
                raise ValueError(f"“{row.verb}” stands in two rows")
            self.rows[row.verb] = row

    def __getitem__(self, verb: str) -> Transition:
        return self.rows[verb]

    def row(self, state: str, verb: str) -> Transition | None:
        """The row of `verb`, or None where it does not apply."""
        found = self.rows.get(verb)
        return found if found and state in found.at else None

    def next_state(self, state: str, verb: str) -> str | None:
        """The state after `verb`, or None where it does not apply."""
        found = self.row(state, verb)
        return (found.to or state) if found else None

    def verbs_for(self, state: str) -> list[str]:
        return [verb for verb, row in self.rows.items() if state in row.at]

    def verbs_of(self, whom: str) -> tuple[str, ...]:
        """The verbs that are somebody's acts."""
        return tuple(verb for verb, row in self.rows.items() if row.by == whom)

    @property
    def begin(self) -> Transition:
        """The row by which a life begins."""
        return next(row for row in self.rows.values() if NOTHING in row.at)

    @property
    def live(self) -> tuple[str, ...]:
        """The states in which it is still somebody's move."""
        return tuple(state for state, whose in self.turns.items() if whose != NOBODY)


class _Thing(Protocol):
    state: str


#: Says in a sentence that a verb does not apply; asked for only where it does not.
Refusal = Callable[[], str]


def check_move(thing: _Thing, table: StateTable, verb: str, sentence: Refusal | None = None) -> Transition:
    """The row of `verb`. Raises WrongState with the room's sentence where it does not apply.

    No sentence: the caller has asked already, and a verb that does not apply is a bug.
    """
    found = table.row(thing.state, verb)
    if found is not None:
        return found
    if sentence is None:
        raise ValueError(f"“{verb}” does not follow from “{thing.state}”")
    raise WrongState("wrong_state", sentence())


def move(thing: _Thing, table: StateTable, verb: str, sentence: Refusal | None = None) -> Transition:
    """Bring the thing into the state after `verb`; the caller saves it. Raises as `check_move`."""
    found = check_move(thing, table, verb, sentence)
    thing.state = found.to or thing.state
    return found
