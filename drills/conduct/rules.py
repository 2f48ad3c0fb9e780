"""What follows from what in a drill, and when the scenario's minutes are. Plain values in and out.

planned ─start─▶ running ⇄ paused ─finish─▶ finished ─review─▶ reviewed
   └──────────cancel─────────┴─▶ cancelled
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from common.states import NOBODY, NOTHING, StateTable, Transition
from drills.choices import DrillState as S
from drills.choices import DrillVerb as V

CONTROLLER, EVALUATOR, SYSTEM = "controller", "evaluator", "system"
_EVERYBODY = "everybody who takes part"

#: How fast a scenario may run.
SLOWEST, FASTEST = 1, 600

DRILLS = StateTable(
    turns={
        S.PLANNED: CONTROLLER,
        S.RUNNING: CONTROLLER,
        S.PAUSED: CONTROLLER,
        S.FINISHED: EVALUATOR,
        S.REVIEWED: NOBODY,
        S.CANCELLED: NOBODY,
    },
    rows=[
        Transition("plan", (NOTHING,), S.PLANNED, "drill.planned", by=CONTROLLER),
        Transition(V.CHANGE, (S.PLANNED,), None, "drill.changed", by=CONTROLLER),
        Transition(
            V.START, (S.PLANNED,), S.RUNNING, "drill.started", by=CONTROLLER,
            tells={"drill.started": _EVERYBODY},
        ),
        Transition(V.PAUSE, (S.RUNNING,), S.PAUSED, "drill.paused", by=CONTROLLER),
        Transition(V.RESUME, (S.PAUSED,), S.RUNNING, "drill.resumed", by=CONTROLLER),
        Transition(
            "play", (S.RUNNING,), None, "drill.injected", by=SYSTEM,
            tells={"drill.inject": "the role that the inject names"}, also=("drill.inject_failed",),
        ),
        Transition(
            V.INJECT, (S.RUNNING, S.PAUSED), None, "drill.injected", by=CONTROLLER,
            tells={"drill.inject": "the role that the inject names"}, also=("drill.inject_failed",),
        ),
        Transition(
            V.FINISH, (S.RUNNING, S.PAUSED), S.FINISHED, "drill.finished", by=CONTROLLER,
            tells={"drill.ended": _EVERYBODY},
        ),
        Transition(
            V.CANCEL, (S.PLANNED, S.RUNNING, S.PAUSED), S.CANCELLED, "drill.cancelled", by=CONTROLLER,
            tells={"drill.ended": _EVERYBODY},
        ),
        Transition(V.NOTE, (S.RUNNING, S.PAUSED, S.FINISHED), None, "drill.observed", by=EVALUATOR),
        Transition(V.RATE, (S.FINISHED,), None, "drill.rated", by=EVALUATOR),
        Transition(V.REVIEW, (S.FINISHED,), S.REVIEWED, "drill.reviewed", by=EVALUATOR),
    ],
)  # fmt: skip

#: While these last, something of it may stand on boards.
UNDER_WAY = (S.RUNNING, S.PAUSED)


class Run(Protocol):
    """A stretch during which the scenario's clock ran; None: it still does."""

    began_at: datetime
    ended_at: datetime | None


def elapsed(runs: Iterable[Run], at: datetime) -> timedelta:
    """How long the scenario's clock had really run at a moment: pauses do not count."""
    total = timedelta()
    for run in runs:
        end = at if run.ended_at is None else min(at, run.ended_at)
        total += max(end - run.began_at, timedelta())
    return total


def minutes(runs: Iterable[Run], at: datetime, speed: int) -> float:
    """The minute of the scenario at a moment: what really elapsed, times the speed."""
    return elapsed(runs, at).total_seconds() * speed / 60


def is_due(at_minute: int, runs: Iterable[Run], now: datetime, speed: int) -> bool:
    """At its minute exactly it is due. In whole microseconds: no rounding decides about an inject."""
    return elapsed(runs, now) * speed >= timedelta(minutes=at_minute)


def comes_in(at_minute: int, runs: Iterable[Run], now: datetime, speed: int) -> timedelta:
    """Real time until the inject, if the clock runs on; nothing where it is due."""
    return max(timedelta(minutes=at_minute) / speed - elapsed(runs, now), timedelta())
