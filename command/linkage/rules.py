"""What follows from what with an order of a joint command centre. Plain values in and out.

received ── reported for duty ──▶ at the place ── completed ──▶ handled ── written report ──▶ ended
Progress and feedback go back at any time until then; a written report may come at once. The centre may withdraw.
Source: district linkage plan §3 (feedback), §4.2 (progress, written report), §4.3 (report for duty).
"""

from datetime import timedelta

from command.linkage.choices import DeliveryState as D
from command.linkage.choices import LinkageState as S
from command.linkage.choices import LinkageVerb as V
from command.linkage.choices import ReportKind, ReportState
from common.states import NOBODY, NOTHING, StateTable, Transition

CENTRE, DESK, PLACE, SYSTEM = "centre", "desk", "who is at the place", "system"
_LIVE = (S.RECEIVED, S.AT_PLACE, S.HANDLED)

TRANSITIONS = StateTable(
    turns={S.RECEIVED: PLACE, S.AT_PLACE: DESK, S.HANDLED: DESK, S.ENDED: NOBODY, S.WITHDRAWN: NOBODY},
    rows=[
        Transition(
            "receive", (NOTHING,), S.RECEIVED, "linkage_order.received", by=CENTRE,
            tells={"linkage.received": "the nearest duty room"},
        ),
        Transition(V.OPEN_INCIDENT, _LIVE, None, "linkage_order.tied", by=DESK),
        Transition(V.TIE, _LIVE, None, "linkage_order.tied", by=DESK),
        Transition(V.REPORT_FOR_DUTY, (S.RECEIVED,), S.AT_PLACE, "dispatch.checked_in", by=PLACE),
        Transition(V.PROGRESS, _LIVE, None, "linkage.progress_sent", by=DESK),
        Transition(V.FEEDBACK, _LIVE, None, "linkage.feedback_sent", by=DESK),
        Transition(V.COMPLETE, (S.RECEIVED, S.AT_PLACE), S.HANDLED, "incident.disposal_completed", by=DESK),
        Transition(
            V.FINAL, _LIVE, S.ENDED, "linkage.final_report_sent", by=DESK, also=("incident.disposal_completed",),
        ),
        Transition(V.WITHDRAW, _LIVE, S.WITHDRAWN, "linkage_order.withdrawn", by=DESK),
    ],
)  # fmt: skip

LIVE = TRANSITIONS.live

#: Kind of report → the entry by which it is sent, order or not.
SENT_ENTRY: dict[str, str] = {
    ReportKind.PROGRESS: TRANSITIONS[V.PROGRESS].entry,
    ReportKind.FEEDBACK: TRANSITIONS[V.FEEDBACK].entry,
    ReportKind.FINAL: TRANSITIONS[V.FINAL].entry,
}

WRITE, SEND, FAIL, RECEIPT = "write", "send", "fail", "receipt"
_UNSENT, _SENT, _CONFIRMED = ReportState.TO_SEND, ReportState.SENT, ReportState.CONFIRMED

#: What goes back: written and tried in one act; a try that fails leaves it to be tried again.
REPORTS = StateTable(
    turns={_UNSENT: DESK, _SENT: DESK, _CONFIRMED: NOBODY},
    rows=[
        Transition(WRITE, (NOTHING,), _UNSENT, by=DESK),
        Transition(FAIL, (_UNSENT,), None, "linkage.report_failed", by=DESK),
        Transition(SEND, (_UNSENT,), _SENT, by=DESK, also=tuple(SENT_ENTRY.values())),
        Transition(RECEIPT, (_SENT,), _CONFIRMED, "linkage.receipt_recorded", by=DESK),
    ],
)

QUEUE, DELIVER, PUT_OFF, REFUSE, CALL_OFF = "queue", "deliver", "put-off", "refuse", "call-off"
_TELLS = {"linkage.not_delivered": "the nearest duty room"}

#: What the product hands to a centre that has an address.
DELIVERIES = StateTable(
    turns={D.QUEUED: SYSTEM, D.DELIVERED: NOBODY, D.REFUSED: DESK, D.CALLED_OFF: NOBODY},
    rows=[
        Transition(QUEUE, (NOTHING, D.REFUSED), D.QUEUED, "linkage.queued", by=DESK),
        Transition(
            DELIVER, (D.QUEUED,), D.DELIVERED, by=SYSTEM, also=("linkage.duty_delivered", *SENT_ENTRY.values())
        ),
        Transition(PUT_OFF, (D.QUEUED,), None, by=SYSTEM, tells=_TELLS, also=("linkage.report_failed",)),
        Transition(REFUSE, (D.QUEUED,), D.REFUSED, "linkage.report_failed", by=SYSTEM, tells=_TELLS),
        Transition(CALL_OFF, (D.QUEUED, D.REFUSED), D.CALLED_OFF, by=DESK),
    ],
)  # fmt: skip

#: A centre that restarts answers again by then; nobody is called for less.
TOLD_AFTER_TRIES = 3
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=30)


def wait_after(tries: int, asked: float | None = None) -> timedelta:
    """Until the next try: half a minute, a minute, two … half an hour; no less than the centre asked for."""
    grown = min(_FIRST_WAIT * 2 ** min(tries - 1, 10), _LONGEST_WAIT)
    return max(grown, timedelta(seconds=asked or 0))


def next_act(state: str, *, is_tied: bool, has_feedback: bool, has_unsent: bool = False) -> str:
    """The verb that is due next; "" where the order is over. Life first: an order becomes an incident before all."""
    if state not in LIVE:
        return ""
    if not is_tied:
        return V.OPEN_INCIDENT
    if state == S.RECEIVED:
        return V.REPORT_FOR_DUTY
    if has_unsent:
        return V.TRY_AGAIN
    if not has_feedback:
        return V.FEEDBACK
    return V.COMPLETE if state == S.AT_PLACE else V.FINAL
