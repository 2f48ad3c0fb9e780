"""What a plan says of its response is looked at before it is loaded."""

import pytest

from plans.checks import response_rules

LEVELS = [{"id": "high", "rank": 1}, {"id": "low", "rank": 2}]


def found(**document):
    return [(one.severity, one.path) for one in response_rules.findings({"levels": LEVELS, **document})]


def test_a_plan_in_order_has_nothing_to_say():
    tier = {"city": {"also_start": {"zh": "x", "tell": "government", "role": "chief", "within": "PT30M"}}}
    scope = {"levels": ["high"], "grades": [{"id": "grave", "within": True}]}

    assert found(handling_tiers=tier, response={"scope": scope}, obligations=[{"id": "O1", "zh": "x"}]) == []


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"response": {"scope": {"levels": ["violet"]}}}, "response.scope.levels[0]"),
        ({"response": {"scope": {"grades": [{"id": "a", "within": False}]}}}, "response.scope.grades"),
        ({"obligations": [{"id": "O1", "within": "soon"}]}, "obligations[0].within"),
        ({"obligations": [{"id": "O1", "within": "given"}]}, "obligations[0].within"),
        ({"obligations": [{"id": "O1", "within": "timely"}]}, "obligations[0].within"),
        ({"obligations": [{"id": "O1", "approve_within": "soon"}]}, "obligations[0].approve_within"),
        ({"obligations": [{"id": "O1"}, {"id": "O1"}]}, "obligations[1].id"),
        (
            {"levels": [{"id": "high", "actions": [{"zh": "x", "within": "1 day"}]}]},
            "levels[0].actions[0].within",
        ),
    ],
)
def test_what_could_never_hold_is_a_problem(document, path):
    assert found(**document) == [("problem", path)]


def test_every_role_it_names_is_looked_up():
    document = {
        "response": {"propose": ["office"], "decide": ["chief"]},
        "levels": [{"id": "high", "rank": 1, "actions": ["only words", {"zh": "x", "role": "squad"}]}],
        "handling_tiers": {"city": {"also_start": {"tell": "government", "role": "chief"}}},
    }

    places = [(path, keys) for path, entry, keys in response_rules.role_places(document) if entry]

    assert [path for path, _keys in places] == [
        "response",
        "handling_tiers.city.also_start",
        "levels[0].actions[1]",
    ]
