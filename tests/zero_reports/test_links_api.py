"""One-tap links over the API: made by who may, answered once, kept nowhere, revoked all at once."""

import pytest
import time_machine
from django.db import connection
from django.test import Client

from journal.models import Entry
from tests.tokens import issue as new_token
from zero_reports.filing.models import ZeroReport
from zero_reports.links.models import OneTapLink
from zero_reports.links.rules import MOST_OPEN

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/zero-reports/V111/2026-11-22/links/"


@pytest.fixture
def call(cast, now, client):
    """call("town11.clerk", "post") → the answer, at nine o'clock."""
    with time_machine.travel(now, tick=False):
        yield lambda username, method, address=ADDRESS, **more: getattr(client, method)(
            address,
            headers={"Authorization": f"Bearer {new_token(user=cast[username], now=now)}"},
            content_type="application/json",
            **more,
        )


def test_made_tapped_and_used(call):
    made = call("town11.clerk", "post")

    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    body = made.json()
    link = OneTapLink.objects.get()
    assert body == {
        "address": body["address"],
        "link": link.pk,
        "issued_at": "2026-11-22T01:00:00Z",
        "issued_by": str(link.issued_by),
        "post": link.post,
        "expires_at": "2026-11-22T16:00:00Z",
    }
    assert body["address"].startswith("http://testserver/r/")
    assert Client().post(body["address"]).status_code == 303
    assert ZeroReport.objects.get().link == link
    assert call("town11.clerk", "get").json()["open"] == []


def test_the_address_is_the_bureaus_where_it_is_known(call, settings):
    settings.SITE_URL = "https://icd.example"

    assert call("town11.clerk", "post").json()["address"].startswith("https://icd.example/r/")


def test_the_answer_is_kept_nowhere_not_even_under_a_key(call):
    """The answers that are stored for repeated requests would be the one place to read a link from."""
    nonce = call("town11.clerk", "post", HTTP_IDEMPOTENCY_KEY="k1").json()["address"].split("/r/")[1][:12]

    with connection.cursor() as cursor:
        stored = ""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += str(cursor.fetchall())
    assert "V111" in stored
    assert nonce not in stored


def test_open_ones_are_listed_and_revoked_all_at_once(call):
    first, second = (call("town11.clerk", "post").json() for _ in range(2))

    listed = call("county1.duty", "get").json()
    assert (listed["unit"], listed["period"]) == ("V111", "2026-11-22")
    assert [one["link"] for one in listed["open"]] == [first["link"], second["link"]]
    assert all("address" not in one for one in listed["open"])

    gone = call("town11.head", "delete")
    assert (gone.status_code, gone.json()) == (
        200,
        {"revoked": 2, "unit": "V111", "period": "2026-11-22", "open": []},
    )
    assert call("town11.head", "delete").json()["revoked"] == 0
    assert Entry.objects.filter(kind="zero_report.link_revoked").count() == 1
    assert Client().post(first["address"]).status_code == 409
    assert not ZeroReport.objects.exists()


def test_sent_too_often_it_is_refused(call):
    for _ in range(MOST_OPEN):
        assert call("town11.clerk", "post").status_code == 201

    refused = call("town11.clerk", "post")

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_links")


@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize(
    ("username", "status", "code"),
    [
        ("village111.informant", 403, "not_the_level_above"),
        ("city.audit", 403, "not_the_level_above"),
        ("village121.informant", 404, "not_found"),
        ("county2.duty", 404, "not_found"),
        ("city.sysadmin", 404, "not_found"),
    ],
)
def test_who_may_not(call, username, status, code, method):
    answer = call(username, method)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not OneTapLink.objects.exists()


@pytest.mark.parametrize(
    ("address", "given", "status", "code"),
    [
        (ADDRESS, {"unit": "V121"}, 422, "invalid"),
        (ADDRESS.replace("V111", "nowhere"), {}, 404, "not_found"),
        (ADDRESS.replace("2026-11-22", "heute"), {}, 422, "bad_period"),
        (ADDRESS.replace("2026-11-22", "2026-11-23"), {}, 409, "period_not_begun"),
        (ADDRESS.replace("2026-11-22", "2026-W47"), {}, 409, "not_asked"),
    ],
)
def test_what_is_not_in_order_makes_no_link(call, address, given, status, code):
    answer = call("town11.clerk", "post", address, data=given)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not OneTapLink.objects.exists()


def test_without_signing_in_there_are_no_links(client, cast):
    assert client.post(ADDRESS).status_code == 401
    assert not OneTapLink.objects.exists()
