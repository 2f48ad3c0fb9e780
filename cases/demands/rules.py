"""What follows from what when a matter is answered as a demand. Plain values in and out.

taken on ── contacted, first answer, progress, result: in any order, as often as it happens ──▶ reply ──▶ closed
The steps are those that clocks of plans run between; which of them is due, and when, the plans say.
Source: Petition Work Regulations art. 32 (outcomes, the law a refusal names); unit plan §二(二), §三(二)2.
"""

from cases.demands.choices import DemandOutcome
from cases.matters.choices import MatterVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

OPEN, REPLIED, CLOSED = "open", "replied", "closed"
UNIT = "who manages matters"
_UNTIL_CLOSED = (OPEN, REPLIED)

TRANSITIONS = StateTable(
    turns={OPEN: UNIT, REPLIED: UNIT, CLOSED: NOBODY},
    rows=[
        Transition(V.DEMAND, (NOTHING,), OPEN, "demand.registered", by=UNIT),
        Transition(V.CONTACTED, _UNTIL_CLOSED, None, "demand.contacted", by=UNIT),
        Transition(V.FIRST_RESPONSE, _UNTIL_CLOSED, None, "demand.first_response", by=UNIT),
        Transition(V.PROGRESS_TOLD, _UNTIL_CLOSED, None, "demand.progress_told", by=UNIT),
        Transition(V.RESULT_TOLD, _UNTIL_CLOSED, None, "demand.result_told", by=UNIT),
        Transition(V.REPLY_ISSUED, (OPEN,), REPLIED, "demand.reply_issued", by=UNIT),
        Transition(V.CLOSE_DEMAND, (REPLIED,), CLOSED, "demand.closed", by=UNIT),
        # What the statute asks for, also after the answer: the entry is the step's own kind.
        Transition(V.STATUTORY_STEP, (OPEN, REPLIED, CLOSED), by=UNIT),
    ],
)

#: Kind of journal entry → what the matter's page calls it, in the order of the work.
STEPS: dict[str, V] = {
    TRANSITIONS[verb].entry: verb for verb in (V.CONTACTED, V.FIRST_RESPONSE, V.PROGRESS_TOLD, V.RESULT_TOLD)
}
REPLY = TRANSITIONS[V.REPLY_ISSUED].entry


def demand_state(*, replied: bool, closed: bool) -> str:
    return CLOSED if closed else REPLIED if replied else OPEN


def needs_law(outcome: str) -> bool:
    """Whether the reply must name the provision it rests on (art. 32: not supported, with the law)."""
    return outcome == DemandOutcome.NOT_SUPPORTED


def steps_left(state: str) -> list[str]:
    """Kinds that may be noted now; none once it is closed, and a reply is given once."""
    return [
        kind
        for kind in (*STEPS, REPLY)
        if kind in {TRANSITIONS[verb].entry for verb in TRANSITIONS.verbs_for(state)}
    ]
