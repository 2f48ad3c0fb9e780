"""The engine: facts in, a proposed level with its reasons out. It knows no plan, only how plans are read.

    proposal = the highest of the levels whose limbs match and of the floors that apply;
               the plan's default level only if nothing matches at all

Floors always apply. Used only for unmatched facts, they would give orange to five people with a life at risk
and yellow to six. What holds for every plan:

- more people never lowers the level, even in a plan whose bands leave a number out (see `_carried`);
- giving one more fact never lowers it; the order of the facts does not matter;
- every limb and floor that matched is named, with its citation.

The engine proposes and a person decides: no level is in force until it is signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from plans.conditions import classes_of, found_in_words, holds, rule_in_words
from plans.facts import Facts
from plans.words import NO_WORDS, Words, named, words

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Level:
    id: str
    #: 1 is the highest.
    rank: int
    zh: str
    en: str
    roman: str = ""
    #: How screens paint it (red, orange, yellow, blue); empty for a plan without colours.
    tone: str = ""
    handling_tier: str = ""

    @property
    def words(self) -> Words:
        return Words(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Reason:
    """One limb or floor that matched: what it asks, what was found, where it is written."""

    #: limb: a criterion of the level. floor: a lower bound that always applies. carried: the headcount lies
    #: between two bands and keeps the lower one. default: nothing matched.
    kind: str
    level: str
    rule: Words
    found: Words
    cite: str = ""
    #: "source" or "proposal": whether the source says so or the bureau added it.
    origin: str = "source"
    why: Words = NO_WORDS

    def as_dict(self, language: str) -> dict[str, str]:
        """The reason for the API and for storing, in one language."""
        return {
            "kind": self.kind,
            "level": self.level,
            "rule": self.rule.said_in(language),
            "found": self.found.said_in(language),
            "citation": self.cite,
            "origin": self.origin,
            "why": self.why.said_in(language),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    #: None only for a plan that has no levels.
    level: Level | None
    #: Highest level first, in the order of the plan.
    reasons: tuple[Reason, ...] = ()


class Criterion(NamedTuple):
    """One limb or floor of a plan: what it asks, and the level it leads to."""

    kind: str
    level: str
    when: Mapping[str, Any]
    cite: str
    origin: str
    why: Words


def evaluate(document: Document, facts: Facts) -> Proposal:
    """Propose a level for the facts. Pure: same document and same facts, same answer."""
    levels = {level.id: level for level in levels_of(document)}
    uses = _policy(document).get("headcount_uses", "headcount_high")
    classes = classes_of(document)

    criteria = criteria_of(document)
    matched = [criterion for criterion in criteria if holds(criterion.when, facts, uses)]
    matched += _carried(criteria, matched, levels, facts, uses)
    reasons = [_reason(criterion, facts, classes) for criterion in matched] or _default(document)
    if not reasons:
        return Proposal(None)
    reasons.sort(key=lambda reason: levels[reason.level].rank)
    return Proposal(levels[reasons[0].level], tuple(reasons))


def criteria_of(document: Document) -> list[Criterion]:
    """Every limb and floor of the plan, in its order. A limb without a citation has its level's."""
    limbs = [
        Criterion("limb", level["id"], limb, limb.get("cite") or level.get("cite", ""),
                  limb.get("origin", "source"), words(limb.get("why")))
        for level in document.get("levels", ())
        for limb in _limbs(level)
    ]  # fmt: skip
    floors = [
        Criterion("floor", floor["level"], floor["when"], floor.get("cite", ""),
                  floor.get("origin", "source"), words(floor.get("why")))
        for floor in _policy(document).get("floors", ())
    ]  # fmt: skip
    return limbs + floors


def _limbs(level: Mapping) -> list[Mapping]:
    """A level's criteria, each of which is enough: the members of `any_of`, or the whole of `all_of`."""
    match = level.get("match")
    if not match:
        return []
    return match.get("any_of", [match])


def _carried(criteria: list[Criterion], matched: list[Criterion], levels: Mapping[str, Level],
             facts: Facts, uses: str) -> list[Criterion]:  # fmt: skip
    """Keep the band below when a number falls between two bands or beyond the last.

    In a plan without gaps this adds nothing. In a plan that says 6–20 and 22–50, twenty-one people stay at the
    level of 6–20 instead of dropping to the default.
    """

    def rank(criterion: Criterion) -> int:
        return levels[criterion.level].rank

    best = min(map(rank, matched), default=None)
    higher = [criterion for criterion in criteria if best is None or rank(criterion) < best]
    reached = [criterion for criterion in higher if holds(criterion.when, facts, uses, upper_bounds=False)]
    top = min(map(rank, reached), default=None)
    return [criterion._replace(kind="carried", origin="proposal", why=_CARRIED)
            for criterion in reached if rank(criterion) == top]  # fmt: skip


_CARRIED = Words(
    "数值不在任何区间内，沿用较低的一档", "the number lies in no band; the band below it is kept"
)


def _default(document: Document) -> list[Reason]:
    policy = _policy(document)
    if not policy.get("default_level"):
        return []
    return [Reason(
        kind="default",
        level=policy["default_level"],
        rule=Words("没有条件符合：取预案的默认等级", "nothing matched: the plan's default level"),
        found=NO_WORDS,
        cite=policy.get("default_cite", ""),
        origin=policy.get("default_origin", "source"),
        why=words(policy.get("default_why")),
    )]  # fmt: skip


def _reason(criterion: Criterion, facts: Facts, classes: Mapping[str, Words]) -> Reason:
    return Reason(
        kind=criterion.kind,
        level=criterion.level,
        rule=rule_in_words(criterion.when, classes),
        found=found_in_words(criterion.when, facts, classes),
        cite=criterion.cite,
        origin=criterion.origin,
        why=criterion.why,
    )


def levels_of(document: Document) -> list[Level]:
    """The plan's levels, highest first."""
    return sorted((_level(entry) for entry in document.get("levels", ())), key=lambda level: level.rank)


def level_of(document: Document, level_id: str) -> Level:
    """The level of that id. Raises KeyError if the plan has none."""
    return _level(_entry(document.get("levels", ()), level_id))


def is_at_least(document: Document, level_id: str, other_id: str) -> bool:
    """Tell whether the first level is the same as the second or higher."""
    return level_of(document, level_id).rank <= level_of(document, other_id).rank


def _level(entry: Mapping) -> Level:
    name = named(entry)
    return Level(
        id=entry["id"],
        rank=entry["rank"],
        zh=name.zh,
        en=name.en,
        roman=entry.get("roman", ""),
        tone=entry.get("tone", ""),
        handling_tier=entry.get("handling_tier", ""),
    )


def _entry(entries: Any, wanted: str) -> Mapping:
    for entry in entries:
        if entry["id"] == wanted:
            return entry
    raise KeyError(wanted)


def _policy(document: Document) -> Mapping:
    return document.get("level_policy", {})
