"""What stands behind the question mark of a call and is no choice, no number, no yes or no is refused, by its name."""

import pytest
from django.test import Client

from tests.described import description

#: What else a call has to be asked with.
BESIDE = {"unit": "C1", "level": "life_risk", "before": "1", "after": "1"}
WRONG = {"boolean": ("null", "perhaps", "2"), "integer": ("x", "-1", "1.5")}


def wrong_ones():
    """(address, name, wrong value) of each parameter that has a wrong value by its description."""
    for path, methods in description()["paths"].items():
        described = [one for one in methods.get("get", {}).get("parameters", ()) if one["in"] == "query"]
        beside = {
            one["name"]: BESIDE[one["name"]]
            for one in described
            if one.get("required") and one["name"] != "token"
        }
        for one in described:
            schema = one["schema"]
            values = ("nowhere",) if "enum" in schema else WRONG.get(schema["type"], ())
            for value in (*values, *(("0",) if schema.get("minimum") == 1 else ())):
                yield path, beside, one["name"], value


#: A moment is a text to the description.
ALL = [*wrong_ones(), ("/api/v1/demands/", {}, "due_before", "tomorrow")]


@pytest.mark.django_db
def test_a_wrong_value_is_refused_by_its_name(cast, plan):
    passed_over = {}
    for path, beside, name, value in ALL:
        browser = Client()
        address = path.replace("{plan_id}", plan.plan.plan_id).replace("{slug}", "receptions")
        for person in ("county1.director", "city.audit", "city.sysadmin"):
            browser.force_login(cast[person])
            answer = browser.get(address, {**beside, name: value})
            if answer.status_code != 403:
                break
        if answer.status_code != 422 or name not in answer.json().get("errors", {}):
            passed_over[path, name, value] = answer.status_code
    assert len(ALL) > 100
    assert passed_over == {}
