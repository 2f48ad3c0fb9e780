"""Where replays get what happened from: rooms above hand in their cases, for a plan knows no incidents."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import in_reader_language
from accounts.scope import Reach
from common.hooks import Hook
from plans.lifecycle.models import PlanVersion


class Case(NamedTuple):
    """What is known of one incident: the facts of each observation in order, and what was proposed on each."""

    key: str
    number: str
    at: datetime
    unit: str
    unit_en: str
    #: Primary key of the plan version it ran under.
    plan: int
    #: (facts as stored, level proposed then), oldest first.
    observed: tuple[tuple[Mapping[str, Any], str], ...]

    @property
    def unit_name(self) -> str:
        return in_reader_language(self.unit, self.unit_en)


#: fn(reach, version, since) → the incidents this person may see that the plan was for, oldest first.
Cases = Callable[[Reach, PlanVersion, datetime], Iterable[Case]]
#: fn(keys) → for each key the levels of the warnings that were signed.
Signed = Callable[[Iterable[str]], Mapping[str, list[str]]]

CASES: Hook[Cases] = Hook()
SIGNED: Hook[Signed] = Hook()


def cases_of(reach: Reach, version: PlanVersion, since: datetime) -> list[Case]:
    return [case for provider in CASES for case in provider(reach, version, since)]


def signed_levels(keys: Iterable[str]) -> dict[str, list[str]]:
    wanted = list(keys)
    found: dict[str, list[str]] = {}
    for provider in SIGNED if wanted else ():
        for key, levels in provider(wanted).items():
            found.setdefault(key, []).extend(levels)
    return found
