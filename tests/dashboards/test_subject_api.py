"""The journal names things by keys; whoever may read the entry finds the thing."""

import pytest

from journal.models import Entry
from journal.numbering import number_new
from tests.incidents.conftest import alarm

__all__ = ["alarm"]

pytestmark = pytest.mark.django_db


def test_what_an_entry_is_about_is_found(alarm, plan, cast, signed_in):
    incident = alarm(what="公证费退还")
    browser = signed_in("county1.duty")

    found = browser.get(f"/api/v1/subjects/incident:{incident.pk}/").json()

    assert found == {
        "key": f"incident:{incident.pk}",
        "kind": "incident",
        "label": incident.number,
        "page": f"/incidents/{incident.number}/",
        "api": f"/api/v1/incidents/{incident.number}/",
    }
    assert browser.get(f"/api/v1/subjects/{incident.number}/").json() == found
    assert browser.get(found["api"]).status_code == 200


def test_every_key_of_the_readers_journal_is_found(alarm, plan, cast, signed_in):
    alarm(what="公证费退还")
    number_new()
    browser = signed_in("county1.duty")
    entries = browser.get("/api/v1/journal/?limit=500").json()["entries"]
    keys = {entry[name] for entry in entries for name in ("subject", "thread")} - {""}

    assert keys
    assert {browser.get(f"/api/v1/subjects/{key}/").status_code for key in keys} == {200}


def test_a_neighbour_finds_nothing(alarm, plan, cast, signed_in):
    incident = alarm(what="公证费退还")
    assert Entry.objects.filter(thread=f"incident:{incident.pk}").exists()

    for key in (f"incident:{incident.pk}", incident.number, "incident:999999", "nonsense"):
        assert signed_in("county2.duty").get(f"/api/v1/subjects/{key}/").status_code == 404
