"""What follows from what in an inquiry. Plain values in and out.

started ── statement heard ──▶ report ──▶ decision by somebody else ──▶ delivered;  or at once: not needed, with the reason
Source: campaign rules (plan 004) §十: triggers, four measures, who leads and who decides, 30 and 20 working days;
city plan §1.4(2): rescue first, accountability later.
"""

from datetime import datetime, timedelta

from common.states import NOBODY, NOTHING, StateTable, Transition
from supervision.inquiries.choices import InquiryState as S
from supervision.inquiries.choices import InquiryVerb as V
from supervision.inquiries.choices import Trigger

LEADER, INVESTIGATOR, DECIDER = "a leader of the bureau", "investigator", "decider"

TRANSITIONS = StateTable(
    turns={S.STARTED: INVESTIGATOR, S.REPORTED: DECIDER, S.DECIDED: LEADER, S.DELIVERED: NOBODY, S.NOT_NEEDED: NOBODY},
    rows=[
        Transition(V.START, (NOTHING,), S.STARTED, "inquiry.started", by=LEADER),
        Transition(V.DISMISS, (NOTHING,), S.NOT_NEEDED, "inquiry.not_needed", by=LEADER),
        Transition(V.HEAR, (S.STARTED,), None, "inquiry.heard", by=INVESTIGATOR),
        Transition(V.REPORT, (S.STARTED,), S.REPORTED, "inquiry.report_submitted", by=INVESTIGATOR),
        Transition(V.DECIDE, (S.REPORTED,), S.DECIDED, "inquiry.decision_issued", by=DECIDER),
        Transition(V.DELIVER, (S.DECIDED,), S.DELIVERED, "inquiry.delivered", by=LEADER),
        Transition(V.ERASE, (S.DELIVERED, S.NOT_NEEDED), None, "inquiry.erased", by=LEADER),
    ],
)  # fmt: skip

#: A1 of the rules: staff answer for it that people went to a higher authority or came in a group. It is off for good.
OFF = "A1"

#: So far back the record is asked what would call for an inquiry.
LOOK_BACK = timedelta(days=180)
#: After the delivery, or after it was found not to be needed, texts are kept so long.
KEPT = timedelta(days=365 * 3)

#: Time limits of reports to the level above: what misses them was reported late (§十1 A2).
REPORTING = ("superior_report.", "upward_report.")


def trigger_of(subject_kind: str, stop_kind: str) -> str:
    """Which trigger a missed time limit is; "" for one that is nobody's failure to answer or to report."""
    is_report = subject_kind == "incident" and stop_kind.startswith(REPORTING)
    return Trigger.FAILED if subject_kind == "demand" or is_report else ""


def may_erase(ended_at: datetime, now: datetime) -> bool:
    return now - ended_at >= KEPT
