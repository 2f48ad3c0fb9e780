"""The grade explains itself: limb, fact and citation in the timeline, the API's timeline and on the proof of notice."""

import pytest
from django.conf import settings

from duty.shifts.downtime_packs import document_of
from journal.numbering import number_new
from plans.lifecycle.actions import load_plan
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


@pytest.mark.parametrize(("language", "rule"), [("zh-hans", "人数 6—20"), ("en", "headcount 6–20")])
def test_a_band_that_was_the_answer_stands_once(incident, signed_in, language, rule):
    event = incident(headcount={"low": 6, "high": 20})
    number_new()
    browser = signed_in("county1.duty")
    browser.cookies["language"] = language

    page = browser.get(f"/incidents/{event.number}/").content.decode()

    timeline, facts = page[page.index('class="timeline') :], page[page.index('data-part="facts"') :]
    for part in (timeline[: timeline.index("</ol>")], facts[: facts.index("</section>")]):
        assert rule in part
        assert "→" not in part
    (reason,) = event.reasons
    assert reason["en"]["found"] == "headcount 6–20"  # written down and given over the API as it was


def test_a_band_that_was_the_answer_stands_once_beside_another_version_and_where_a_plan_is_tried(
    incident, signed_in, now
):
    event = incident(headcount={"low": 6, "high": 20})
    text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
    load_plan(text=text.replace("version: 2\n", "version: 3\n"), actor=None, now=now, put_in_force=True)

    beside = signed_in("county1.director").get(f"/incidents/{event.number}/plan/")
    tried = signed_in("city.director").get("/plans/cn-justice-city-petition-000/3/try/?headcount=6-20")

    for page in (beside.content.decode(), tried.content.decode()):
        assert "人数 6—20" in page
        assert "人数 6–20" not in page


def test_a_band_that_was_the_answer_stands_once_in_the_downtime_pack(incident, units, now):
    event = incident(headcount={"low": 6, "high": 20})

    text = str(document_of(units["C1"], now))

    assert f"人数 6—20（{event.reasons[0]['zh']['citation']}）" in text
    assert "→ 人数" not in text
