"""What follows from what in a warning's life. Plain values in and out.

draft ──propose──▶ proposed ──sign──▶ signed ──push──▶ in force ──replace──▶ adjusted
  │                 │   ▲                                 └──────lift─────▶ lifted
  │              return  propose
  │                 ▼   │
  └─withdraw─▶ ◀── returned        (withdraw: from draft, proposed and returned, by the drafter)

`sign` and `push` happen in one transaction: a warning is never seen signed and not pushed. `adjust` proposes
a successor and changes nothing here; the old warning is replaced when the successor is signed.
Source: city plan §2.4; Emergency Response Law arts. 64 and 70.
"""

from collections.abc import Mapping

from common.states import NOTHING, StateTable, Transition
from early_warnings.choices import Owner, ReportState, State, Verb

_BOARD = {"warning.to_sign": "the signatory, its deputy or the next higher one"}
#: A call or an upward report that was owed is still recorded when the warning has ended meanwhile.
_AFTER = (State.IN_FORCE, State.ADJUSTED, State.LIFTED)

TRANSITIONS = StateTable(
    turns={
        State.DRAFT: Owner.DRAFTER,
        State.PROPOSED: Owner.SIGNATORY,
        State.RETURNED: Owner.DRAFTER,
        State.SIGNED: Owner.SYSTEM,
        State.IN_FORCE: Owner.DESK,
        State.ADJUSTED: Owner.NOBODY,
        State.LIFTED: Owner.NOBODY,
        State.WITHDRAWN: Owner.NOBODY,
    },
    rows=[
        Transition("draft", (NOTHING,), State.DRAFT, "warning.drafted", by=Owner.DRAFTER),
        Transition(Verb.REVISE, (State.DRAFT, State.RETURNED), None, "warning.drafted", by=Owner.DRAFTER),
        Transition(
            Verb.PROPOSE, (State.DRAFT, State.RETURNED), State.PROPOSED, "warning.proposed",
            by=Owner.DRAFTER, tells=_BOARD,
        ),
        Transition(
            Verb.WITHDRAW, (State.DRAFT, State.PROPOSED, State.RETURNED), State.WITHDRAWN,
            "warning.withdrawn", by=Owner.DRAFTER,
        ),
        Transition(
            Verb.SIGN, (State.PROPOSED,), State.SIGNED, "warning.signed", by=Owner.SIGNATORY,
            tells={"warning.signed": "whom the plan names, who is on duty, who was asked, the drafter"},
            also=("superior_report.drafted",),
        ),
        Transition(
            Verb.RETURN, (State.PROPOSED,), State.RETURNED, "warning.returned", by=Owner.SIGNATORY,
            tells={"warning.returned": "the drafter"},
        ),
        Transition(
            Verb.ESCALATE, (State.PROPOSED,), None, "warning.signoff_escalated", by=Owner.SYSTEM, tells=_BOARD,
        ),
        Transition(Verb.PUSH, (State.SIGNED,), State.IN_FORCE, "warning.pushed_to_platform", by=Owner.SYSTEM),
        # The successor that it drafts and proposes has its own entries.
        Transition(Verb.ADJUST, (State.IN_FORCE,), by=Owner.DRAFTER),
        Transition(Verb.REPLACE, (State.IN_FORCE,), State.ADJUSTED, "warning.adjusted", by=Owner.SIGNATORY),
        Transition(
            Verb.LIFT, (State.IN_FORCE,), State.LIFTED, "warning.lifted", by=Owner.SIGNATORY,
            tells={"warning.lifted": "who was told of the signature"},
        ),
        Transition(Verb.CALL, _AFTER, None, "first_responder.phone_attempted", by=Owner.DESK),
        # The entries are those of the report that is sent.
        Transition(Verb.REPORT, _AFTER, by=Owner.DESK),
    ],
)  # fmt: skip

#: A report to one authority above. "sent" is written with the last of a warning's reports.
REPORTS = StateTable(
    turns={ReportState.DRAFTED: Owner.DESK, ReportState.SENT: Owner.NOBODY},
    rows=[
        Transition("draft", (NOTHING,), ReportState.DRAFTED, "superior_report.drafted", by=Owner.SYSTEM),
        Transition(
            Verb.REPORT, (ReportState.DRAFTED,), ReportState.SENT, "superior_report.delivered",
            by=Owner.DESK, also=("superior_report.sent",),
        ),
    ],
)  # fmt: skip

#: On the way to a signature: at most one per incident.
PENDING = (State.DRAFT, State.PROPOSED, State.RETURNED)
#: Bears a signature.
SIGNED = (State.SIGNED, State.IN_FORCE, State.ADJUSTED, State.LIFTED)
#: In force, or between signature and push: at most one per incident.
STANDING = (State.SIGNED, State.IN_FORCE)
#: Keeps its incident from being closed.
HOLDS_OPEN = (State.PROPOSED, State.IN_FORCE)


def deciding_level(level: str, level_in_force: str, ranks: Mapping[str, int]) -> str:
    """Whose signatory decides: an adjustment needs the one of the higher of the two levels.

    `ranks`: level → rank, 1 the highest. `level_in_force` is empty for a first warning.
    """
    if not level_in_force:
        return level
    return min(level, level_in_force, key=lambda one: ranks[one])
