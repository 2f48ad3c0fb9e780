"""The demo shows all six plans of the library, and each can be tried where it stands."""

from pathlib import Path

import pytest

from accounts.models import Unit, User
from accounts.scope import reach_of
from common.dates.local_time import day_of
from demo import bureau
from demo import plans as demo_plans
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from plans.lifecycle.choices import PlanKind
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import plan_in_force
from plans.versions.actions import put_in_force
from zero_reports.rounds.cadence import cadence_of

LIBRARY = sorted(path.name for path in (Path(__file__).parents[2] / "plans/library").glob("*.yaml"))


@pytest.fixture
def shown(db, now):
    """The whole demo bureau, as it is seeded, with its plans."""
    people = bureau.build(now=now)
    demo_plans.seed_city(now)
    demo_plans.seed_beside(people, now)
    return people


def test_each_plan_stands_where_it_changes_nothing_for_the_others(shown, now):
    assert sorted([demo_plans.CITY, *(one.text for one in demo_plans.BESIDE)]) == LIBRARY
    states = dict(PlanVersion.objects.values_list("plan__plan_id", "state"))
    assert len(states) == 6
    assert states["cn-county-inspection-visit-003"] == "draft"
    holds = {code: plan_in_force(Unit.objects.get(code=code), now).plan.plan_id for code in ("C0", "C1", "C2", "C3", "T34", "T11")}  # fmt: skip
    city = "cn-justice-city-petition-000"
    assert holds == {"C0": city, "C1": city, "C2": city, "T11": city,
                     "C3": "cn-huangyan-linkage-001", "T34": "cn-unit-petition-stability-002"}  # fmt: skip
    assert {cadence_of(unit, now)[1].partition("@")[0] for unit in Unit.objects.filter(tier="village")} == {
        city
    }


@pytest.mark.parametrize(("code", "who"), [("C3", "county3.duty"), ("T34", "town34.clerk")])
def test_an_incident_opens_under_the_plan_of_its_unit(shown, client, now, code, who):
    alarm = Alarm(unit=Unit.objects.get(code=code), place="大厅", what="来访", client_id="demo",
                  facts=Facts.from_dict({"headcount": 60}))  # fmt: skip

    incident, _new = report_incident(reach=reach_of(shown[who], now), alarm=alarm, now=now)

    assert incident.plan.document["levels"]
    assert incident.proposed_level
    client.force_login(User.objects.get(username=who))
    assert client.get(f"/incidents/{incident.number}/").status_code == 200


@pytest.mark.embedded_only  # half a minute; templates and plans are the same on both profiles
def test_every_plan_has_its_pages_in_both_languages(shown, client):
    client.force_login(shown["city.director"])
    for language in ("zh-hans", "en"):
        client.cookies["language"] = language
        assert client.get("/plans/").content.decode().count('href="/plans/cn-') == 6
        for version in PlanVersion.objects.select_related("plan"):
            address = f"/plans/{version.plan.plan_id}/{version.version}/"
            for page in (
                address,
                f"{address}edit/",
                f"{address}try/?headcount=30&unit=C1",
                f"{address}replay/",
            ):
                assert client.get(page).status_code == 200, page


def test_the_draft_is_enabled_with_days_place_and_reviewer(shown, now):
    from plans.document.campaigns import Term
    from plans.versions.actions import file_draft

    version = PlanVersion.objects.get(plan__kind=PlanKind.ATTENDANCE)
    director = shown["county1.director"]
    director.set_password("Signing-2026-ok")
    director.save()
    file_draft(version_id=version.pk, actor=director, reason="拟启用", now=now)
    term = Term(day_of(now), day_of(now), "县政府门前", shown["county1.deputy"])

    put_in_force(
        version_id=version.pk, actor=director, reason="启用", credential="Signing-2026-ok", now=now, term=term
    )

    version.refresh_from_db()
    assert version.state == "in_force"
