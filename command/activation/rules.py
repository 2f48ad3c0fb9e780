"""What follows from what in the life of a response, and of the decisions about it. Plain values in and out.

proposed ──start──▶ active ──end──▶ ended
    └──drop──▶ not started       (change: stays active)

Each of start, change and end is a decision: proposed ──take──▶ taken, or refused, or withdrawn. Whoever may decide
proposes and takes in one act. Source: linkage plan §2.1 (start and end), city plan §1.4(3).
"""

from datetime import datetime

from command.activation.choices import DecisionKind, DecisionState, DecisionVerb, ResponseState, ResponseVerb
from common.states import NOBODY, NOTHING, StateTable, Transition
from plans.document.response import ResponseRules

DESK, DECIDER = "desk", "decider"
_ASKED = {"response.to_sign": "whoever may decide"}
_SEATED = "whoever has a seat in the command post, and the duty rooms"

RESPONSES = StateTable(
    turns={
        ResponseState.PROPOSED: DECIDER,
        ResponseState.ACTIVE: DESK,
        ResponseState.ENDED: NOBODY,
        ResponseState.NOT_STARTED: NOBODY,
    },
    rows=[
        # The request for the decision has the entry.
        Transition("propose", (NOTHING,), ResponseState.PROPOSED, by=DESK),
        Transition(
            ResponseVerb.START, (ResponseState.PROPOSED,), ResponseState.ACTIVE, "response.started",
            by=DECIDER, tells={"response.started": _SEATED},
        ),
        Transition(
            ResponseVerb.CHANGE, (ResponseState.ACTIVE,), None, "response.changed", by=DESK,
            tells={"response.seated": "who has a seat in the command post only now"},
        ),
        Transition(
            ResponseVerb.END, (ResponseState.ACTIVE,), ResponseState.ENDED, "response.ended", by=DESK,
            tells={"response.ended": "who was told of the start"},
        ),
        # The decision that is refused or withdrawn has the entry.
        Transition(ResponseVerb.DROP, (ResponseState.PROPOSED,), ResponseState.NOT_STARTED, by=DECIDER),
    ],
)  # fmt: skip

DECISIONS = StateTable(
    turns={
        DecisionState.PROPOSED: DECIDER,
        DecisionState.TAKEN: NOBODY,
        DecisionState.REFUSED: NOBODY,
        DecisionState.WITHDRAWN: NOBODY,
    },
    rows=[
        Transition(
            "propose", (NOTHING,), DecisionState.PROPOSED, by=DESK, tells=_ASKED,
            also=("response.proposed", "response.change_proposed", "response.end_proposed"),
        ),
        # What it does to the response has the entry.
        Transition(DecisionVerb.TAKE, (DecisionState.PROPOSED,), DecisionState.TAKEN, by=DECIDER),
        Transition(
            DecisionVerb.REFUSE, (DecisionState.PROPOSED,), DecisionState.REFUSED, "response.refused",
            by=DECIDER, tells={"response.refused": "who asked for it"},
        ),
        Transition(
            DecisionVerb.WITHDRAW, (DecisionState.PROPOSED,), DecisionState.WITHDRAWN, "response.withdrawn",
            by=DESK,
        ),
    ],
)  # fmt: skip

#: Proposed or active: at most one per incident, and the incident stays open.
LIVE = RESPONSES.live
#: Has begun, whether or not it is over.
BEGUN = (ResponseState.ACTIVE, ResponseState.ENDED)

#: The entry by which each is asked for: a plan's clocks may count from it to what was asked for.
ASKED = {
    DecisionKind.START: "response.proposed",
    DecisionKind.CHANGE: "response.change_proposed",
    DecisionKind.END: "response.end_proposed",
}

#: What a taken decision does to its response.
VERB_OF = {
    DecisionKind.START: ResponseVerb.START,
    DecisionKind.CHANGE: ResponseVerb.CHANGE,
    DecisionKind.END: ResponseVerb.END,
}


def scope_fault(rules: ResponseRules, level: str, grade: str) -> str:
    """What the plan's scope has against a response at this level and grade: "" or the name of the field.

    A plan that speaks of grades asks for one: a person judges it, the plan says whether it is meant for it.
    """
    if rules.levels and level not in rules.levels:
        return "level"
    if rules.grades and grade not in {one.id for one in rules.grades if one.is_within}:
        return "grade"
    return ""


def is_time_to_come(expected_until: datetime | None, now: datetime) -> bool:
    """The expected end, where one is given, lies ahead."""
    return expected_until is None or expected_until > now
