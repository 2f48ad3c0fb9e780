"""What follows from what for a matter a unit reported. Plain values in and out.

registered ──assign──▶ assigned ──coordinate──▶ coordinated ──follow──▶ followed ──file──▶ filed
                          └──────────────────follow──────────────────────▲                  │
                                                                          └────reopen───────┘
Assigning again is possible until it is filed: the lead changes. Adding it up (the first of the six duties)
is the roll-up's. Source: Jintan campaign rules 四 5 (汇总登记、分流指派、协调处理、跟踪管理、建档备案).
"""

from cases.matters.choices import MatterState as S
from cases.matters.choices import MatterVerb as V

TRANSITIONS: dict[str, dict[str, str]] = {
    S.REGISTERED: {V.ASSIGN: S.ASSIGNED},
    S.ASSIGNED: {V.ASSIGN: S.ASSIGNED, V.COORDINATE: S.COORDINATED, V.FOLLOW: S.FOLLOWED},
    S.COORDINATED: {V.ASSIGN: S.ASSIGNED, V.COORDINATE: S.COORDINATED, V.FOLLOW: S.FOLLOWED},
    S.FOLLOWED: {
        V.ASSIGN: S.ASSIGNED,
        V.COORDINATE: S.COORDINATED,
        V.FOLLOW: S.FOLLOWED,
        V.FILE: S.FILED,
    },
    S.FILED: {V.REOPEN: S.FOLLOWED},
}

#: Verbs that need words: what was done, or why.
NEEDS_NOTE = frozenset({V.COORDINATE, V.FOLLOW, V.FILE, V.REOPEN})


def next_state(state: str, verb: str) -> str | None:
    """The state after `verb`, or None where the verb does not apply."""
    return TRANSITIONS[state].get(verb)


def verbs_for(state: str) -> list[str]:
    return list(TRANSITIONS[state])


def is_open(state: str) -> bool:
    return state != S.FILED
