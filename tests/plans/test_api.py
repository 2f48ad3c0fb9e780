"""The plans' door of the HTTP API."""

import pytest

from plans.lifecycle.actions import load_plan
from tests.plans.conftest import CITY_FILE

CITY = "cn-justice-city-petition-000"


@pytest.fixture
def loaded(cast, now):
    return load_plan(text=CITY_FILE.read_bytes(), actor=None, now=now, put_in_force=True)


@pytest.fixture
def evaluate(signed_in):
    def evaluate(body, who="county1.duty", plan=CITY):
        browser = signed_in(who)
        return browser.post(f"/api/v1/plans/{plan}/evaluate/", body, content_type="application/json")

    return evaluate


def test_list_of_plans(loaded, signed_in):
    answer = signed_in("village111.informant").get("/api/v1/plans/").json()

    assert [(plan["id"], plan["version"], plan["state"]) for plan in answer["plans"]] == [
        (CITY, 2, "in_force"),
        ("cn-law-petition-2022", 1, "in_force"),
    ]
    assert answer["plans"][0]["source"] == {"complete": False, "truncated_at": "§4.2(4)"}


def test_one_plan(loaded, signed_in):
    response = signed_in("county1.duty").get(f"/api/v1/plans/{CITY}/")
    answer = response.json()

    assert response["ETag"] == f'"{CITY}@2-in_force"'
    assert [level["id"] for level in answer["levels"]] == ["red", "orange", "yellow", "blue"]
    assert [limb["citation"] for limb in answer["levels"][0]["limbs"]] == ["§2.3"] * 3
    assert answer["levels"][0]["recipients"]["report_to"][1]["title"] == "省司法厅"
    assert len(answer["clocks"]) == 18
    assert len(answer["floors"]) == 3
    assert [squad["id"] for squad in answer["squads"]] == [
        "perimeter", "dialogue", "public_info", "support", "inquiry",
    ]  # fmt: skip


def test_unknown_plan_and_version_are_404(loaded, signed_in):
    browser = signed_in("county1.duty")

    assert browser.get("/api/v1/plans/none/").status_code == 404
    assert browser.get(f"/api/v1/plans/{CITY}/?version=9").status_code == 404
    assert browser.get(f"/api/v1/plans/{CITY}/?version=2").status_code == 200


def test_plans_are_not_for_strangers(loaded, client):
    assert client.get("/api/v1/plans/").status_code in (401, 403)
    assert client.post(
        f"/api/v1/plans/{CITY}/evaluate/", {}, content_type="application/json"
    ).status_code in (401, 403)


def test_evaluate_answers_level_reasons_signatory_recipients_clocks(loaded, evaluate):
    answer = evaluate({"facts": {"headcount": 35, "acts": ["banner"]}, "unit": "V111"}).json()

    assert answer["level"] == "orange"
    assert answer["plan"] == {"id": CITY, "version": 2}
    assert [(reason["level"], reason["rule"], reason["citation"]) for reason in answer["reasons"]] == [
        ("orange", "人数 21—50", "§2.3"),
        ("yellow", "现场行为：拉横幅、穿状衣或喊口号", "§2.3"),
    ]
    assert (answer["signatory"]["post"], answer["signatory"]["holder"]) == ("市局副局长", "林岚")
    assert answer["recipients"]["platform"] is True
    assert [clock["id"] for clock in answer["clocks"]][:2] == ["C000-1", "C000-2"]
    assert "C000-4" not in [clock["id"] for clock in answer["clocks"]]


VECTORS = [
    ({"headcount": 5}, "blue"),
    ({"headcount": 6}, "yellow"),
    ({"headcount": 20}, "yellow"),
    ({"headcount": 21}, "orange"),
    ({"headcount": 50}, "orange"),
    ({"headcount": 51}, "red"),
    ({"headcount": {"low": 3, "high": 51}}, "red"),
    ({"headcount_low": 3, "headcount_high": 6}, "yellow"),
    ({"headcount": 0, "online_views_reported": 99_999}, "blue"),
    ({"headcount": 0, "online_views_reported": 100_000}, "orange"),
    ({"headcount": 1, "casualties": {"injured": 1}}, "red"),
    ({"headcount": 1, "life_risk": ["suicide_threat"]}, "orange"),
    ({}, "blue"),
]


def test_evaluate_over_the_wire(loaded, evaluate):
    for facts, level in VECTORS:
        assert evaluate({"facts": facts}).json()["level"] == level, facts


def test_evaluate_without_a_unit_uses_the_callers_own(loaded, evaluate):
    assert evaluate({"facts": {"headcount": 3}}, who="town11.clerk").json()["signatory"]["unit"] == "T11"
    assert (
        evaluate({"facts": {"headcount": 3}}, who="county1.duty").json()["signatory"]["by"] == "where_absent"
    )


def test_evaluate_changes_nothing(loaded, evaluate):
    from journal.models import Entry

    before = Entry.objects.count()
    evaluate({"facts": {"headcount": 60}})

    assert Entry.objects.count() == before


NOT_WELL_FORMED = [
    ({"facts": {"headcount": -1}}, "facts"),
    ({"facts": {"crowd": 1}}, "facts"),
    ({"facts": "many"}, "facts"),
    ({}, "facts"),
    ({"facts": {}, "unit": "X9"}, "unit"),
    ({"facts": {}, "units": "C1"}, "units"),
]


def test_evaluate_refuses_what_is_not_well_formed(loaded, evaluate):
    for body, field in NOT_WELL_FORMED:
        response = evaluate(body)

        assert response.status_code == 422
        assert response["Content-Type"].startswith("application/problem+json")
        assert field in response.json()["errors"], body


def test_evaluate_of_an_unknown_plan_is_404(loaded, evaluate):
    assert evaluate({"facts": {}}, plan="none").status_code == 404


def test_answers_in_english(loaded, signed_in):
    browser = signed_in("county1.duty")
    browser.cookies["language"] = "en"
    answer = browser.post(
        f"/api/v1/plans/{CITY}/evaluate/",
        {"facts": {"headcount": 35}, "unit": "V111"},
        content_type="application/json",
    ).json()

    assert answer["reasons"][0]["rule"] == "headcount 21–50"
    assert answer["signatory"]["post"] == "City deputy director"


def test_list_costs_the_same_for_one_and_three_plans(loaded, signed_in, now):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.plans.conftest import SMALL

    browser = signed_in("county1.duty")

    def queries():
        browser.get("/api/v1/plans/")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.get("/api/v1/plans/")
        return len(captured)

    one = queries()
    for name in ("second", "third"):
        load_plan(text=SMALL.replace("small-plan", name), actor=None, now=now)

    assert queries() == one
