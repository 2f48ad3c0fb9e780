"""The engine against the city plan's table, at every bound, and the properties every plan must have."""

import itertools
import random

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.checks import documents
from plans.engine.evaluation import criteria_of, evaluate, is_at_least, level_of, levels_of
from plans.engine.facts import FACTS, Facts
from tests.plans.strategies import facts as any_facts

RANK = {"red": 1, "orange": 2, "yellow": 3, "blue": 4}


def level(document, **raw):
    return evaluate(document, Facts.from_dict(raw)).level.id


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"headcount": 5, "crowd_tension": "calm"}, "blue"),
        ({"headcount": 6, "crowd_tension": "calm"}, "yellow"),
        ({"headcount": 10, "crowd_tension": "calm"}, "yellow"),
        ({"headcount": 11, "crowd_tension": "heated"}, "yellow"),
        ({"headcount": 20}, "yellow"),
        ({"headcount": 21}, "orange"),
        ({"headcount": 50}, "orange"),
        ({"headcount": 51}, "red"),
        ({"headcount": 3, "joint_petitioners": 3, "acts": ["banner"]}, "yellow"),
        ({"headcount": 1, "life_risk": ["suicide_threat"]}, "orange"),
        ({"headcount": 1, "casualties": {"injured": 1}}, "red"),
        ({"headcount": 1, "casualties": {"dead": 1}}, "red"),
        ({"headcount": 0, "online_views_reported": 99_999}, "blue"),
        ({"headcount": 0, "online_views_reported": 100_000}, "orange"),
        ({"headcount": 35, "acts": ["banner"]}, "orange"),
        ({"headcount": {"low": 15, "high": 60}}, "red"),
        ({}, "blue"),
    ],
)
def test_city_plan_vectors(city, raw, expected):
    assert level(city, **raw) == expected


def _city_level_by_hand(headcount, acts, life_risk, dead, injured, views):
    """§2.3 and the plan's floors, written out once more and independently of the document."""
    if headcount >= 51 or acts & {"storming", "smashing"} or dead + injured >= 1:
        return "red"
    if 21 <= headcount <= 50 or views >= 100_000 or life_risk or "storming_signs" in acts:
        return "orange"
    if 6 <= headcount <= 20 or acts:
        return "yellow"
    return "blue"


def test_city_plan_exhaustive_grid(city):
    """Every bound and its neighbours × every act × every life risk × casualties × views."""
    headcounts = [0, 1, 4, 5, 6, 7, 19, 20, 21, 22, 49, 50, 51, 52, 1000]
    acts = [set(), *({act} for act in FACTS["acts"].choices), {"banner", "storming"}, {"sit_in", "slogans"}]
    risks = [set(), *({risk} for risk in FACTS["life_risk"].choices)]
    casualties = [(0, 0), (0, 1), (1, 0)]
    views = [0, 99_999, 100_000]
    walked = 0
    for n, a, r, (dead, injured), v in itertools.product(headcounts, acts, risks, casualties, views):
        raw = {"headcount": n, "acts": sorted(a), "life_risk": sorted(r), "online_views_reported": v,
               "casualties": {"dead": dead, "injured": injured}}  # fmt: skip

        assert level(city, **raw) == _city_level_by_hand(n, a, r, dead, injured, v), raw
        walked += 1
    assert walked == 15 * 13 * 6 * 3 * 3


def test_every_match_is_named_with_its_citation(city):
    facts = Facts.from_dict({"headcount": 35, "acts": ["banner", "sit_in"], "life_risk": ["suicide_threat"]})

    proposal = evaluate(city, facts)

    assert proposal.level.id == "orange"
    assert [(r.kind, r.level, r.cite, r.origin) for r in proposal.reasons] == [
        ("limb", "orange", "§2.3", "source"),
        ("limb", "orange", "§2.3", "source"),
        ("floor", "orange", "§1.4(2)", "proposal"),
        ("limb", "yellow", "§2.3", "source"),
        ("floor", "yellow", "§2.3", "proposal"),
    ]
    headcount = proposal.reasons[0]
    assert headcount.rule.en == "headcount 21–50"
    assert headcount.rule.zh == "人数 21—50"
    assert headcount.found.en == "headcount 35"
    assert headcount.found.zh == "人数 35"
    assert headcount.as_dict("en") == {
        "kind": "limb",
        "level": "orange",
        "rule": "headcount 21–50",
        "found": "headcount 35",
        "citation": "§2.3",
        "origin": "source",
        "why": "",
    }


def test_floors_are_always_applied_not_only_to_unmatched_facts(city):
    for headcount in (1, 5, 6, 20):
        assert level(city, headcount=headcount, life_risk=["self_harm_signs"]) == "orange"


def test_blue_is_one_limb_of_three_conditions(city):
    calm = evaluate(city, Facts.from_dict({"headcount": 3}))
    with_sit_in = evaluate(city, Facts.from_dict({"headcount": 3, "acts": ["sit_in"]}))

    assert [(r.kind, r.level) for r in calm.reasons] == [("limb", "blue")]
    assert calm.reasons[0].rule.zh == "人数 1—5，且现场行为：无，且生命危险：无"
    assert [(r.kind, r.level) for r in with_sit_in.reasons] == [("floor", "yellow")]


def test_default_only_if_nothing_matches(city):
    online_only = evaluate(city, Facts.from_dict({"headcount": 0}))

    assert [(r.kind, r.level) for r in online_only.reasons] == [("default", "blue")]


def test_the_upper_estimate_counts_unless_the_plan_says_otherwise(city):
    cautious = Facts.from_dict({"headcount": {"low": 4, "high": 25}})
    other = {**city, "level_policy": {**city["level_policy"], "headcount_uses": "headcount_low"}}

    assert evaluate(city, cautious).level.id == "orange"
    assert evaluate(other, cautious).level.id == "blue"


def test_levels_of_the_city_plan(city):
    assert [(entry.id, entry.rank, entry.roman, entry.tone) for entry in levels_of(city)] == [
        ("red", 1, "I", "red"),
        ("orange", 2, "II", "orange"),
        ("yellow", 3, "III", "yellow"),
        ("blue", 4, "IV", "blue"),
    ]
    assert level_of(city, "red").words == ("红色", "Red")
    assert is_at_least(city, "red", "orange")
    assert is_at_least(city, "orange", "orange")
    assert not is_at_least(city, "blue", "orange")
    with pytest.raises(KeyError):
        level_of(city, "violet")


def test_no_figure_of_the_plan_is_in_the_engine(small):
    """Other thresholds, other levels, other names: the engine follows the document."""
    document = documents.check(small()).document

    assert level(document, headcount=9) == "low"
    assert level(document, headcount=10) == "high"
    assert level(document, headcount=1, life_risk=["medical_emergency"]) == "high"
    assert level(document) == "low"


def test_a_plan_without_levels_proposes_none(small):
    document = {**documents.check(small()).document, "levels": [], "level_policy": {"combine": "none"}}

    assert evaluate(document, Facts.from_dict({"headcount": 500})) == (evaluate(document, Facts()))
    assert evaluate(document, Facts()).level is None


@pytest.mark.parametrize(
    ("headcount", "expected", "kind"), [(9, "low", "limb"), (11, "mid", "limb"), (12, "mid", "carried"),
                                        (14, "mid", "carried"), (15, "high", "limb")]
)  # fmt: skip
def test_headcount_in_a_gap_keeps_the_band_below(small, headcount, expected, kind):
    text = small("match: {any_of: [{fact: headcount, gte: 10, cite: §1}]}",
                 "match: {any_of: [{fact: headcount, gte: 15, cite: §1}]}")  # fmt: skip
    document = documents.check(text).document
    document["levels"].append(
        {"id": "mid", "rank": 2, "match": {"any_of": [{"fact": "headcount", "between": [10, 11]}]}}
    )
    document["levels"][1]["rank"] = 3

    proposal = evaluate(document, Facts.from_dict({"headcount": headcount}))

    assert proposal.level.id == expected
    assert proposal.reasons[0].kind == kind


# --- properties ------------------------------------------------------------------------------------------


def _plan(bands, acts_level, default_denies):
    """A plan with arbitrary bands, gaps and overlaps included."""
    ids = [f"l{rank}" for rank in range(1, len(bands) + 1)]
    levels = []
    for rank, (low, high) in enumerate(bands, start=1):
        limb = (
            {"fact": "headcount", "gte": low}
            if high is None
            else {"fact": "headcount", "between": [low, high]}
        )
        levels.append({"id": ids[rank - 1], "rank": rank, "match": {"any_of": [limb]}})
    levels[acts_level % len(levels)]["match"]["any_of"].append(
        {"fact": "acts", "any_in": ["banner", "storming"]}
    )
    if default_denies:
        last = levels[-1]["match"]
        levels[-1]["match"] = {"all_of": [last["any_of"][0], {"fact": "acts", "is_empty": True}]}
    floors = [{"when": {"fact": "life_risk", "not_empty": True}, "level": ids[0]},
              {"when": {"fact": "headcount", "between": [3, 5]}, "level": ids[len(ids) // 2]}]  # fmt: skip
    return {"levels": levels, "level_policy": {"default_level": ids[-1], "floors": floors}}


_bounds = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted).map(tuple)
plans = st.builds(
    _plan,
    st.lists(_bounds | st.integers(0, 60).map(lambda low: (low, None)), min_size=1, max_size=5),
    st.integers(0, 4),
    st.booleans(),
)


def _rank(document, facts):
    return evaluate(document, facts).level.rank


@given(plans, any_facts(), st.integers(0, 80), st.integers(0, 80))
@settings(max_examples=300)
def test_more_people_never_lowers_the_level_in_any_plan(document, facts, low, more):
    fewer = facts.updated_by(Facts.from_dict({"headcount": low}))
    larger = facts.updated_by(Facts.from_dict({"headcount": low + more}))

    assert _rank(document, larger) <= _rank(document, fewer)


@given(plans, any_facts(), any_facts())
@settings(max_examples=300)
def test_adding_a_fact_never_lowers_the_level_in_any_plan(document, facts, more):
    added = Facts({**more.given, **facts.given})
    for name in ("acts", "life_risk"):
        if name in facts.given and name in more.given:
            added = added.updated_by(Facts({name: facts.given[name] | more.given[name]}))

    assert _rank(document, added) <= _rank(document, facts)


@given(any_facts(), st.integers(0, 80), st.integers(0, 80))
def test_more_people_never_lowers_the_level_of_the_city_plan(city, facts, low, more):
    fewer = facts.updated_by(Facts.from_dict({"headcount": low}))
    larger = facts.updated_by(Facts.from_dict({"headcount": low + more}))

    assert _rank(city, larger) <= _rank(city, fewer)


@given(any_facts(), st.sampled_from(["acts", "life_risk"]), st.data())
def test_one_more_act_or_risk_never_lowers_the_level_of_the_city_plan(city, facts, name, data):
    one_more = data.draw(st.sampled_from(list(FACTS[name].choices)))
    added = facts.updated_by(Facts({name: facts.given.get(name, frozenset()) | {one_more}}))

    assert _rank(city, added) <= _rank(city, facts)


@given(any_facts(), st.randoms())
def test_order_of_the_facts_does_not_matter(city, facts, rng):
    raw = list(facts.as_dict().items())
    rng.shuffle(raw)
    shuffled = {name: random.Random(0).sample(v, len(v)) if isinstance(v, list) else v for name, v in raw}

    assert evaluate(city, Facts.from_dict(shuffled)) == evaluate(city, facts)


@given(any_facts())
def test_every_proposal_has_reasons_that_lead_to_its_level(city, facts):
    proposal = evaluate(city, facts)

    assert proposal.level.rank == min(RANK[reason.level] for reason in proposal.reasons)
    assert all(reason.cite and reason.rule.zh and reason.rule.en for reason in proposal.reasons)
    assert len([r for r in proposal.reasons if r.kind in ("limb", "floor")]) <= len(criteria_of(city))


@given(any_facts())
def test_city_plan_has_no_gap_to_carry_over(city, facts):
    assert all(reason.kind != "carried" for reason in evaluate(city, facts).reasons)


def test_order_of_levels_and_limbs_does_not_matter(city):
    turned = {**city, "levels": list(reversed(city["levels"]))}
    facts = Facts.from_dict({"headcount": 35, "acts": ["banner"], "life_risk": ["suicide_threat"]})

    assert evaluate(turned, facts).level == evaluate(city, facts).level
    assert set(evaluate(turned, facts).reasons) == set(evaluate(city, facts).reasons)


def test_document_survives_json(city):
    import json

    stored = json.loads(json.dumps(city, sort_keys=True))

    assert stored == city
    assert yaml.safe_load(json.dumps(city)) == city
