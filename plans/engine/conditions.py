"""What a plan asks of the facts: one fact and one operator, joined by `any_of` and `all_of`.

    {fact: headcount, between: [6, 20]}
    {any_of: [{fact: acts, any_in: [storming]}, {all_of: [..., ...]}]}

A fact that was not given fulfils nothing but `is_empty`. Bounds are included: `gte: 51` holds at 51.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from plans.document.words import Words, joined, words
from plans.engine.facts import FACTS, Facts, listed, same, value_in_words


class Operator(NamedTuple):
    #: Fact kinds it can be asked of.
    kinds: frozenset[str]
    holds: Callable[[Any, Any], bool]
    #: Whether giving one more fact can end what it asserts.
    denies: bool = False


_NUMBERS = frozenset({"range", "number", "counts"})
_SETS = frozenset({"set"})

OPERATORS = {
    "gte": Operator(_NUMBERS, lambda value, bound: value is not None and value >= bound),
    "between": Operator(_NUMBERS, lambda value, ends: value is not None and ends[0] <= value <= ends[1]),
    "any_in": Operator(_SETS, lambda value, codes: bool(value) and not value.isdisjoint(codes)),
    "not_empty": Operator(_SETS, lambda value, _: bool(value)),
    "is_empty": Operator(_SETS, lambda value, _: not value, denies=True),
    "eq": Operator(frozenset({"choice", "code", "yes_no"}), lambda value, wanted: value == wanted),
    "in": Operator(frozenset({"choice", "code"}), lambda value, codes: value in codes),
}


def operator_of(condition: Mapping) -> str:
    """The operator of a single condition. A checked document has exactly one."""
    return next(key for key in condition if key in OPERATORS)


def reading(facts: Facts, name: str, headcount_uses: str = "headcount_high") -> Any:
    """The value a condition compares: one end of an estimate, the sum of counts, the fact itself."""
    value = facts.given.get(name)
    if value is None:
        return None
    kind = FACTS[name].kind
    if kind == "range":
        return value[0] if headcount_uses == "headcount_low" else value[1]
    return sum(value.values()) if kind == "counts" else value


def holds(condition: Mapping, facts: Facts, headcount_uses: str, *, upper_bounds: bool = True) -> bool:
    """Tell whether the facts fulfil the condition; without `upper_bounds`, 6–20 reads as 6 or more."""
    if "any_of" in condition:
        return any(
            holds(part, facts, headcount_uses, upper_bounds=upper_bounds) for part in condition["any_of"]
        )
    if "all_of" in condition:
        return all(
            holds(part, facts, headcount_uses, upper_bounds=upper_bounds) for part in condition["all_of"]
        )
    operator, value = operator_of(condition), reading(facts, condition["fact"], headcount_uses)
    argument = condition[operator]
    if operator == "between" and not upper_bounds:
        operator, argument = "gte", argument[0]
    return OPERATORS[operator].holds(value, argument)


Predicate = Callable[[Mapping[str, Any]], bool]


def predicate(condition: Mapping, headcount_uses: str, *, upper_bounds: bool = True) -> Predicate:
    """`holds` made ready for many facts: a function of `Facts.given`. The same answers, read once."""
    for join, combine in (("any_of", any), ("all_of", all)):
        if join in condition:
            parts = [predicate(part, headcount_uses, upper_bounds=upper_bounds) for part in condition[join]]
            return parts[0] if len(parts) == 1 else _joined(parts, combine)
    operator, name = operator_of(condition), condition["fact"]
    argument = condition[operator]
    if operator == "between" and not upper_bounds:
        operator, argument = "gte", argument[0]
    read = _reader(name, headcount_uses)
    return _PREDICATES[operator](name, read, frozenset(argument) if operator == "any_in" else argument)


def _joined(parts: list[Predicate], combine: Callable) -> Predicate:
    return lambda given: combine(part(given) for part in parts)


def _reader(name: str, headcount_uses: str) -> Callable[[Any], Any] | None:
    """How a fact's value becomes the number that is compared; None where it is the value itself."""
    match FACTS[name].kind:
        case "range":
            return itemgetter(0 if headcount_uses == "headcount_low" else 1)
        case "counts":
            return lambda value: sum(value.values())
        case _:
            return None


def _gte(name: str, read: Any, bound: int) -> Predicate:
    if read is None:
        return lambda given: (value := given.get(name)) is not None and value >= bound
    return lambda given: (value := given.get(name)) is not None and read(value) >= bound


def _between(name: str, read: Any, ends: list[int]) -> Predicate:
    low, high = ends
    if read is None:
        return lambda given: (value := given.get(name)) is not None and low <= value <= high
    return lambda given: (value := given.get(name)) is not None and low <= read(value) <= high


#: One per operator, with the meaning that OPERATORS gives it.
_PREDICATES: dict[str, Callable[[str, Any, Any], Predicate]] = {
    "gte": _gte,
    "between": _between,
    "any_in": lambda name, _, codes: lambda given: bool(v := given.get(name)) and not codes.isdisjoint(v),
    "not_empty": lambda name, _, __: lambda given: bool(given.get(name)),
    "is_empty": lambda name, _, __: lambda given: not given.get(name),
    "eq": lambda name, _, wanted: lambda given: given.get(name) == wanted,
    "in": lambda name, _, codes: lambda given: given.get(name) in codes,
}


def singles(condition: Mapping) -> Iterator[Mapping]:
    """Every single condition inside this one."""
    for join in ("any_of", "all_of"):
        if join in condition:
            for part in condition[join]:
                yield from singles(part)
            return
    yield condition


def rule_in_words(condition: Mapping, classes: Mapping[str, Words] | None = None) -> Words:
    """The condition as a person says it: "headcount 21–50"."""
    if "any_of" in condition:
        return joined([rule_in_words(part, classes) for part in condition["any_of"]], "，或", " or ")
    if "all_of" in condition:
        return joined([rule_in_words(part, classes) for part in condition["all_of"]], "，且", " and ")
    fact = FACTS[condition["fact"]]
    operator = operator_of(condition)
    return _PHRASES[operator](fact.words, condition[operator], _naming(fact, classes or {}))


def found_in_words(condition: Mapping, facts: Facts, classes: Mapping[str, Words] | None = None) -> Words:
    """The facts that condition looked at, as they were given: "headcount 35"."""
    names = list(dict.fromkeys(single["fact"] for single in singles(condition)))
    return joined([_found(name, facts, classes or {}) for name in names], "；", "; ")


def _found(name: str, facts: Facts, classes: Mapping[str, Words]) -> Words:
    fact, value = FACTS[name], facts.given.get(name)
    if value is None:
        text = Words("未报", "not given")
    elif fact.kind == "code":
        text = _naming(fact, classes)(value)
    else:
        text = value_in_words(name, value)
    return _about(fact.words, text, fact.kind)


def _about(what: Words, text: Words, kind: str) -> Words:
    if kind in ("range", "number"):
        return Words(f"{what.zh} {text.zh}", f"{what.en} {text.en}")
    return Words(f"{what.zh}：{text.zh}", f"{what.en}: {text.en}")


def _naming(fact: Any, classes: Mapping[str, Words]) -> Callable[[Any], Words]:
    def name(value: Any) -> Words:
        if isinstance(value, bool):
            return Words("是", "yes") if value else Words("否", "no")
        return fact.choices.get(value) or classes.get(value) or same(str(value))

    return name


def _alternatives(parts: list[Words]) -> Words:
    if len(parts) == 1:
        return parts[0]
    head, last = listed(parts[:-1]), parts[-1]
    return Words(f"{head.zh}或{last.zh}", f"{head.en} or {last.en}")


#: How each operator is said: what it is about, its argument, how a choice is called.
_PHRASES: dict[str, Callable[[Words, Any, Callable[[Any], Words]], Words]] = {
    "gte": lambda what, bound, name: Words(f"{what.zh} {bound:,} 以上（含）", f"{what.en} {bound:,} or more"),
    "between": lambda what, ends, name: Words(
        f"{what.zh} {_span(ends, '—')}", f"{what.en} {_span(ends, '–')}"
    ),
    "any_in": lambda what, codes, name: _about(what, _alternatives([name(code) for code in codes]), "set"),
    "not_empty": lambda what, _, name: _about(what, Words("任何一项", "any"), "set"),
    "is_empty": lambda what, _, name: _about(what, Words("无", "none"), "set"),
    "eq": lambda what, wanted, name: _about(what, name(wanted), "choice"),
    "in": lambda what, codes, name: _about(what, _alternatives([name(code) for code in codes]), "choice"),
}


def _span(ends: list[int], dash: str) -> str:
    low, high = ends
    return f"{low:,}" if low == high else f"{low:,}{dash}{high:,}"


def classes_of(document: Mapping) -> dict[str, Words]:
    """The plan's own classes of demands, by id: their words appear in reasons."""
    return {entry["id"]: words(entry) for entry in document.get("demand_classes", ())}
