"""Where replays get what happened from: rooms above hand in their cases, for a plan knows no incidents."""

from collections.abc import Callable, Collection, Iterable, Mapping
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


class Source(NamedTuple):
    """A room that knows what happened."""

    #: fn(reach, version, since, until) → the incidents this person may see that the plan was for, oldest first; without
    #: `until` up to now.
    cases: Callable[[Reach, PlanVersion, datetime, datetime | None], Iterable[Case]]
    #: How many those are.
    how_many: Callable[[Reach, PlanVersion, datetime], int]
    #: fn(reach, keys) → those of them that this person may see now.
    seen: Callable[[Reach, Collection[str]], set[str]]


#: fn(keys) → for each key the levels of the warnings that were signed.
Signed = Callable[[Iterable[str]], Mapping[str, list[str]]]

CASES: Hook[Source] = Hook()
SIGNED: Hook[Signed] = Hook()


def cases_of(
    reach: Reach, version: PlanVersion, since: datetime, until: datetime | None = None
) -> list[Case]:
    return [case for source in CASES for case in source.cases(reach, version, since, until)]


def how_many_cases(reach: Reach, version: PlanVersion, since: datetime) -> int:
    return sum(source.how_many(reach, version, since) for source in CASES)


def still_seen(reach: Reach, keys: Collection[str]) -> set[str]:
    return set().union(*(source.seen(reach, keys) for source in CASES))


def signed_levels(keys: Iterable[str]) -> dict[str, list[str]]:
    wanted = list(keys)
    found: dict[str, list[str]] = {}
    for provider in SIGNED if wanted else ():
        for key, levels in provider(wanted).items():
            found.setdefault(key, []).extend(levels)
    return found
