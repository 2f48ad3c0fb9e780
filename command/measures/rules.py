"""What follows from what when a measure is taken in an incident. Plain values in and out.

            ┌─────────── take (not major) ───────────┐
            │                                        ▼
(nothing) ──┴─ask─▶ asked ──approve─▶ approved ──take─▶ taken
                      ├──refuse (with the reason)─▶ refused
                      └──withdraw (also once approved)─▶ withdrawn

Source: attendance plan 003 §五 (approval before major measures; police and coercion sparingly); Emergency Response
Law art. 10 (a measure is in proportion to the danger, and of several the one that touches rights least is chosen).
"""

from command.measures.choices import MeasureState as S
from command.measures.choices import MeasureVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

DESK, APPROVER = "desk", "whom the plan names"
TO_APPROVE, ANSWERED = "measure.to_approve", "measure.answered"

TRANSITIONS = StateTable(
    turns={S.ASKED: APPROVER, S.APPROVED: DESK, S.REFUSED: NOBODY, S.WITHDRAWN: NOBODY, S.TAKEN: NOBODY},
    rows=[
        Transition(
            V.ASK, (NOTHING,), S.ASKED, "measure.asked", by=DESK,
            tells={TO_APPROVE: "who holds the role that the plan names"},
        ),
        Transition(V.APPROVE, (S.ASKED,), S.APPROVED, "measure.approved", by=APPROVER, tells={ANSWERED: "who asked"}),
        Transition(V.REFUSE, (S.ASKED,), S.REFUSED, "measure.refused", by=APPROVER, tells={ANSWERED: "who asked"}),
        Transition(V.WITHDRAW, (S.ASKED, S.APPROVED), S.WITHDRAWN, "measure.withdrawn", by=DESK),
        Transition(V.TAKE, (NOTHING, S.APPROVED), S.TAKEN, "measure.taken", by=DESK),
    ],
)  # fmt: skip

#: How each state looks in a list.
LOOKS = {S.ASKED: "wait", S.APPROVED: "wait", S.REFUSED: "bad", S.WITHDRAWN: "off", S.TAKEN: "ok"}
#: What may be done with a measure that was asked for.
ON_A_REQUEST = (V.APPROVE, V.REFUSE, V.WITHDRAW, V.TAKE)


def missing(*, what: str, legal_basis: str, touches_rights: bool, proportionality: str) -> list[str]:
    """What has to be said of a measure and is not."""
    said = {"what": what, "legal_basis": legal_basis}
    if touches_rights:
        said["proportionality"] = proportionality
    return [name for name, text in said.items() if not text.strip()]


def needs_reason(verb: str) -> bool:
    """A no is kept with its reason; so is what was asked for and given up."""
    return verb in (V.REFUSE, V.WITHDRAW)
