"""What follows from what for the duties of a response. Plain values in and out.

open ──done──▶ done
  └──not needed──▶ not needed (with a reason)
"""

from clocks.durations import Due
from command.obligations.choices import DutyKind, DutyState, DutyVerb, NoClock
from common.states import NOBODY, NOTHING, StateTable, Transition

RESPONSIBLE = "who is responsible"

TRANSITIONS = StateTable(
    turns={DutyState.OPEN: RESPONSIBLE, DutyState.DONE: NOBODY, DutyState.NOT_NEEDED: NOBODY},
    rows=[
        Transition(
            "owe", (NOTHING,), DutyState.OPEN, "obligation.owed", by="system",
            tells={"obligation.owed": "who is responsible by the plan"},
        ),
        Transition(DutyVerb.DONE, (DutyState.OPEN,), DutyState.DONE, "obligation.done", by=RESPONSIBLE),
        Transition(
            DutyVerb.NOT_NEEDED, (DutyState.OPEN,), DutyState.NOT_NEEDED, "obligation.not_needed",
            by=RESPONSIBLE,
        ),
    ],
)  # fmt: skip


def why_no_clock(kind: str, due: Due) -> str:
    """Why nothing is counted, where nothing is; "" where something is. Every duty has the one or the other."""
    if due.at is not None:
        return ""
    if due.provisional:
        return NoClock.NO_CALENDAR
    return NoClock.LASTS if kind == DutyKind.KEEP else NoClock.NOT_SAID
