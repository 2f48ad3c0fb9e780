"""Hypothesis strategies for facts."""

from hypothesis import strategies as st

from plans.engine.facts import FACTS, Facts


def headcounts(most=120):
    return st.tuples(st.integers(0, most), st.integers(0, most)).map(
        lambda ends: {"low": min(ends), "high": max(ends)}
    )


def _value(fact):
    match fact.kind:
        case "range":
            return headcounts()
        case "number":
            return st.integers(0, 200_000)
        case "set":
            return st.lists(st.sampled_from(list(fact.choices)), unique=True, max_size=4)
        case "counts":
            return st.dictionaries(st.sampled_from(list(fact.choices)), st.integers(0, 9))
        case "choice":
            return st.sampled_from(list(fact.choices))
        case "yes_no":
            return st.booleans()
        case "code":
            return st.sampled_from(["resolvable_now", "reasonable_needs_coordination", "other"])
        case _:
            return st.just("county desk")


def raw_facts():
    return st.fixed_dictionaries({}, optional={name: _value(fact) for name, fact in FACTS.items()})


def facts():
    return raw_facts().map(Facts.from_dict)
