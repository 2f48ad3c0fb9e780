"""What follows from what for reviews, follow-ups and key times. Plain values in and out.

draft ──hand in──▶ handed in ──approve (whom the plan names)──▶ approved
  ▲                    └──return (with a reason)
Source: Emergency Response Law art. 92 (course and cause, lessons, measures); county rules §十5 (before, during, after).
"""

from datetime import datetime

from command.review.choices import FollowUpState as F
from command.review.choices import FollowUpVerb as FV
from command.review.choices import Kept, KeyTime
from command.review.choices import ReviewState as S
from command.review.choices import ReviewVerb as V
from command.statements.choices import First
from command.statements.rules import FIRSTS
from common.states import NOBODY, NOTHING, StateTable, Transition

DESK, LEADER = "who manages the incident", "whom the plan names, and not who handed it in"
#: Purposes of notices.
TO_APPROVE, RETURNED = "review.to_approve", "review.returned"

TRANSITIONS = StateTable(
    turns={S.DRAFT: DESK, S.HANDED_IN: LEADER, S.APPROVED: NOBODY},
    rows=[
        Transition(V.BEGIN, (NOTHING,), S.DRAFT, "review.begun", by=DESK),
        Transition(V.ANSWER, (S.DRAFT,), None, "review.answered", by=DESK),
        Transition(V.WRITE, (S.DRAFT,), None, "review.written", by=DESK),
        Transition(
            V.HAND_IN, (S.DRAFT,), S.HANDED_IN, "review.handed_in", by=DESK, tells={TO_APPROVE: "who approves it"},
        ),
        Transition(
            V.RETURN, (S.HANDED_IN,), S.DRAFT, "review.returned", by=LEADER, tells={RETURNED: "who handed it in"},
        ),
        Transition(V.APPROVE, (S.HANDED_IN,), S.APPROVED, "review.approved", by=LEADER),
    ],
)  # fmt: skip
#: What may be done with a review that is there, besides answering a question.
ON_A_REVIEW = (V.WRITE, V.HAND_IN, V.RETURN, V.APPROVE)
LOOKS = {S.DRAFT: "wait", S.HANDED_IN: "wait", S.APPROVED: "ok"}

FOLLOW_UPS = StateTable(
    turns={F.PLANNED: DESK, F.DONE: NOBODY, F.DROPPED: NOBODY},
    rows=[
        Transition(FV.PLAN, (NOTHING,), F.PLANNED, "follow_up.planned", by=DESK),
        Transition(FV.DONE, (F.PLANNED,), F.DONE, "follow_up.done", by=DESK),
        Transition(FV.CHANGE_DATE, (F.PLANNED,), None, "follow_up.date_changed", by=DESK),
        Transition(FV.DROP, (F.PLANNED,), F.DROPPED, "follow_up.dropped", by=DESK),
    ],
)  # fmt: skip
ON_A_FOLLOW_UP = (FV.DONE, FV.CHANGE_DATE, FV.DROP)
FOLLOW_UP_LOOKS = {F.PLANNED: "wait", F.DONE: "ok", F.DROPPED: "off"}

#: Which entries say that a key time has come. A clock of the plan that ends with one of them is its limit.
KEY_TIMES: dict[KeyTime, tuple[str, ...]] = {
    KeyTime.REPORTED: ("incident.reported",),
    KeyTime.TAKEN: ("incident.taken",),
    KeyTime.TOLD: (
        "notice.delivered", "notice.heard", "notice.acknowledged", "first_responder.phone_attempted",
    ),
    KeyTime.ABOVE: (
        "superior_report.delivered", "superior_report.sent", "upward_report.phoned", "upward_report.initial_sent",
    ),
    KeyTime.SIGNED: ("warning.signed",),
    KeyTime.ORDERED: ("order.issued",),
    KeyTime.RESPONDER: FIRSTS[First.RESPONDER],
    KeyTime.ARRIVED: ("order.arrived",),
    KeyTime.ANSWER: FIRSTS[First.ANSWER],
    KeyTime.STATEMENT: FIRSTS[First.STATEMENT],
    KeyTime.LIFTED: ("warning.lifted",),
    KeyTime.CLOSED: ("incident.closed",),
}  # fmt: skip
#: Of these the last one counts: an incident that was opened again is over when it is closed again.
LAST_COUNTS = frozenset({KeyTime.ARRIVED, KeyTime.LIFTED, KeyTime.CLOSED})
KEPT_LOOKS = {
    Kept.MET: "ok", Kept.LATE: "bad", Kept.MISSED: "bad", Kept.NO_LIMIT: "off", Kept.NOT_DONE: "off",
}  # fmt: skip


def kept(*, at: datetime | None, due_at: datetime | None, was_cancelled: bool = False) -> Kept:
    """Exactly at the limit is in time. A limit that ended with the incident before it ran out was not missed."""
    if at is None:
        return Kept.MISSED if due_at and not was_cancelled else Kept.NOT_DONE
    if due_at is None:
        return Kept.NO_LIMIT
    return Kept.LATE if at > due_at else Kept.MET


def is_overdue(state: str, due_at: datetime, now: datetime) -> bool:
    """Of a follow-up; the last moment of the day is in time."""
    return state == F.PLANNED and now > due_at
