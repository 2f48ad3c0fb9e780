"""What follows from what for official forms. Plain values.

| form | deadline | from | clock of plan 004 | source |
|---|---|---|---|---|
| F2 quick report | the same day | acceptance of the dispute | C004-5 | 三 2 |
| F3 feedback | 2 working days | the end of the mediation | C004-6 | 三 2 |
| F8 supervision visit | 3 days | the day of the visit | C004-9 | 八 5 |

F1, F4 and F5 have no figure in the source. Where no plan in force has the clock, none runs.
"""

from cases.official_forms.choices import FormKind as F
from cases.official_forms.choices import FormState
from common.states import NOBODY, NOTHING, StateTable, Transition

#: Form → the journal entry that starts its clock, and the one that stops it. How long it has is the plan's word.
CLOCKS: dict[str, tuple[str, str]] = {
    F.F2: ("dispute.accepted", "form.quick_report_sent"),
    F.F3: ("mediation.ended", "form.feedback_sent"),
    F.F8: ("supervision_visit.ended", "form.supervision_sent"),
}

BEGIN, FILL_IN, SEND = "begin", "fill-in", "send"
WRITER = "who manages matters"

#: A form that has a clock is begun and sent by an entry of its own, which the clock runs between.
TRANSITIONS = StateTable(
    turns={FormState.DRAFT: WRITER, FormState.SENT: NOBODY},
    rows=[
        Transition(
            BEGIN, (NOTHING,), FormState.DRAFT, "form.begun", by=WRITER, also=("supervision_visit.ended",),
        ),
        Transition(FILL_IN, (FormState.DRAFT,), by=WRITER),
        Transition(
            SEND, (FormState.DRAFT,), FormState.SENT, "form.sent", by=WRITER,
            also=tuple(sent for _begun, sent in CLOCKS.values()),
        ),
    ],
)  # fmt: skip

#: Forms about one matter.
ABOUT_A_MATTER = frozenset({F.F2, F.F3, F.F4, F.F5})


def sent_kind(kind: str) -> str:
    """The journal entry that says that a form of this kind was sent."""
    return CLOCKS[kind][1] if kind in CLOCKS else TRANSITIONS[SEND].entry
