"""What follows from what when a period goes up level by level. Plain values in and out.

(none) ──confirm──▶ confirmed ──confirm──▶ confirmed, next version
                        └──return──▶ returned ──confirm──▶ confirmed, next version

Nothing moves while the level above has itself confirmed the period: its figures rest on these.
Source: Jintan campaign rules 四 2 (由下而上、逐级报告), 四 5 (汇总登记).
"""

from collections.abc import Iterable

from common.states import NOTHING, StateTable, Transition
from zero_reports.rollups.choices import RollUpState as S
from zero_reports.rounds.rules import Counts

CONFIRM, RETURN = "confirm", "return"
UNIT, ABOVE = "unit", "level above"

TRANSITIONS = StateTable(
    turns={S.CONFIRMED: ABOVE, S.RETURNED: UNIT},
    rows=[
        Transition(CONFIRM, (NOTHING, S.CONFIRMED, S.RETURNED), S.CONFIRMED, "roll_up.confirmed", by=UNIT),
        Transition(RETURN, (S.CONFIRMED,), S.RETURNED, "roll_up.returned", by=ABOVE),
    ],
)

#: Where the figures of a line come from.
OWN, COUNTED, BY_CHILD = "own", "counted", "confirmed"


def sum_counts(counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for some in counts:
        total = total.plus(some)
    return total


def sum_classes(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Class → how many matters, over several parts; in the order in which the classes appear."""
    total: dict[str, int] = {}
    for part in parts:
        for name, many in part.items():
            total[name] = total.get(name, 0) + many
    return total
