"""A draft version replayed over what happened: what it would have proposed instead."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings

from accounts.models import Unit
from incidents.actions import retract_incident
from incidents.models import Incident
from incidents.reporting.actions import Alarm, add_observation, report_incident
from plans.engine.facts import Facts
from plans.lifecycle.actions import load_plan
from plans.rehearsal import queries, works
from plans.rehearsal.picture import HEIGHT, picture_of
from plans.rehearsal.queries import replayed
from plans.rehearsal.replay import stored_facts
from tests.plans.strategies import facts as any_facts
from works import running
from works.models import Work

CITY = "cn-justice-city-petition-000"


@pytest.fixture
def report(reach, units, now, plan):
    """report(7) → an incident with seven people; `days_ago` moves it back."""

    def report(headcount, unit="C1", *, facts=None, days_ago=0, drill=False):
        report.count += 1
        alarm = Alarm(
            unit=units[unit],
            place="大厅",
            what="来访",
            facts=Facts.from_dict({"headcount": headcount, **(facts or {})}),
            client_id=f"c{report.count}",
            drill=drill,
        )
        incident, _is_new = report_incident(reach=reach(f"county{unit[1]}.duty"), alarm=alarm, now=now)
        earlier = now - timedelta(days=days_ago)
        Incident.objects.filter(pk=incident.pk).update(recorded_at=earlier, known_at=earlier)
        return incident

    report.count = 0
    return report


@pytest.fixture
def draft(plan, now):
    """A second version: orange from 16 people instead of 21, banners no longer yellow."""
    text = plan.text.source.replace("version: 2\n", "version: 3\n", 1)
    text = text.replace("between: [21, 50]", "between: [16, 50]").replace(
        "between: [6, 20]", "between: [6, 15]"
    )
    text = text.replace(
        "any_in: [banner, grievance_clothing, slogans]", "any_in: [grievance_clothing, slogans]"
    )
    assert text.count("16, 50") == text.count("6, 15") == 1
    return load_plan(text=text, actor=None, now=now)


def test_levels_and_warnings_that_would_differ(report, draft, reach, now):
    same, higher = report(7), report(18)
    lower = report(2, facts={"acts": ["banner"]})

    result = replayed(reach("city.director"), draft, 90, now)

    assert (result.total, dict(result.flows)) == (
        3,
        {("yellow", "yellow"): 1, ("yellow", "orange"): 1, ("yellow", "blue"): 1},
    )
    assert {(one.case.number, one.direction, one.warning) for one in result.changed} == {
        (higher.number, "higher", ""),
        (lower.number, "lower", "disappears"),
    }
    assert same.number not in {one.case.number for one in result.changed}


def test_the_highest_moment_counts_not_the_last(report, draft, reach, now):
    incident = report(18)
    add_observation(
        incident_id=incident.pk,
        reach=reach("county1.duty"),
        what="人群散去",
        facts=Facts.from_dict({"headcount": 2, "acts": []}),
        now=now,
    )

    result = replayed(reach("city.director"), draft, 90, now)

    assert dict(result.flows) == {("yellow", "orange"): 1}
    assert result.changed[0].facts.given["headcount"] == (18, 18)


def test_drills_false_alarms_and_older_incidents_are_left_out(report, draft, reach, now):
    report(18, drill=True)
    gone = report(18)
    retract_incident(incident_id=gone.pk, reach=reach("county1.duty"), now=now)
    report(18, days_ago=8)

    assert replayed(reach("city.director"), draft, 7, now).total == 0
    assert replayed(reach("city.director"), draft, 30, now).total == 1


def test_nobody_sees_a_neighbours_incidents(report, draft, reach, now, signed_in):
    mine, other = report(18, "C1"), report(18, "C2")

    assert [one.case.number for one in replayed(reach("county1.director"), draft, 90, now).changed] == [
        mine.number
    ]
    assert replayed(reach("city.director"), draft, 90, now).total == 2
    assert replayed(reach("city.sysadmin"), draft, 90, now).total == 0
    assert other.number.encode() not in signed_in("county1.director").get(f"/plans/{CITY}/3/replay/").content


def test_replay_asks_the_same_however_many_incidents(report, draft, reach, now):
    who, counts = reach("city.director"), []
    for _round in range(3):
        incident = report(18)
        add_observation(
            incident_id=incident.pk,
            reach=reach("county1.duty"),
            what="x",
            facts=Facts.from_dict({"headcount": 19}),
            now=now,
        )
        with CaptureQueriesContext(connection) as asked:
            replayed(who, draft, 90, now)
        counts.append(len(asked))

    assert counts[1] == counts[2] <= 4


@pytest.mark.usefixtures("wall_clock")
def test_page_shows_table_and_picture_in_both_languages(report, draft, signed_in):
    report(7), report(18)
    lower = report(2, facts={"acts": ["banner"]})
    browser = signed_in("city.director")

    page = browser.get(f"/plans/{CITY}/3/replay/").content.decode()
    assert re.search(r'<svg\s+class="chart flow"', page)
    assert lower.number in page
    assert "将不再出现" in page
    browser.cookies["language"] = "en"
    page = browser.get(f"/plans/{CITY}/3/replay/?days=7").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "would not appear" in main
    assert [c for c in main if "\u4e00" <= c <= "\u9fff"] == []
    assert browser.get(f"/plans/{CITY}/3/replay/?days=9999").status_code == 422
    assert browser.get(f"/plans/{CITY}/3/replay/?days=x'--").status_code == 422


def test_picture_holds_every_incident_within_its_frame(report, draft, reach, now):
    for headcount in (1, 2, 7, 18, 18, 60):
        report(headcount)

    picture = picture_of(replayed(reach("city.director"), draft, 90, now))

    assert sum(bar.count for bar in picture.left) == sum(bar.count for bar in picture.right) == 6
    assert sum(band.count for band in picture.bands) == 6
    for bar in picture.left + picture.right:
        assert bar.y + bar.height <= HEIGHT + 1
    assert [bar.level.id for bar in picture.left] == ["red", "yellow", "blue"]
    assert [bar.level.id for bar in picture.right] == ["red", "orange", "yellow", "blue"]


# --- over very many incidents, in the background ----------------------------------------------------------------


@pytest.fixture
def in_the_background(draft, signed_in, monkeypatch, settings, tmp_path):
    """in_the_background("county1.director") → their browser and the work they asked for, twice."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(works, "MOST_AT_ONCE", 1)

    def ask(who):
        browser = signed_in(who, "en")
        page = browser.get(f"/plans/{CITY}/3/replay/?days=90").content.decode()
        assert "Replay in the background" in page
        assert "From the level then" not in page
        for _press in range(2):
            answer = browser.post(f"/plans/{CITY}/3/replay/", {"days": "90"})
            assert answer["Location"].startswith("/works/")
        return browser, Work.objects.get()

    return ask


def carried_out(work, now):
    running.carry_out(work.pk, lambda: now)
    work.refresh_from_db()
    return work


@pytest.mark.usefixtures("wall_clock")
def test_a_long_replay_shows_what_the_page_would_have_shown(
    in_the_background, report, draft, reach, now, monkeypatch
):
    report(7), report(18, days_ago=30), report(2, facts={"acts": ["banner"]}, days_ago=89)
    at_once = replayed(reach("city.director"), draft, 90, now)
    browser, work = in_the_background("city.director")

    carried_out(work, now + timedelta(seconds=1))
    assert (work.state, work.total) == ("done", 3)
    kept = browser.get(f"/plans/replayed/{work.pk}/").content.decode()
    monkeypatch.setattr(works, "MOST_AT_ONCE", 10)
    page = browser.get(f"/plans/{CITY}/3/replay/?days=90").content.decode()

    def figures(text):
        return text[text.index("<dl") : text.index("</main>")]

    assert "As it was on" in kept
    assert figures(kept) == figures(page)
    again = works.from_plain(works.as_plain(at_once), draft)
    assert (again.total, again.flows, again.before, again.after, again.ways) == (
        at_once.total, at_once.flows, at_once.before, at_once.after, at_once.ways,
    )  # fmt: skip


@pytest.mark.usefixtures("wall_clock")
def test_a_kept_replay_is_its_askers_and_hides_what_they_may_not_see_any_more(
    in_the_background, report, now, signed_in, cast
):
    mine, other = report(18, "C1"), report(18, "C1")
    browser, work = in_the_background("county1.director")
    carried_out(work, now)
    address = f"/plans/replayed/{work.pk}/"
    for who in ("city.director", "city.audit", "county2.duty"):
        assert signed_in(who).get(address).status_code == 404, who
    assert mine.number in browser.get(address).content.decode()

    Incident.objects.filter(pk=other.pk).update(unit=Unit.objects.get(code="C2"), unit_path="")
    page = browser.get(address).content.decode()

    assert mine.number in page
    assert other.number not in page
    assert "1 more is not listed" in page


def test_a_long_replay_says_how_far_it_is_and_keeps_the_gravest(report, draft, reach, now, monkeypatch):
    for days in (1, 9, 17):
        report(18, days_ago=days)
    lower = report(2, facts={"acts": ["banner"]}, days_ago=25)
    told = []
    monkeypatch.setattr("plans.rehearsal.replay.LISTED", 2)

    result = queries.replayed_in_steps(reach("city.director"), draft, 90, now, told.append)

    assert told == [1, 2, 3, 4]
    assert (result.count(), result.count("higher"), len(result.changed)) == (4, 3, 2)
    assert result.changed[0].case.number == lower.number


@settings(max_examples=200, deadline=None)
@given(any_facts())
def test_stored_facts_read_as_they_were_checked(facts):
    assert stored_facts(facts.as_dict()) == facts.given
