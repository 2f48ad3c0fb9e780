"""The engine: facts in, a proposed level with its reasons out. It knows no plan, only how plans are read.

    proposal = the highest of the levels whose limbs match and of the floors that apply;
               the plan's default level only if nothing matches at all

Floors always apply. Used only for unmatched facts, they would give orange to five people with a life at risk
and yellow to six. What holds for every plan:

- more people never lowers the level, even in a plan whose bands leave a number out (it keeps the band below);
- giving one more fact never lowers it; the order of the facts does not matter;
- every limb and floor that matched is named, with its citation.

The engine proposes and a person decides: no level is in force until it is signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from plans.document.words import NO_WORDS, Words, named, words
from plans.engine.conditions import Predicate, classes_of, found_in_words, predicate, rule_in_words, singles
from plans.engine.facts import Facts

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

    @property
    def finds_more(self) -> bool:
        return finds_more(self.rule.zh, self.found.zh)

    def as_dict(self, language: str) -> dict[str, str]:
        """The reason for the API and for storing, in one language."""
        return {
            "kind": self.kind,
            "level": self.level,
            "rule": self.rule.in_language(language),
            "found": self.found.in_language(language),
            "citation": self.cite,
            "origin": self.origin,
            "why": self.why.in_language(language),
        }


def finds_more(rule: str, found: str) -> bool:
    """Whether what was found says more than the limb: a band that is also the answer's choice stands there already.

    A rule's dash is longer in Chinese than a fact's.
    """
    return bool(found) and found.replace("–", "—") != rule.replace("–", "—")


class Criterion(NamedTuple):
    """One limb or floor of a plan: what it asks, and the level it leads to."""

    kind: str
    level: str
    when: Mapping[str, Any]
    cite: str
    origin: str
    why: Words


class Proposal:
    """What a plan proposes: a level, and the reasons that lead to it. The reasons are worded when they are read."""

    __slots__ = ("_facts", "_plan", "_reasons", "level")

    def __init__(self, level: Level | None, plan: "_Ready", facts: Facts):
        #: None only for a plan that has no levels.
        self.level = level
        self._plan, self._facts = plan, facts
        self._reasons: tuple[Reason, ...] | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Highest level first, in the order of the plan."""
        if self._reasons is None:
            self._reasons = self._plan.reasons(self._facts)
        return self._reasons

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proposal) and (self.level, self.reasons) == (other.level, other.reasons)

    def __hash__(self) -> int:
        return hash((self.level, self.reasons))


def evaluate(document: Document, facts: Facts) -> Proposal:
    """Propose a level for the facts. Pure: same document and same facts, same answer.

    The document is read once and kept ready (it must not be changed afterwards): whoever asks the same plan
    about ten thousand incidents pays for the reading once.
    """
    return _ready(document).propose(facts)


class _Test(NamedTuple):
    """A criterion made ready. `reached` asks the same without upper bounds, so it holds wherever `holds` does."""

    holds: Predicate
    reached: Predicate
    rank: int
    criterion: Criterion


class _Ready:
    """A plan made ready: its criteria as functions, filed under a fact without which they cannot hold."""

    def __init__(self, document: Document):
        self.document = document
        self.levels = {level.id: level for level in levels_of(document)}
        self.by_rank: dict[int, Level | None] = {level.rank: level for level in self.levels.values()}
        self.tests = [self._test(criterion) for criterion in criteria_of(document)]
        default = self.levels.get(_policy(document).get("default_level", ""))
        self.lowest = default.rank if default else _BELOW_ALL
        self.by_rank[_BELOW_ALL] = None
        self.filed = self._file()

    def _test(self, criterion: Criterion) -> _Test:
        uses = _policy(self.document).get("headcount_uses", "headcount_high")
        reached = predicate(criterion.when, uses, upper_bounds=False)
        return _Test(predicate(criterion.when, uses), reached, self.levels[criterion.level].rank, criterion)

    def _file(self) -> dict[str, list[tuple[int, Predicate]]]:
        """Fact → (rank, whether it is reached), highest first. Only the lowest level may ask what is absent."""
        filed: dict[str, list[tuple[int, Predicate]]] = {}
        for test in self.tests:
            if test.rank < self.lowest:
                for name in dict.fromkeys(single["fact"] for single in singles(test.criterion.when)):
                    filed.setdefault(name, []).append((test.rank, test.reached))
        return {name: sorted(tests, key=lambda test: test[0]) for name, tests in filed.items()}

    def propose(self, facts: Facts) -> Proposal:
        """Keep the band below when a number falls between two bands or beyond the last.

        In a plan without gaps this adds nothing. In a plan that says 6–20 and 22–50, twenty-one people stay at
        the level of 6–20 instead of dropping to the default: 6–20 is read as 6 or more.
        """
        given, best, filed = facts.given, self.lowest, self.filed
        for name in given:
            for rank, reached in filed.get(name, ()):
                if rank >= best:
                    break
                if reached(given):
                    best = rank
                    break
        return Proposal(self.by_rank[best], self, facts)

    def reasons(self, facts: Facts) -> tuple[Reason, ...]:
        """Every limb and floor that matched; what is carried stands with its level. Highest level first."""
        matched = [test for test in self.tests if test.holds(facts.given)]
        best = min([test.rank for test in matched], default=_BELOW_ALL)
        carried = [test for test in self.tests if test.rank < best and test.reached(facts.given)]
        top = min([test.rank for test in carried], default=best)
        criteria = [test.criterion for test in matched] + [
            test.criterion._replace(kind="carried", origin="proposal", why=_CARRIED)
            for test in carried
            if test.rank == top
        ]
        if not criteria:
            return tuple(_default(self.document))
        criteria.sort(key=lambda criterion: self.levels[criterion.level].rank)
        classes = classes_of(self.document)
        return tuple(_reason(criterion, facts, classes) for criterion in criteria)


_BELOW_ALL = 1_000_000

#: Documents made ready, the latest last; each is held with its document, so that no other can be taken for it.
_kept: dict[int, _Ready] = {}
_MOST_KEPT = 32


def _ready(document: Document) -> _Ready:
    ready = _kept.get(id(document))
    if ready is None or ready.document is not document:
        if len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        ready = _kept[id(document)] = _Ready(document)
    return ready


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
