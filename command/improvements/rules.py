"""What follows from what for improvements. Plain values in and out.

open ──report──▶ reported ──confirm (another person)──▶ confirmed
  ▲  └──drop (with a reason)──▶ dropped     │
  └──────────send back (with a reason)──────┘
Source: city plan's after-care (missing in the source); county rules §十5; Emergency Response Law art. 92.
"""

from collections.abc import Sequence
from datetime import datetime

from command.improvements.choices import ImprovementState as S
from command.improvements.choices import ImprovementVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition
from plans.document.after_action import Reminder

OWNER, LEADER = "owner", "a leader of the unit that set it"
#: Purposes of notices.
SET, SENT_BACK, REMINDED, TO_CONFIRM = (
    "improvement.set", "improvement.sent_back", "improvement.reminded", "improvement.to_confirm",
)  # fmt: skip

TRANSITIONS = StateTable(
    turns={S.OPEN: OWNER, S.REPORTED: LEADER, S.CONFIRMED: NOBODY, S.DROPPED: NOBODY},
    rows=[
        Transition(
            V.ADD, (NOTHING,), S.OPEN, "improvement.set", by="who manages what it comes from",
            tells={SET: "the owner"},
        ),
        Transition(
            V.REPORT, (S.OPEN,), S.REPORTED, "improvement.reported", by=OWNER,
            tells={TO_CONFIRM: "leaders on duty at the unit that set it, and who set it"},
        ),
        # What one person says is done, another one confirms.
        Transition(V.CONFIRM, (S.REPORTED,), S.CONFIRMED, "improvement.confirmed", by=LEADER),
        Transition(
            V.SEND_BACK, (S.REPORTED,), S.OPEN, "improvement.sent_back", by=LEADER,
            tells={SENT_BACK: "the owner"},
        ),
        Transition(V.CHANGE_DATE, (S.OPEN,), None, "improvement.date_changed", by=LEADER, tells={SET: "the owner"}),
        Transition(V.HAND_ON, (S.OPEN,), None, "improvement.handed_on", by=LEADER, tells={SET: "the new owner"}),
        Transition(V.DROP, (S.OPEN, S.REPORTED), S.DROPPED, "improvement.dropped", by=LEADER),
    ],
)  # fmt: skip

#: What may be done with one that is there.
ON_AN_IMPROVEMENT = (V.REPORT, V.CONFIRM, V.SEND_BACK, V.CHANGE_DATE, V.HAND_ON, V.DROP)
#: How each state looks in a list.
LOOKS = {S.OPEN: "wait", S.REPORTED: "wait", S.CONFIRMED: "ok", S.DROPPED: "off"}


def is_overdue(state: str, due_at: datetime, now: datetime) -> bool:
    """Until somebody has reported it as done; the last moment of the day is in time."""
    return state == S.OPEN and now > due_at


def next_step(steps: Sequence[Reminder], after: datetime) -> tuple[int, Reminder] | None:
    """The first step later than `after`, with its place counted from 1; None where nothing is left to come."""
    return next(((place, one) for place, one in enumerate(steps, start=1) if one.at > after), None)


def latest_step(steps: Sequence[Reminder], now: datetime) -> tuple[int, Reminder] | None:
    """The last step that has come: what was missed meanwhile is not told again."""
    come = [(place, one) for place, one in enumerate(steps, start=1) if one.at <= now]
    return come[-1] if come else None
