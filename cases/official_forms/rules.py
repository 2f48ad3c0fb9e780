"""What follows from what for official forms. Plain values.

| form | deadline | from | clock of plan 004 | source |
|---|---|---|---|---|
| F2 quick report | the same day | acceptance of the dispute | C004-5 | 三 2 |
| F3 feedback | 2 working days | the end of the mediation | C004-6 | 三 2 |
| F8 supervision visit | 3 days | the day of the visit | C004-9 | 八 5 |

F1, F4 and F5 have no figure in the source. Where no plan in force has the clock, none runs.
"""

from cases.official_forms.choices import FormKind as F

#: Form → the journal entry that starts its clock, and the one that stops it. How long it has is the plan's word.
CLOCKS: dict[str, tuple[str, str]] = {
    F.F2: ("dispute.accepted", "form.quick_report_sent"),
    F.F3: ("mediation.ended", "form.feedback_sent"),
    F.F8: ("supervision_visit.ended", "form.supervision_sent"),
}

#: Forms about one matter.
ABOUT_A_MATTER = frozenset({F.F2, F.F3, F.F4, F.F5})


def sent_kind(kind: str) -> str:
    """The journal entry that says that a form of this kind was sent."""
    return CLOCKS[kind][1] if kind in CLOCKS else "form.sent"
