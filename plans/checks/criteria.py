"""Are the limbs and floors of a plan sound, and which headcounts do its levels leave out or claim twice?"""

from collections.abc import Iterator, Mapping
from typing import Any

from plans.checks.findings import Finding, note, problem
from plans.document.strict_yaml import at
from plans.engine.conditions import OPERATORS, holds, singles
from plans.engine.evaluation import criteria_of
from plans.engine.facts import FACTS, Fact, Facts

Found = Iterator[Finding]

_ASIDE = {"cite", "origin", "why"}
#: Integers are listed one by one up to this many, then as a range.
_LISTED = 12


def unsound_criteria(document: Mapping) -> Found:
    policy = document.get("level_policy", {})
    for index, level in enumerate(document.get("levels", [])):
        if "match" in level:
            is_default = level["id"] == policy.get("default_level")
            yield from _condition(level["match"], f"levels[{index}].match", document, may_deny=is_default)
    for index, floor in enumerate(policy.get("floors", ())):
        is_default = floor["level"] == policy.get("default_level")
        yield from _condition(
            floor["when"], f"level_policy.floors[{index}].when", document, may_deny=is_default
        )


def _condition(condition: Mapping, path: str, document: Mapping, may_deny: bool) -> Found:
    """One fact and one operator, or `any_of`, or `all_of`; never two of these together."""
    joins = [join for join in ("any_of", "all_of") if join in condition]
    others = [key for key in condition if key not in _ASIDE and key not in joins]
    if joins and (others or len(joins) > 1):
        yield problem(path, "A condition is either any_of, or all_of, or one fact with one operator.")
    elif joins:
        for index, part in enumerate(condition[joins[0]]):
            yield from _condition(part, f"{path}.{joins[0]}[{index}]", document, may_deny)
    else:
        yield from _single(condition, path, document, may_deny)


def _single(condition: Mapping, path: str, document: Mapping, may_deny: bool) -> Found:
    fact = FACTS.get(condition.get("fact", ""))
    if fact is None:
        yield problem(at(path, "fact"), "There is no fact “%(fact)s”.", fact=condition.get("fact", ""))
        return
    operators = [key for key in condition if key not in _ASIDE and key != "fact"]
    unknown = [key for key in operators if key not in OPERATORS]
    for key in unknown:
        yield problem(at(path, key), "There is no operator “%(operator)s”.", operator=key)
    if unknown or len(operators) != 1:
        if not unknown:
            yield problem(path, "A condition needs exactly one operator.")
        return
    operator = operators[0]
    where = at(path, operator)
    if fact.kind not in OPERATORS[operator].kinds:
        yield problem(where, "“%(operator)s” cannot be asked of the fact “%(fact)s”.",
                      operator=operator, fact=fact.name)  # fmt: skip
        return
    yield from _argument(fact, operator, condition[operator], where, document)
    if not may_deny and (OPERATORS[operator].denies or condition[operator] is False):
        yield problem(where, "Only the default level may ask that something is absent: elsewhere giving a fact "
                             "would lower the level.")  # fmt: skip


def _argument(fact: Fact, operator: str, argument: Any, where: str, document: Mapping) -> Found:
    if operator == "between" and argument[0] > argument[1]:
        yield problem(where, "The lower bound %(low)s is above the upper bound %(high)s.",
                      low=argument[0], high=argument[1])  # fmt: skip
    if operator not in ("any_in", "in", "eq"):
        return
    if isinstance(argument, bool) != (fact.kind == "yes_no"):
        yield problem(
            where, "“%(value)s” is not a value of the fact “%(fact)s”.", value=argument, fact=fact.name
        )
        return
    allowed = _values(fact, document)
    for value in argument if isinstance(argument, list) else [argument]:
        if allowed is not None and value not in allowed:
            yield problem(
                where, "“%(value)s” is not a value of the fact “%(fact)s”.", value=value, fact=fact.name
            )


def _values(fact: Fact, document: Mapping) -> set | None:
    """What the fact can be, None where anything goes. The classes of demands are the plan's own."""
    if fact.kind == "yes_no":
        return {True, False}
    if fact.kind == "code":
        classes = {entry["id"] for entry in document.get("demand_classes", ())}
        return classes or None
    return set(fact.choices)


def gaps_and_overlaps(document: Mapping) -> Found:
    """Name the headcounts no level speaks of, and those two levels claim, for a calm crowd."""
    gaps: list[tuple[int, int | None]] = []
    overlaps: dict[tuple[str, ...], list[tuple[int, int | None]]] = {}
    for first, last in _segments(document):
        limbs, floors = _claims(document, first)
        if not limbs and not floors:
            gaps.append((first, last))
        elif len(limbs) > 1:
            overlaps.setdefault(limbs, []).append((first, last))
    if gaps:
        yield note("levels", "No level names a headcount of %(numbers)s: the band below it or the default level "
                             "applies.", numbers=_numbers(gaps))  # fmt: skip
    for levels, spans in overlaps.items():
        yield note("levels", "A headcount of %(numbers)s belongs to more than one level (%(levels)s): the highest "
                             "applies.", numbers=_numbers(spans), levels=", ".join(levels))  # fmt: skip


def _segments(document: Mapping) -> list[tuple[int, int | None]]:
    """Stretches of headcounts, from 1, within which no bound lies; the last one is open."""
    starts = {1}
    for criterion in criteria_of(document) if document.get("levels") else ():
        for single in singles(criterion.when):
            if single["fact"] == "headcount":
                low, high = single["between"] if "between" in single else (single["gte"], None)
                starts |= {low} if high is None else {low, high + 1}
    if starts == {1}:
        return []
    ordered = sorted(start for start in starts if start >= 1)
    return list(zip(ordered, [start - 1 for start in ordered[1:]] + [None], strict=True))


def _claims(document: Mapping, headcount: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The levels whose limbs, and those whose floors, match that many calm people and nothing else."""
    facts = Facts({"headcount": (headcount, headcount)})
    uses = document.get("level_policy", {}).get("headcount_uses", "headcount_high")
    matched = [criterion for criterion in criteria_of(document) if holds(criterion.when, facts, uses)]
    limbs = dict.fromkeys(criterion.level for criterion in matched if criterion.kind == "limb")
    floors = dict.fromkeys(criterion.level for criterion in matched if criterion.kind == "floor")
    return tuple(limbs), tuple(floors)


def _numbers(spans: list[tuple[int, int | None]]) -> str:
    return ", ".join(_span(first, last) for first, last in spans)


def _span(first: int, last: int | None) -> str:
    if last is None:
        return f"≥ {first}"
    if last - first < _LISTED:
        return ", ".join(str(number) for number in range(first, last + 1))
    return f"{first}–{last}"
