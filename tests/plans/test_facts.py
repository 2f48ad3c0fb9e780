import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.engine.facts import FACTS, MOST, SENTENCES, FactProblem, Facts
from tests.plans.strategies import facts as any_facts


@pytest.mark.parametrize(
    ("raw", "headcount"),
    [
        ({"headcount": 35}, (35, 35)),
        ({"headcount": {"low": 20, "high": 35}}, (20, 35)),
        ({"headcount": {"high": 35}}, (35, 35)),
        ({"headcount": {"low": 20}}, (20, 20)),
        ({"headcount_low": 20, "headcount_high": 35}, (20, 35)),
        ({"headcount_high": 35}, (35, 35)),
        ({"headcount": 0}, (0, 0)),
        ({"headcount": None, "headcount_low": 3}, (3, 3)),
    ],
)
def test_headcount_may_be_given_in_each_form(raw, headcount):
    assert Facts.from_dict(raw).given == {"headcount": headcount}


def test_absent_is_not_the_same_as_none():
    assert Facts.from_dict({"headcount": None}).given == {}
    assert Facts.from_dict({"headcount_low": None, "headcount_high": None}).given == {}
    assert Facts.from_dict({"acts": []}).given == {"acts": frozenset()}


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        ({"crowd": 3}, {"crowd": "unknown_fact"}),
        ({"person_name": "x"}, {"person_name": "unknown_fact"}),
        ({"headcount": -1}, {"headcount": "not_a_number"}),
        ({"headcount": "35"}, {"headcount": "not_a_number"}),
        ({"headcount": 3.5}, {"headcount": "not_a_number"}),
        ({"headcount": True}, {"headcount": "not_a_number"}),
        ({"headcount": {"low": 9, "high": 3}}, {"headcount": "low_above_high"}),
        ({"headcount_low": 9, "headcount_high": 3}, {"headcount": "low_above_high"}),
        ({"headcount": {}}, {"headcount": "not_a_range"}),
        ({"headcount": {"about": 3}}, {"headcount": "not_a_range"}),
        ({"headcount": MOST + 1}, {"headcount": "too_large"}),
        ({"acts": "banner"}, {"acts": "not_a_list"}),
        ({"acts": ["dancing"]}, {"acts": "unknown_choice"}),
        ({"acts": [["banner"]]}, {"acts": "unknown_choice"}),
        ({"casualties": 1}, {"casualties": "not_counts"}),
        ({"casualties": {"lost": 1}}, {"casualties": "unknown_choice"}),
        ({"casualties": {"dead": -1}}, {"casualties": "not_a_number"}),
        ({"crowd_tension": "angry"}, {"crowd_tension": "unknown_choice"}),
        ({"crowd_tension": ["calm"]}, {"crowd_tension": "unknown_choice"}),
        ({"urgent": "yes"}, {"urgent": "not_yes_no"}),
        ({"urgent": 1}, {"urgent": "not_yes_no"}),
        ({"demand_class": "A b"}, {"demand_class": "not_a_code"}),
        ({"demand_class": "a" * 200}, {"demand_class": "too_long"}),
        ({"online_views_source": "x" * 200}, {"online_views_source": "too_long"}),
        ({"online_views_source": 5}, {"online_views_source": "not_a_text"}),
        ({"crowd": 1, "urgent": 2}, {"crowd": "unknown_fact", "urgent": "not_yes_no"}),
        ([], {"facts": "not_an_object"}),
        (None, {"facts": "not_an_object"}),
    ],
)
def test_faults_are_named_per_fact(raw, faults):
    with pytest.raises(FactProblem) as refused:
        Facts.from_dict(raw)

    assert refused.value.fields == faults
    assert all(code in SENTENCES for code in faults.values())


def test_later_observation_replaces_what_it_gives_and_leaves_the_rest():
    alarm = Facts.from_dict({"headcount": 8, "acts": ["banner", "slogans"], "casualties": {"injured": 2}})
    later = Facts.from_dict({"headcount": {"low": 5, "high": 6}, "acts": ["sit_in"]})
    ended = Facts.from_dict({"acts": []})

    assert alarm.updated_by(later).as_dict() == {
        "headcount": {"low": 5, "high": 6},
        "acts": ["sit_in"],
        "casualties": {"injured": 2},
    }
    assert Facts.current([alarm, later, ended]).as_dict()["acts"] == []
    assert Facts.current([]).given == {}


def test_no_fact_is_about_a_person():
    words = ("name", "identity", "id_number", "phone", "address", "face", "voice", "photo")

    for fact in FACTS.values():
        assert not any(word in fact.name for word in words)


@given(any_facts())
def test_facts_come_back_from_json(facts):
    assert Facts.from_dict(json.loads(json.dumps(facts.as_dict()))) == facts


@given(any_facts())
def test_every_given_fact_is_described_in_both_languages(facts):
    described = facts.described()

    assert len(described) == len(facts.given)
    assert all(name.zh and name.en for name, value in described)


@given(st.dictionaries(st.sampled_from([*FACTS, "headcount_low", "other"]), st.none() | st.booleans() | st.integers()
                       | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.integers())))  # fmt: skip
def test_any_input_is_read_or_refused(raw):
    with suppress(FactProblem):
        assert Facts.from_dict(raw).given.keys() <= FACTS.keys()
