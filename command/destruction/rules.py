"""What follows from what for the personal data of an incident that is over. Plain values in and out.

Of each closing one certificate; on it each kind of data that was gathered:
destroyed, or kept (by a leader, after an assessment, until a day) ──▶ destroyed, or kept longer.
Source: Emergency Response Law (2024) art. 85: destroyed when the response is over; kept, or destroyed later, only as
evidence or for investigation and assessment, after the legality, necessity and safety of it have been assessed.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from command.destruction.choices import DataKind, Method
from command.destruction.choices import ItemState as S
from command.destruction.choices import ItemVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

DESK, LEADER = "who manages the incident", "a leader of its unit or above"

ITEMS = StateTable(
    turns={S.KEPT: DESK, S.DESTROYED: NOBODY, S.REPLACED: NOBODY},
    rows=[
        Transition(V.DESTROY, (NOTHING,), S.DESTROYED, "certificate.issued", by=DESK),
        Transition(V.KEEP, (NOTHING,), S.KEPT, "certificate.issued", by=LEADER),
        Transition(V.KEEP_LONGER, (S.KEPT,), None, "certificate.kept_longer", by=LEADER),
        Transition(V.END, (S.KEPT,), S.DESTROYED, "certificate.ended", by=DESK),
        Transition(V.REPLACE, (S.KEPT,), S.REPLACED, "certificate.issued", by=DESK),
    ],
)  # fmt: skip
ON_AN_ITEM = (V.KEEP_LONGER, V.END)
LOOKS = {S.KEPT: "wait", S.DESTROYED: "ok", S.REPLACED: "off"}

#: A signature and the journal prove what was said only as long as no letter of it changes.
ONLY_KEPT = frozenset({DataKind.SIGNED, DataKind.JOURNAL})
METHODS = {
    DataKind.POSITION: Method.CLEARED,
    DataKind.CONTACTS: Method.CLEARED,
    DataKind.VOICE: Method.ERASED,
    DataKind.TEXTS: Method.MASKED,
}


class Found(NamedTuple):
    """One value that says something about a person. The value itself is not repeated here."""

    kind: DataKind
    table: str
    pk: int
    column: str


def digest(found: Iterable[Found]) -> str:
    """SHA-256 of the list. It names places, never values: from the hash of a telephone number the number is found."""
    lines = sorted(f"{one.kind}\t{one.table}\t{one.pk}\t{one.column}" for one in found)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def code_of(digest: str) -> str:
    """The hash in letters, as a door takes it back: sixteen digits in a row would be taken for somebody's number."""
    return digest[:32].translate(_LETTERS)


_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def verbs_of(kind: str, state: str) -> list[V]:
    """What may be done with an item that is there."""
    found = [V(verb) for verb in ITEMS.verbs_for(state) if verb in ON_AN_ITEM]
    return [] if kind in ONLY_KEPT else found
