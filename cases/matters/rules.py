"""What follows from what for a matter a unit reported. Plain values in and out.

registered ──assign──▶ assigned ──coordinate──▶ coordinated ──follow──▶ followed ──file──▶ filed
                          └──────────────────follow──────────────────────▲                  │
                                                                          └────reopen───────┘
Assigning again is possible until it is filed: the lead changes. Adding it up (the first of the six duties)
is the roll-up's. Source: Jintan campaign rules 四 5 (汇总登记、分流指派、协调处理、跟踪管理、建档备案).
"""

from cases.matters.choices import MatterState as S
from cases.matters.choices import MatterVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

LEADS, LEAD = "who manages matters", "lead unit"
_UNDER_WAY = (S.ASSIGNED, S.COORDINATED, S.FOLLOWED)

TRANSITIONS = StateTable(
    turns={S.REGISTERED: LEADS, S.ASSIGNED: LEAD, S.COORDINATED: LEAD, S.FOLLOWED: LEAD, S.FILED: NOBODY},
    rows=[
        Transition(V.REGISTER, (NOTHING,), S.REGISTERED, "matter.registered", by=LEADS),
        Transition(V.ASSIGN, (S.REGISTERED, *_UNDER_WAY), S.ASSIGNED, "matter.assigned", by=LEADS),
        Transition(V.COORDINATE, _UNDER_WAY, S.COORDINATED, "matter.coordinated", by=LEAD),
        Transition(V.FOLLOW, _UNDER_WAY, S.FOLLOWED, "matter.followed", by=LEAD),
        Transition(V.FILE, (S.FOLLOWED,), S.FILED, "matter.filed", by=LEAD),
        Transition(V.REOPEN, (S.FILED,), S.FOLLOWED, "matter.reopened", by=LEADS),
    ],
)

#: Verbs that need nothing but a sentence.
BY_A_SENTENCE = (V.COORDINATE, V.FOLLOW, V.REOPEN)
#: Verbs that need words: what was done, or why.
NEEDS_NOTE = frozenset({V.COORDINATE, V.FOLLOW, V.FILE, V.REOPEN})


def is_open(state: str) -> bool:
    return state in TRANSITIONS.live
