"""What the auditor hears of without anybody acting: refusals and downloads, once in a while and never a flood."""

import pytest
import time_machine
from django.core.cache import cache

from accounts.access import watch
from journal.models import Entry
from journal.record import content_of
from tests.tokens import issue

pytestmark = [pytest.mark.django_db, pytest.mark.control(25)]


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture
def written():
    """written() → (kind, page, status, who) of each entry of the watch."""

    def read():
        rows = Entry.objects.filter(kind__in=("access.refused", "file.downloaded")).order_by("pk")
        return [
            (
                row.kind,
                content_of(row)["page"],
                content_of(row).get("status"),
                row.actor and row.actor.username,
            )
            for row in rows
        ]

    return read


def test_a_page_refused_by_role_is_written_once(signed_in, written):
    browser = signed_in("county1.expert")

    for _time in range(3):
        assert browser.get("/journal/").status_code == 403

    assert written() == [("access.refused", "journal", 403, "county1.expert")]
    assert Entry.objects.get(kind="access.refused").audience == "security"


def test_what_is_not_there_for_somebody_is_written_and_trying_every_number_is_one_entry(signed_in, written):
    browser = signed_in("county2.duty")

    for number in range(1, 30):
        assert browser.get(f"/incidents/C1-20261122-{number:03}/").status_code == 404

    assert written() == [("access.refused", "incident", 404, "county2.duty")]


def test_somebody_who_tries_everything_fills_no_journal(cast, now, written):
    for number in range(watch.MOST + 10):
        watch.note(
            "access.refused", user=cast["county1.expert"], address="", about=f"{number}", now=now,
            content={"page": "x", "status": 404},
        )  # fmt: skip

    assert len(written()) == watch.MOST


def test_a_wrong_token_is_written_with_the_address_and_without_the_token(client, written):
    answer = client.get("/api/v1/incidents/", headers={"Authorization": "Bearer icd_guessed"})

    assert answer.status_code == 401
    assert written() == [("access.refused", "api:incidents", 401, None)]
    entry = Entry.objects.get(kind="access.refused")
    assert content_of(entry)["address"] == "127.0.0.1"
    assert "guessed" not in entry.body


def test_a_report_with_a_bad_signature_is_written(client, written, settings):
    settings.NOTICE_GATEWAY_SECRET = "s" * 40

    answer = client.post(
        "/api/v1/gateway-events/", b"{}", content_type="application/json", headers={"X-Signature": "0" * 64}
    )

    assert answer.status_code in (401, 403)
    assert written() == [("access.refused", "api:gateway-events", answer.status_code, None)]


def test_nobody_in_particular_is_not_written_about(client, written):
    client.get("/journal/")
    client.get("/api/v1/incidents/")

    assert written() == []


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/report/matrix/workbook/?unit=C1", "reports-matrix-workbook"),
        ("/rosters/sheet/?unit=C1", "roster-sheet"),
        ("/report/table/workbook/?unit=T11", "reports-sheet"),
    ],
)
def test_a_downloaded_workbook_is_written(plan, signed_in, written, now, address, page):
    with time_machine.travel(now, tick=False):
        browser = signed_in("county1.duty")
        assert browser.get(address).status_code == 200

    assert written() == [("file.downloaded", page, 200, "county1.duty")]


def test_an_ordinary_page_costs_and_writes_nothing(plan, signed_in, written):
    assert signed_in("county1.duty").get("/incidents/").status_code == 200

    assert written() == []


def test_a_database_that_is_away_refuses_all_the_same(signed_in, monkeypatch):
    from django.db import OperationalError

    def away(*_given):
        raise OperationalError

    monkeypatch.setattr(watch, "_is_new", away)

    assert signed_in("county1.expert").get("/journal/").status_code == 403


def test_a_calendar_address_does_not_tell_which_units_exist(cast, client):
    there, not_there = (client.get(f"/api/v1/rosters/{code}.ics?token=x") for code in ("C1", "NOSUCH"))

    assert (there.status_code, there.json()["code"]) == (not_there.status_code, not_there.json()["code"])


@pytest.mark.control(42)
def test_one_person_calls_so_often_and_no_more_and_alarms_never_wait(cast, client, now, settings, plan):
    settings.API_REQUESTS_PER_MINUTE = 3
    tokens = [issue(user=cast["county1.duty"], now=now) for _time in range(2)]
    with time_machine.travel(now, tick=False):
        calls = [
            client.get("/api/v1/clocks/", headers={"Authorization": f"Bearer {tokens[number % 2]}"})
            for number in range(4)
        ]
        alarm = client.post(
            "/api/v1/alarms/",
            {"client_id": "a1", "unit": "C1", "place": "门口", "what": "来访", "facts": {}},
            content_type="application/json",
            headers={"Authorization": f"Bearer {tokens[0]}"},
        )
        other = client.get(
            "/api/v1/clocks/",
            headers={"Authorization": f"Bearer {issue(user=cast['county1.leader'], now=now)}"},
        )

    assert calls[3].status_code == 429
    assert int(calls[3]["Retry-After"]) <= 60
    assert calls[3].json()["code"] == "throttled"
    assert alarm.status_code == 201
    assert other.status_code != 429
