"""What follows from what for corrections. Plain values in and out.

open ──report──▶ reported ──verify (the team)──▶ verified
  ▲                  │
  └────send back─────┘        more time: asked for by the unit before the day, given by a leader of the bureau
Nothing ends by itself. Source: campaign rules (plan 004) §八4: danger, correction, deadline, who is responsible.
"""

from datetime import datetime

from common.states import NOBODY, NOTHING, StateTable, Transition
from supervision.corrections.choices import CorrectionState as S
from supervision.corrections.choices import CorrectionVerb as V

TEAM, UNIT, LEADER = "the team", "the unit", "a leader of the bureau"
#: Purposes of notices.
SET, SENT_BACK, TO_VERIFY, TO_EXTEND, NOT_EXTENDED = (
    "correction.set", "correction.sent_back", "correction.to_verify", "correction.to_extend", "correction.not_extended",
)  # fmt: skip

OVERDUE = "correction.overdue"
#: How long before its day the unit is reminded; the source is silent, so this is the product's own.
WARNED = "PT72H PT24H"

TRANSITIONS = StateTable(
    turns={S.OPEN: UNIT, S.REPORTED: TEAM, S.VERIFIED: NOBODY},
    rows=[
        Transition(V.SET, (NOTHING,), S.OPEN, "correction.set", by=TEAM, tells={SET: "who leads the unit"}),
        Transition(V.REPORT, (S.OPEN,), S.REPORTED, "correction.reported", by=UNIT, tells={TO_VERIFY: "the team"}),
        Transition(V.VERIFY, (S.REPORTED,), S.VERIFIED, "correction.verified", by=TEAM),
        Transition(
            V.SEND_BACK, (S.REPORTED,), S.OPEN, "correction.sent_back", by=TEAM,
            tells={SENT_BACK: "who leads the unit"},
        ),
        Transition(
            V.ASK_EXTENSION, (S.OPEN,), None, "correction.extension_asked", by=UNIT,
            tells={TO_EXTEND: "leaders of the bureau"},
        ),
        Transition(V.EXTEND, (S.OPEN,), None, "correction.extended", by=LEADER, tells={SET: "who leads the unit"}),
        Transition(
            V.REFUSE_EXTENSION, (S.OPEN,), None, "correction.extension_refused", by=LEADER,
            tells={NOT_EXTENDED: "who leads the unit"},
        ),
    ],
)  # fmt: skip

#: What may be done with one that is there.
ON_A_CORRECTION = (V.REPORT, V.VERIFY, V.SEND_BACK, V.ASK_EXTENSION, V.EXTEND, V.REFUSE_EXTENSION)
LOOKS = {S.OPEN: "wait", S.REPORTED: "wait", S.VERIFIED: "ok"}


def is_overdue(state: str, due_at: datetime, now: datetime) -> bool:
    """Until the unit has reported it as done; the last moment of the day is in time."""
    return state == S.OPEN and now > due_at


def applies(verb: str, state: str, *, is_asked: bool, is_late: bool) -> bool:
    """Whether the verb is next: more time is asked for once and before the day, and given or refused when asked for."""
    if TRANSITIONS.row(state, verb) is None:
        return False
    if verb == V.ASK_EXTENSION:
        return not is_asked and not is_late
    return is_asked if verb in (V.EXTEND, V.REFUSE_EXTENSION) else True
