"""A version replayed over what happened: what it would have proposed instead. Pure.

For each incident the facts are put together observation by observation, as they were at the time, and the
version proposes a level at each step. Compared are the highest level that was proposed then and the highest it
would have proposed. A warning is called for above the plan's default level: there the proposal is more than
"nothing matched".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from plans.engine.evaluation import Document, Level, evaluate, levels_of
from plans.engine.facts import FACTS, Facts
from plans.rehearsal.replay_source import Case

#: So many incidents with another level are listed; the counts and the picture are of all.
LISTED = 100
_LOWEST = 1_000_000
_SETS = frozenset(name for name, fact in FACTS.items() if fact.kind == "set")


class Changed(NamedTuple):
    """An incident that the version would have seen otherwise."""

    case: Case
    before: Level | None
    after: Level | None
    #: higher | lower | other (a level the other plan does not have)
    direction: str
    #: appears | disappears | "" for a warning that would have been called for, or not.
    warning: str
    #: The facts at the step with the highest proposal, for the reasons.
    facts: Facts


@dataclass(slots=True)
class Replay:
    total: int = 0
    #: (id of the level then, id of the level now) → how many incidents. "" where none was proposed.
    flows: Counter = field(default_factory=Counter)
    before: dict[str, Level] = field(default_factory=dict)
    after: dict[str, Level] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)
    #: (direction, warning) → how many changed so, those no longer listed too.
    ways: Counter = field(default_factory=Counter)

    def count(self, direction: str = "", warning: str = "") -> int:
        return sum(
            many
            for way, many in self.ways.items()
            if (not direction or way[0] == direction) and (not warning or way[1] == warning)
        )

    def gravest(self) -> list[Changed]:
        """What is listed: lower than it was first, for that is what a bureau must look at; then by level, the newest
        first."""
        return sorted(self.changed, key=_gravity)[:LISTED]


def _gravity(changed: Changed) -> tuple[bool, int, float]:
    ranks = [level.rank if level else _LOWEST for level in (changed.before, changed.after)]
    return (changed.direction != "lower", min(ranks), -changed.case.at.timestamp())


class _Scale:
    """A plan's levels by id, and which of them call for a warning."""

    def __init__(self, document: Document):
        self.levels = {level.id: level for level in levels_of(document)}
        default = self.levels.get(document.get("level_policy", {}).get("default_level", ""))
        self.lowest = default.rank if default else _LOWEST

    def highest(self, ids: Iterable[str]) -> Level | None:
        known = [self.levels[one] for one in ids if one in self.levels]
        return min(known, key=lambda level: level.rank, default=None)

    def calls_for_a_warning(self, level: Level | None) -> bool:
        return level is not None and level.rank < self.lowest


def replay(
    document: Document,
    cases: Iterable[Case],
    documents: Mapping[int, Document],
    result: Replay | None = None,
) -> Replay:
    """Replay `document` over the cases; `documents` are the plans they ran under, by version. A `result` goes on."""
    now = _Scale(document)
    then = {plan: _Scale(earlier) for plan, earlier in documents.items()}
    result = result or Replay()
    result.after = now.levels
    for case in cases:
        scale = then[case.plan]
        before = scale.highest(level for _facts, level in case.observed)
        after, facts = _highest(document, case)
        result.total += 1
        result.flows[before.id if before else "", after.id if after else ""] += 1
        if before is not None:
            result.before[before.id] = before
        if (before.id if before else "") != (after.id if after else ""):
            warning = _warning(scale.calls_for_a_warning(before), now.calls_for_a_warning(after))
            way = (_direction(before, after, now), warning)
            result.ways[way] += 1
            result.changed.append(Changed(case, before, after, *way, facts))
    return result


def _highest(document: Document, case: Case) -> tuple[Level | None, Facts]:
    """The highest level the document proposes over the observations, and the facts that led to it."""
    picture: dict[str, Any] = {}
    best: Level | None = None
    best_facts = Facts()
    for raw, _level in case.observed:
        picture = {**picture, **stored_facts(raw)} if picture else stored_facts(raw)
        facts = Facts(picture)
        level = evaluate(document, facts).level
        if best is None or (level is not None and level.rank < best.rank):
            best, best_facts = level, facts
    return best, best_facts


def stored_facts(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as `Facts.as_dict` stored them, read without checking them again: they were checked when stored."""
    return {
        name: (value["low"], value["high"])
        if name == "headcount"
        else frozenset(value)
        if name in _SETS
        else value
        for name, value in raw.items()
    }


def _direction(before: Level | None, after: Level | None, now: _Scale) -> str:
    if before is not None and before.id not in now.levels:
        return "other"
    ranks = (now.levels[before.id].rank if before else _LOWEST, after.rank if after else _LOWEST)
    return "higher" if ranks[1] < ranks[0] else "lower"


def _warning(then: bool, now: bool) -> str:
    return "" if then == now else "appears" if now else "disappears"
