"""What follows from what when somebody is owed an answer. Plain values in and out.

registered ── notice, promise, contact, progress, result, transfer: as often as it happens ──▶ reply ──▶ delivered ──▶ closed
The steps are those that clocks of plans and statutes run between; which of them is due, and when, these say.
Source: Petition Work Regulations art. 22, 23, 32, 34–36; unit plan §二(二), §三(二)2.
"""

from cases.demands.choices import DemandOrigin, DemandOutcome
from cases.demands.choices import DemandVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

OPEN, REPLIED, DELIVERED, CLOSED = "open", "replied", "delivered", "closed"
UNIT, LEAD = "who manages matters", "lead unit"
_UNTIL_CLOSED = (OPEN, REPLIED, DELIVERED)
_LED = {"demand.led": "who answers at the unit that leads it now"}
_TOLD = _LED | {"demand.supported": "who answers at units that help"}

TRANSITIONS = StateTable(
    turns={OPEN: UNIT, REPLIED: UNIT, DELIVERED: UNIT, CLOSED: NOBODY},
    rows=[
        Transition(V.REGISTER, (NOTHING,), OPEN, "demand.registered", by=UNIT,
                   also=("petition.received_directly", "transfer.received"), tells=_TOLD),
        Transition(V.ASSIGN, _UNTIL_CLOSED, None, "demand.assigned", by=UNIT, tells=_TOLD),
        Transition(V.RECEIPT, (OPEN,), None, "written_notice.given", by=UNIT, also=("petition.accepted",)),
        Transition(V.PROMISE, (OPEN,), None, "demand.promised", by=UNIT),
        Transition(V.CONTACTED, _UNTIL_CLOSED, None, "demand.contacted", by=UNIT),
        Transition(V.FIRST_RESPONSE, _UNTIL_CLOSED, None, "demand.first_response", by=UNIT),
        Transition(V.PROGRESS_TOLD, _UNTIL_CLOSED, None, "demand.progress_told", by=UNIT),
        Transition(V.RESULT_TOLD, _UNTIL_CLOSED, None, "demand.result_told", by=UNIT),
        Transition(V.FOLLOWED, _UNTIL_CLOSED, None, "demand.followed", by=UNIT),
        # Its entry is written with the exclusion: accusation.hidden.
        Transition(V.ACCUSATION, (OPEN, REPLIED, DELIVERED, CLOSED), by=UNIT),
        # What the clocks write themselves: clock.extended, clock.paused, clock.resumed.
        Transition(V.EXTEND, _UNTIL_CLOSED, by=UNIT),
        Transition(V.PAUSE, (OPEN, REPLIED, DELIVERED, CLOSED), by=UNIT),
        Transition(V.RESUME, (OPEN, REPLIED, DELIVERED, CLOSED), by=UNIT),
        Transition(V.TRANSFER, (OPEN,), None, "demand.transferred", by=UNIT, also=("transfer.received",),
                   tells=_LED),
        Transition(V.OBJECT, (OPEN,), None, "objection.raised", by=LEAD, tells=_LED),
        Transition(V.REPLY_ISSUED, (OPEN,), REPLIED, "demand.reply_issued", by=UNIT, also=("handling_opinion.issued",)),
        Transition(V.DELIVER, (REPLIED,), DELIVERED, "written_reply.received", by=UNIT),
        Transition(V.CLOSE_DEMAND, (DELIVERED,), CLOSED, "demand.closed", by=UNIT),
        # What the statute asks for, also after the answer: the entry is the step's own kind.
        Transition(V.STATUTORY_STEP, (OPEN, REPLIED, DELIVERED, CLOSED), by=UNIT),
    ],
)  # fmt: skip

#: Kind of journal entry → what the page calls it, in the order of the work.
STEPS: dict[str, V] = {
    TRANSITIONS[verb].entry: verb
    for verb in (V.CONTACTED, V.FIRST_RESPONSE, V.PROGRESS_TOLD, V.RESULT_TOLD, V.FOLLOWED)
}
REPLY = TRANSITIONS[V.REPLY_ISSUED].entry
#: What else is recorded with the registration: from then on the statute counts.
RECEIVED = {
    DemandOrigin.COUNTER: "petition.received_directly",
    DemandOrigin.INCIDENT: "petition.received_directly",
    DemandOrigin.TRANSFER: "transfer.received",
}


def demand_state(*, replied: bool, delivered: bool, closed: bool) -> str:
    return CLOSED if closed else DELIVERED if delivered else REPLIED if replied else OPEN


def needs_law(outcome: str) -> bool:
    """Whether the reply must name the provision it rests on (art. 32: not supported, with the law)."""
    return outcome == DemandOutcome.NOT_SUPPORTED


def steps_left(state: str) -> list[str]:
    """Kinds that may be noted now; none once it is closed."""
    verbs = TRANSITIONS.verbs_for(state)
    return [kind for kind, verb in STEPS.items() if verb in verbs]


def next_act(*, state: str, accepted: bool, promised: bool) -> str:
    """The act that is to come next, for the top of the page."""
    if state != OPEN:
        return {REPLIED: V.DELIVER, DELIVERED: V.CLOSE_DEMAND}.get(state, "")
    return V.RECEIPT if not accepted else V.PROMISE if not promised else V.REPLY_ISSUED
