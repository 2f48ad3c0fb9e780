"""The grade explains itself: limb, fact and citation in the timeline, the API's timeline and on the proof of notice."""

import pytest

from journal.numbering import number_new
from tests.early_warnings.conftest import incident, passwords, proposed, signed, statement

__all__ = ["incident", "passwords", "proposed", "signed", "statement"]


@pytest.mark.parametrize(("language", "rule", "found"), [("zh-hans", "人数 6—20", "人数 15"), ("en", "headcount 6–20", "headcount 15")])  # fmt: skip
def test_the_timeline_says_limb_fact_and_citation(incident, signed_in, language, rule, found):
    event = incident(headcount=15)
    number_new()
    browser = signed_in("county1.duty")
    browser.cookies["language"] = language

    page = browser.get(f"/incidents/{event.number}/").content.decode()

    timeline = page[page.index('class="timeline') :]
    for words in (rule, found, "§2.3"):
        assert words in timeline[: timeline.index("</ol>")]


def test_the_timeline_of_the_api_carries_the_reasons(incident, signed_in):
    event = incident(headcount=15)
    number_new()

    entries = signed_in("county1.duty").get(f"/api/v1/incidents/{event.number}/timeline/").json()["entries"]

    (reason,) = next(entry for entry in entries if entry["kind"] == "incident.reported")["content"]["reasons"]
    assert (reason["en"]["rule"], reason["en"]["found"], reason["en"]["citation"]) == (
        "headcount 6–20", "headcount 15", "§2.3",
    )  # fmt: skip


def test_the_proof_of_notice_says_why_the_level(signed, signed_in):
    warning = signed("yellow", headcount=15)

    page = signed_in("county1.duty").get(f"/early-warnings/{warning.number}/proof/").content.decode()

    for words in ("人数 6—20", "人数 15", "§2.3"):
        assert words in page
