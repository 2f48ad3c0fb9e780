"""What follows from what in a roll-call, and the purposes of its notices."""

from command.roll_call.choices import RollCallState as S
from command.roll_call.choices import RollCallVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

#: Who leads it, who is asked, and nobody: it comes round, or its incident is over.
LEADER, ASKED, SYSTEM = "leader", "who is asked", "system"

#: Purposes: they are asked; somebody needs help; these have not answered.
TO_ANSWER, NEEDS_HELP, SILENT = "roll_call.asked", "roll_call.help", "roll_call.silent"

TRANSITIONS = StateTable(
    turns={S.OPEN: ASKED, S.ENDED: NOBODY},
    rows=[
        Transition(
            V.START, (NOTHING,), S.OPEN, "roll_call.asked", by=LEADER,
            tells={TO_ANSWER: "everybody of ours on the spot"},
        ),
        Transition(
            V.ASK_AGAIN, (S.OPEN,), None, "roll_call.asked", by=LEADER,
            tells={TO_ANSWER: "everybody of ours on the spot"},
        ),
        Transition(
            V.ANSWER, (S.OPEN,), None, "roll_call.answered", by=ASKED, also=("roll_call.help",),
            tells={NEEDS_HELP: "who leads it, the duty room and the duty leader"},
        ),
        Transition(V.END, (S.OPEN,), S.ENDED, "roll_call.ended", by=LEADER),
    ],
)  # fmt: skip
