"""Limbs and floors that can never matter: they cannot hold, or a higher level always holds when they do."""

from collections.abc import Iterator, Mapping

from plans.checks.findings import Finding, note, problem
from plans.engine.conditions import operator_of
from plans.engine.evaluation import criteria_of, levels_of
from plans.engine.facts import FACTS


def unreachable(document: Mapping) -> Iterator[Finding]:
    """A limb that contradicts itself is a problem; one that never decides is worth a note."""
    ranks = {level.id: level.rank for level in levels_of(document)}
    criteria = criteria_of(document)
    paths = list(_paths(document))
    for criterion, path in zip(criteria, paths, strict=True):
        if _contradicts(criterion.when):
            yield problem(path, "This condition can never hold: its parts exclude each other.")
            continue
        higher = [other for other in criteria if ranks[other.level] < ranks[criterion.level]]
        above = next((other for other in higher if _implies(criterion.when, other.when)), None)
        if above is not None:
            yield note(path, "This condition never decides the level: whenever it holds, the higher level "
                             "“%(level)s” holds too.", level=above.level)  # fmt: skip


def _paths(document: Mapping) -> Iterator[str]:
    """The path of every criterion, in the order of `criteria_of`."""
    for index, level in enumerate(document.get("levels", ())):
        match = level.get("match")
        if match and "any_of" in match:
            yield from (f"levels[{index}].match.any_of[{n}]" for n in range(len(match["any_of"])))
        elif match:
            yield f"levels[{index}].match"
    for index in range(len(document.get("level_policy", {}).get("floors", ()))):
        yield f"level_policy.floors[{index}].when"


def _contradicts(condition: Mapping) -> bool:
    """Whether the parts of an `all_of` on one fact leave nothing: 1–5 and at least 10; empty and one of."""
    if "all_of" not in condition:
        return False
    parts = [part for part in condition["all_of"] if "fact" in part]
    return any(
        _excludes(one, other)
        for n, one in enumerate(parts)
        for other in parts[n + 1 :]
        if one["fact"] == other["fact"]
    )


def _excludes(one: Mapping, other: Mapping) -> bool:
    first, second = _span(one), _span(other)
    if first and second:
        return first[0] > second[1] or second[0] > first[1]
    asked = {operator_of(one), operator_of(other)}
    if "is_empty" in asked:
        return bool(asked & {"any_in", "not_empty"})
    mine, theirs = _values(one), _values(other)
    return FACTS[one["fact"]].kind != "set" and bool(mine and theirs) and mine.isdisjoint(theirs)


def _implies(narrow: Mapping, wide: Mapping) -> bool:
    """Whether `wide` holds wherever `narrow` does. Says no where it cannot tell."""
    if "any_of" in narrow:
        return all(_implies(part, wide) for part in narrow["any_of"])
    if "any_of" in wide:
        return any(_implies(narrow, part) for part in wide["any_of"])
    if "all_of" in wide:
        return all(_implies(narrow, part) for part in wide["all_of"])
    if "all_of" in narrow:
        return any(_implies(part, wide) for part in narrow["all_of"])
    return narrow["fact"] == wide["fact"] and _single_implies(narrow, wide)


def _single_implies(narrow: Mapping, wide: Mapping) -> bool:
    first, second = _span(narrow), _span(wide)
    if first and second:
        return second[0] <= first[0] and first[1] <= second[1]
    if operator_of(wide) == "not_empty":
        return operator_of(narrow) in ("any_in", "not_empty")
    mine, theirs = _values(narrow), _values(wide)
    return bool(mine and theirs) and mine <= theirs


def _span(single: Mapping) -> tuple[float, float] | None:
    if "gte" in single:
        return single["gte"], float("inf")
    return tuple(single["between"]) if "between" in single else None


def _values(single: Mapping) -> frozenset:
    argument = single.get("any_in") or single.get("in")
    if argument:
        return frozenset(argument)
    return frozenset([single["eq"]]) if "eq" in single else frozenset()
