"""What a program asks first: who am I, which units are there, who holds which post, what is behind a key."""

import pytest

from accounts.models import Unit

pytestmark = pytest.mark.django_db


def get(browser, path: str):
    answer = browser.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_me_says_the_posts_and_what_they_carry(cast, signed_in):
    me = get(signed_in("county1.duty"), "me/")

    assert (me["username"], me["posts"][0]["unit"], me["posts"][0]["kind"]) == (
        "county1.duty",
        "C1",
        "duty_officer",
    )
    assert me["verbs"]["incident.view"] == ["C1"]
    assert "people.manage" not in me["verbs"]
    assert "phone" not in str(me)


def test_the_units_are_ones_own_all_below_and_the_line_above(cast, signed_in):
    codes = [unit["code"] for unit in get(signed_in("county1.duty"), "units/?limit=200")["results"]]

    assert codes == ["C0", "C1", "T11", "V111", "T12", "V121"]
    by_code = {unit["code"]: unit for unit in get(signed_in("town11.clerk"), "units/")["results"]}
    assert list(by_code) == ["C0", "C1", "T11", "V111"]
    assert (by_code["C0"]["parent"], by_code["V111"]["parent"]) == (None, "T11")


def test_units_are_filtered_and_paged(cast, signed_in):
    browser = signed_in("county1.duty")
    assert [one["code"] for one in get(browser, "units/?unit=T11")["results"]] == ["T11", "V111"]
    assert [one["code"] for one in get(browser, "units/?tier=township")["results"]] == ["T11", "T12"]
    assert get(browser, "units/?unit=C2")["results"] == []
    assert get(browser, "units/?unit=none")["results"] == []

    page = get(browser, "units/?limit=4")
    rest = browser.get(page["next"]).json()
    assert [one["code"] for one in page["results"] + rest["results"]] == [
        "C0",
        "C1",
        "T11",
        "V111",
        "T12",
        "V121",
    ]
    assert rest["next"] is None


def test_a_unit_that_has_ended_is_not_named(cast, signed_in):
    Unit.objects.filter(code="V121").update(valid_from="2019-01-01", valid_to="2020-01-01")

    assert "V121" not in [unit["code"] for unit in get(signed_in("county1.duty"), "units/")["results"]]


def test_people_are_the_posts_of_ones_units_without_a_number(cast, signed_in):
    cast["county1.director"].phone = "13900000001"
    cast["county1.director"].save()
    browser = signed_in("county1.duty")
    posts = get(browser, "people/?unit=C1&kind=director&limit=200")["results"]

    assert [post["unit"] for post in posts] == ["C1"]
    assert posts[0]["people"][0] == {
        "username": "county1.director", "name": cast["county1.director"].name, "held_as": "holder",
    }  # fmt: skip
    assert "13900000001" not in str(get(browser, "people/?limit=200"))


def test_people_are_for_those_who_may_open_the_directory(cast, signed_in):
    answer = signed_in("county1.squad.dialogue").get("/api/v1/people/")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_neighbours_people_are_not_named(cast, signed_in):
    assert get(signed_in("county1.duty"), "people/?unit=C2")["results"] == []


@pytest.mark.parametrize("path", ["units/?limit={n}", "people/?limit={n}"])
def test_more_rows_cost_no_more_queries(cast, signed_in, django_assert_max_num_queries, path):
    browser = signed_in("city.duty")
    with django_assert_max_num_queries(9):
        few = get(browser, path.format(n=1))
    with django_assert_max_num_queries(9):
        many = get(browser, path.format(n=200))
    assert len(few["results"]) == 1 < len(many["results"])
