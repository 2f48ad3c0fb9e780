"""When may units end, split or merge? Plain values.

Source: the denominator of a rate is fixed at the cut-off, so only a day that has not begun can be chosen.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from accounts.choices import Tier
from accounts.reform.choices import ReformState
from common.states import NOBODY, NOTHING, StateTable, Transition
from common.text.codes import unit_code

#: New units one act can make.
MOST_NEW = 4
#: Units below that go along in one act: a county with its villages, not a province.
MOST_BELOW = 3000
#: Further ahead nobody knows the codes yet.
FURTHEST = timedelta(days=366)
CODE_LENGTH = 40
ONE_DAY = timedelta(days=1)
_TIERS = list(Tier.values)


PLAN, CANCEL, CARRY_OUT, FAIL = "plan", "cancel", "carry-out", "fail"
MANAGER, SYSTEM = "who manages units", "system"

TRANSITIONS = StateTable(
    turns={
        ReformState.PLANNED: SYSTEM,
        ReformState.DONE: NOBODY,
        ReformState.CANCELLED: NOBODY,
        ReformState.FAILED: MANAGER,
    },
    rows=[
        Transition(PLAN, (NOTHING,), ReformState.PLANNED, "reform.planned", by=MANAGER),
        Transition(
            CANCEL, (ReformState.PLANNED, ReformState.FAILED), ReformState.CANCELLED, "reform.cancelled", by=MANAGER,
        ),
        Transition(
            CARRY_OUT, (ReformState.PLANNED,), ReformState.DONE, "reform.carried_out", by=SYSTEM,
        ),
        # Nothing has happened: the change itself says why not.
        Transition(FAIL, (ReformState.PLANNED,), ReformState.FAILED, by=SYSTEM),
    ],
)  # fmt: skip


class Ending(NamedTuple):
    tier: str
    is_closed: bool
    #: Another change planned for it.
    is_planned: bool = False


def why_not(*, day: date, today: date, olds: Sequence[Ending]) -> str:
    """The code of the reason why an end of these units on `day` cannot be planned today, or ""."""
    if not olds:
        return "nothing_ends"
    if day <= today:
        return "day_has_begun"
    if day > today + FURTHEST:
        return "day_too_far"
    if any(old.is_closed for old in olds):
        return "ended_already"
    if any(old.is_planned for old in olds):
        return "planned_already"
    return "different_tiers" if len({old.tier for old in olds}) > 1 else ""


def is_touched(path: str, planned: Iterable[str]) -> bool:
    """Whether a change planned for units with these paths concerns the one at `path`: itself, above or below."""
    return any(path.startswith(other) or other.startswith(path) for other in planned)


def may_stand_below(tier: str, above: str) -> bool:
    return _TIERS.index(above) < _TIERS.index(tier)


def code_taken_along(code: str, suffix: str) -> str:
    """The code of a unit that goes along: a code names one unit, also in what was filed long ago."""
    return unit_code(f"{code}{suffix}")
