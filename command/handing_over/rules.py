"""What follows from what when something is handed over to another agency. It is a record, never a command: what
they answer is theirs, and nothing follows from it here.

Source: county attendance plan §四(一) (the police run the scene); linkage plan §1.3(3) (partners).
"""

from command.handing_over.choices import HandingState as S
from command.handing_over.choices import HandingVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

DESK, AGENCY = "desk", "the agency, noted by the desk"

TRANSITIONS = StateTable(
    turns={S.WAITING: AGENCY, S.TAKEN: NOBODY, S.NOT_TAKEN: AGENCY},
    rows=[
        Transition(V.HAND_OVER, (NOTHING,), S.WAITING, "partner.handed_over", by=DESK),
        # Who has said no may still come round; who has taken it over has it.
        Transition(V.TAKEN, (S.WAITING, S.NOT_TAKEN), S.TAKEN, "partner.answered", by=AGENCY),
        Transition(V.NOT_TAKEN, (S.WAITING,), S.NOT_TAKEN, "partner.answered", by=AGENCY),
    ],
)
