"""Ledgers, pictures and yearly figures over the API: what the pages show, under the same rights, by names that stay."""

import pytest

from dashboards.ledgers.ledgers import LEDGERS
from tests.cases.test_hotline import keep, read
from tests.incidents.conftest import alarm

__all__ = ["alarm", "keep", "read"]
pytestmark = pytest.mark.django_db

API = "/api/v1"


@pytest.fixture
def get(client, cast, wall_clock):
    client.cookies["language"] = "en"

    def ask(path, who="county1.duty"):
        client.force_login(cast[who])
        return client.get(f"{API}/{path}")

    return ask


def test_every_field_of_a_ledger_has_a_name_of_its_own():
    for ledger in LEDGERS:
        names = [column.name for column in ledger.columns]
        assert len(set(names)) == len(names), ledger.slug
        assert all(name.isidentifier() and name != "page" for name in names), (ledger.slug, names)


def test_a_ledger_is_read_page_by_page_under_the_readers_rights(alarm, get, plan):
    numbers = [alarm(what=f"第{n}件").number for n in range(3)]
    alarm("county2.duty", unit="C2")

    first = get("ledgers/incidents/?limit=2&state=reported").json()
    rest = get(first["next"].partition(f"{API}/")[2]).json()

    assert [row["number"] for row in (*first["results"], *rest["results"])] == numbers[::-1]
    assert rest["next"] is None
    row = first["results"][0]
    assert (row["title"], row["state"], row["page"]) == ("第2件", "Reported", f"/incidents/{numbers[2]}/")
    assert get("ledgers/incidents/", "county1.squad.dialogue").status_code == 404
    assert get("ledgers/incidents/?unit=C2").status_code == 404
    refused = get("ledgers/incidents/?state=lost&from=yesterday")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_filter")
    assert set(refused.json()["errors"]) == {"state", "from"}
    year = get("ledgers/incidents/2026/?unit=C1").json()
    assert (year["entries"], year["states"]["reported"], len(year["months"])) == (3, 3, 12)
    assert get("ledgers/incidents/3026/").status_code == 404


def test_the_list_of_ledgers_says_what_each_may_be_asked(get, plan):
    found = {one["ledger"]: one for one in get("ledgers/", "city.director").json()["results"]}

    assert found.keys() == {ledger.slug for ledger in LEDGERS}
    assert found["incidents"]["columns"]["highest_level"] == "Highest level signed"
    assert found["incidents"]["states"]["closed"] == "Closed"
    assert "inquiries" not in {one["ledger"] for one in get("ledgers/").json()["results"]}
    assert get("ledgers/", "city.secadmin").status_code == 403


def test_pictures_and_yearly_figures_come_with_what_they_count(alarm, keep, get, plan):
    alarm()
    keep("2026-10,C1,劳动争议,12")

    pictures = get("pictures/?unit=C1").json()
    figures = {one["figure"]: one for one in get("yearly-figures/?year=2026").json()["figures"]}

    assert [one["picture"] for one in pictures["pictures"]] == [
        "clocks",
        "demands",
        "causes",
        "incidents",
        "reports",
    ]
    assert sum(sum(one["values"]) for one in pictures["pictures"][3]["series"]) == 1
    assert all(one["definition"] for one in pictures["pictures"])
    assert (figures["incidents"]["value"], figures["hotline_calls"]["value"]) == (1, 12)
    assert all(one["definition"] for one in figures.values())
    assert (
        get("pictures/?month=soon").json()["code"]
        == get("yearly-figures/?year=5").json()["code"]
        == "bad_filter"
    )
    assert get("pictures/?unit=C2").status_code in (403, 404)
    assert get("yearly-figures/", "county1.squad.dialogue").status_code == 403
