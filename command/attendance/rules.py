"""What follows from what with attendance. Plain values in and out.

Each unit is called for itself and has its own time: notified ──▶ on the scene ──▶ left; or not needed any more.
Source: county attendance plan §四(一)1 (stays until the scene is closed), §四(一) (reception offered), §四(二) (who
receives), §五 (fifteen minutes, an hour).
"""

from command.attendance.choices import CalledKind, CallState, OfferState
from command.attendance.choices import CallVerb as V
from command.attendance.choices import OfferVerb as O
from common.states import NOBODY, NOTHING, StateTable, Transition

DESK, CALLED, SCENE = "desk", "who was called", "who is on the scene"

#: Kind of unit → the entry its clock starts with, the entry it stops with.
ENTRIES: dict[str, tuple[str, str]] = {
    CalledKind.POLICE: ("attendance.police_called", "attendance.police_arrived"),
    CalledKind.DEPARTMENT: ("attendance.departments_notified", "attendance.departments_arrived"),
    CalledKind.TOWNSHIP: ("attendance.townships_notified", "attendance.townships_arrived"),
}

CALLS = StateTable(
    turns={
        CallState.NOTIFIED: CALLED,
        CallState.PRESENT: CALLED,
        CallState.LEFT: NOBODY,
        CallState.NOT_NEEDED: NOBODY,
    },
    rows=[
        # The entries are those of the kind of unit: the plan's clocks run between them.
        Transition(V.NOTIFY, (NOTHING,), CallState.NOTIFIED, by=DESK, also=tuple(e[0] for e in ENTRIES.values())),
        Transition(
            V.ARRIVE, (CallState.NOTIFIED,), CallState.PRESENT, by=CALLED,
            also=tuple(e[1] for e in ENTRIES.values()),
        ),
        Transition(V.LEAVE, (CallState.PRESENT,), CallState.LEFT, "attendance.left", by=CALLED),
        Transition(V.STAND_DOWN, (CallState.NOTIFIED,), CallState.NOT_NEEDED, "attendance.stood_down", by=DESK),
    ],
)  # fmt: skip

#: What is offered to people may be let pass: nothing follows from that, and nothing asks why.
OFFERS = StateTable(
    turns={OfferState.OFFERED: SCENE, OfferState.TAKEN_UP: NOBODY, OfferState.NOT_TAKEN_UP: SCENE},
    rows=[
        Transition(O.OFFER, (NOTHING,), OfferState.OFFERED, "reception.offered", by=DESK),
        Transition(
            O.TAKE_UP, (OfferState.OFFERED, OfferState.NOT_TAKEN_UP), OfferState.TAKEN_UP, "reception.answered",
            by=SCENE,
        ),
        Transition(O.LET_PASS, (OfferState.OFFERED,), OfferState.NOT_TAKEN_UP, "reception.answered", by=SCENE),
    ],
)  # fmt: skip


def owes_reason(*, is_responsible: bool) -> bool:
    """Whether leaving before the scene is closed owes a sentence: the principal of the responsible unit stays
    (§四(一)1), so it says who stays instead. Everybody else just leaves."""
    return is_responsible
