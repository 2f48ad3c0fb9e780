"""What follows from what for official statements, and what counts as each of the three firsts. Plain values in and out.

draft ──approve (another person)──▶ approved ──release (where, when)──▶ released
  ▲            └──────revise──────────┘  └──discard──▶ discarded
Source: city plan §1.1 (control the situation, answer the demands, repair trust), §3.2(3) (public information);
Emergency Response Law art. 7.
"""

from datetime import datetime

from command.statements.choices import First, FirstState
from command.statements.choices import StatementState as S
from command.statements.choices import StatementVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

DESK, LEADER = "desk", "a leader who did not write it"
TO_APPROVE = "statement.to_approve"

TRANSITIONS = StateTable(
    turns={S.DRAFT: LEADER, S.APPROVED: DESK, S.RELEASED: NOBODY, S.DISCARDED: NOBODY},
    rows=[
        Transition(
            V.DRAFT, (NOTHING,), S.DRAFT, "statement.drafted", by=DESK,
            tells={TO_APPROVE: "the leader on duty, unless they wrote it"},
        ),
        # What was approved is approved as it stood: another text is approved anew.
        Transition(
            V.REVISE, (S.DRAFT, S.APPROVED), S.DRAFT, "statement.revised", by=DESK,
            tells={TO_APPROVE: "the leader on duty, unless they wrote it"},
        ),
        Transition(V.APPROVE, (S.DRAFT,), S.APPROVED, "statement.approved", by=LEADER),
        Transition(V.RELEASE, (S.APPROVED,), S.RELEASED, "statement.released", by=DESK),
        Transition(V.DISCARD, (S.DRAFT, S.APPROVED), S.DISCARDED, "statement.discarded", by=DESK),
    ],
)  # fmt: skip

#: What may be done with one that is there.
ON_A_STATEMENT = (V.REVISE, V.APPROVE, V.RELEASE, V.DISCARD)
#: How each state looks in a list.
LOOKS = {S.DRAFT: "wait", S.APPROVED: "wait", S.RELEASED: "ok", S.DISCARDED: "off"}
FIRST_LOOKS = {
    FirstState.MET: "ok", FirstState.LATE: "bad", FirstState.RUNNING: "wait", FirstState.OVERDUE: "bad",
    FirstState.NO_LIMIT: "off",
}  # fmt: skip

#: Which entries say that it has happened. A clock of the plan that ends with one of them is its time limit.
FIRSTS: dict[First, tuple[str, ...]] = {
    First.RESPONDER: (
        "order.arrived", "site_group.checked_in", "dispatch.checked_in", "attendance.police_arrived",
        "attendance.departments_arrived", "attendance.townships_arrived",
    ),
    First.ANSWER: ("demand.first_response", "demand.reply_issued"),
    First.STATEMENT: ("statement.released",),
}  # fmt: skip


def state_of_first(*, done_at: datetime | None, due_at: datetime | None, now: datetime) -> FirstState:
    """Exactly at the limit is in time. Without a limit nothing is late."""
    if done_at is not None:
        return FirstState.LATE if due_at and done_at > due_at else FirstState.MET
    if due_at is None:
        return FirstState.NO_LIMIT
    return FirstState.OVERDUE if now > due_at else FirstState.RUNNING
