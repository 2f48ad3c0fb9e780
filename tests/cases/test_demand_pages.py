"""Pages of the ledger: none is left out and none comes twice, however many share a moment."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from cases.demands import queries
from cases.demands.models import NEVER, Demand
from cases.demands.paging import due_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(units, now):
    unit = units["C1"]
    moments = [now, now, now, now + timedelta(days=1), NEVER, NEVER, NEVER]
    return Demand.objects.bulk_create(
        Demand(
            number=f"SQ-{n}", origin="counter", point="x", unit=unit, unit_path=unit.path, lead_unit=unit,
            lead_path=unit.path, registered_at=now, due_at=moment,
        )
        for n, moment in enumerate(moments)
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_every_row_stands_on_one_page(many, reach, size):
    rows, query, seen = queries.demands(reach("county1.duty")), "", []
    for _page in range(20):
        page = due_page(rows, QueryDict(query.removeprefix("?")), size)
        seen += page.rows
        query = page.after
        if not query:
            break

    assert seen == many


def test_filters_stay_and_the_way_back_is_to_the_first_page(many, noon):
    client = noon("county1.duty")
    Demand.objects.bulk_create(
        Demand(
            number=f"SR-{n}", origin="counter", point="x", unit=many[0].unit, unit_path=many[0].unit_path,
            lead_unit=many[0].unit, lead_path=many[0].lead_path, registered_at=many[0].registered_at,
        )
        for n in range(30)
    )  # fmt: skip
    text = client.get("/demands/?unit=C1").content.decode()
    following = text.partition('rel="next"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "unit=C1" in following
    assert 'rel="first"' not in text

    assert 'rel="first"' in client.get(f"/demands/{following}").content.decode()


@pytest.mark.parametrize("place", ["x", "-", "1763769600000000-x", "9" * 40 + "-1", "-1-1"])
def test_what_is_no_place_is_the_first_page(many, reach, place):
    page = due_page(queries.demands(reach("county1.duty")), QueryDict(f"after={place}"), 3)

    assert page.rows == many[:3]


def test_the_api_leads_from_page_to_page(many, noon):
    client = noon("county1.duty")
    seen, address = [], "/api/v1/demands/?limit=3"
    while address:
        body = client.get(address).json()
        seen += [one["number"] for one in body["results"]]
        address = body["next"]

    assert seen == [one.number for one in many]
