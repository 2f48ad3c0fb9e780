"""What follows from what for supervision teams. Plain values in and out.

standing ──end──▶ ended
Source: campaign rules (plan 004) §八1: leaders of the bureau supervise by area (分片督查).
"""

from collections.abc import Iterable

from common.states import NOBODY, NOTHING, StateTable, Transition
from supervision.teams.choices import TeamState as S
from supervision.teams.choices import TeamVerb as V

LEADER = "a leader of the bureau"

TRANSITIONS = StateTable(
    turns={S.STANDING: LEADER, S.ENDED: NOBODY},
    rows=[
        Transition(V.SET_UP, (NOTHING,), S.STANDING, "supervision_team.set_up", by=LEADER),
        Transition(V.CHANGE, (S.STANDING,), None, "supervision_team.changed", by=LEADER),
        Transition(V.END, (S.STANDING,), S.ENDED, "supervision_team.ended", by=LEADER),
    ],
)


def overlap(areas: Iterable[str], others: Iterable[str]) -> str:
    """The first path of `areas` that lies in one of `others`, or holds one; "" where none does."""
    others = list(others)
    return next(
        (one for one in areas if any(one.startswith(path) or path.startswith(one) for path in others)), ""
    )
