"""What follows from what when people are received. Plain values in and out.

booked (moved, cancelled, nobody came) ──▶ under way: points taken down, read back, each a demand ──▶ ended
Source: unit plan §三(一)–(二)1; zero-report and case rules §七; Petition Work Regulations art. 20 (five representatives).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cases.receptions.choices import ReceptionOutcome
from cases.receptions.choices import ReceptionState as State
from cases.receptions.choices import ReceptionVerb as V
from clocks.durations import parse
from common.states import NOBODY, NOTHING, StateTable, Transition

COUNTER = "who manages matters"

TRANSITIONS = StateTable(
    turns={State.BOOKED: COUNTER, State.UNDER_WAY: COUNTER, State.ENDED: NOBODY, State.CANCELLED: NOBODY},
    rows=[
        Transition(
            V.BOOK, (NOTHING,), State.BOOKED, "reception.booked", by=COUNTER,
            tells={"reception.booked": "who receives, the leader on reception duty, the site group"},
        ),
        Transition(V.BEGIN, (NOTHING, State.BOOKED), State.UNDER_WAY, "reception.begun", by=COUNTER),
        Transition(
            V.MOVE, (State.BOOKED,), None, "reception.moved", by=COUNTER,
            tells={"reception.moved": "the same, those of both hours"},
        ),
        Transition(
            V.CANCEL, (State.BOOKED,), State.CANCELLED, "reception.cancelled", by=COUNTER,
            tells={"reception.cancelled": "the same"},
        ),
        Transition(V.CHECK_IN, (State.BOOKED, State.UNDER_WAY), None, "site_group.checked_in", by=COUNTER),
        Transition(V.CHECK, (State.BOOKED, State.UNDER_WAY), None, "reception.checked", by=COUNTER),
        Transition(V.ADD_POINTS, (State.BOOKED, State.UNDER_WAY), None, "reception.points_taken", by=COUNTER),
        Transition(V.CONFIRM, (State.UNDER_WAY,), None, "reception.point_confirmed", by=COUNTER),
        Transition(V.STRIKE, (State.BOOKED, State.UNDER_WAY), None, "reception.point_struck", by=COUNTER),
        Transition(V.NOTICE, (State.UNDER_WAY, State.ENDED), None, "reception.notice_given", by=COUNTER),
        Transition(
            V.END, (State.UNDER_WAY,), State.ENDED, "reception.ended", by=COUNTER,
            tells={"reception.major": "director and head of the petition office, of what is reported as major"},
        ),
        Transition(V.NOBODY_CAME, (State.BOOKED,), State.ENDED, "reception.nobody_came", by=COUNTER),
    ],
)  # fmt: skip

#: What may come of it once people are there.
OUTCOMES = (ReceptionOutcome.ANSWERED, ReceptionOutcome.PASSED_ON, ReceptionOutcome.MAJOR)
#: What the clocks of a plan count back from.
APPOINTMENT = "reception.scheduled_start"
#: A joint visit chooses at most so many representatives (art. 20).
MOST_REPRESENTATIVES = 5
MOST_POINTS = 10

#: The checklists of a plan that are gone through before the hour, and the one that is shown while people speak.
PREPARED, CONDUCT = ("room", "people", "kit"), "reception"


def too_many(representatives: int | None) -> bool:
    return representatives is not None and representatives > MOST_REPRESENTATIVES


def ready_by(scheduled_at: datetime, durations: Iterable[str]) -> datetime:
    """When everything is to be ready: as long before the hour as the longest of the plan's clocks that count back.

    The source gives a figure for the site group alone; room and kit are asked for by the same moment.
    """
    before = [timedelta(seconds=parse(text).amount) for text in durations]
    return scheduled_at - max(before, default=timedelta())


def owes_demand(outcome: str) -> bool:
    """Whether something must have been registered: only what is registered is tracked (§七4)."""
    return outcome == ReceptionOutcome.PASSED_ON
