"""Supervision teams: whom a bureau sends, and who looks after which units."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.reform.waiting import waiting_at
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from journal.models import Entry
from journal.record import content_of
from supervision.teams import actions, queries
from supervision.teams.actions import Makeup
from supervision.teams.choices import TeamState
from supervision.teams.models import Team, TeamArea, TeamMember
from tests.states import nothing_written

pytestmark = pytest.mark.django_db


def test_a_leader_sets_up_a_team(team, units):
    entry = Entry.objects.get(kind="supervision_team.set_up")

    assert [(one.person.username, one.leads) for one in team.members.all()] == [
        ("county1.deputy", True), ("county1.leader", False),
    ]  # fmt: skip
    assert [area.unit for area in team.areas.all()] == [units["T11"]]
    assert (entry.unit, entry.subject, content_of(entry)["areas"]) == (units["C1"], team.key, ["T11"])


@pytest.mark.parametrize("who", ["county1.duty", "town11.head", "county2.director", "city.audit"])
def test_nobody_else_does(who, reach, units, makeup, now):
    with pytest.raises(NotAllowed), nothing_written():
        actions.set_up_team(reach=reach(who), unit=units["C1"], makeup=makeup(), now=now)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"name": "督查一组"}, "name_taken"),
        ({"leader": "county2.director"}, "not_of_bureau"),
        ({"members": ("county1.leader", "county2.director")}, "not_of_bureau"),
        ({"areas": ()}, "areas_missing"),
        ({"areas": ("T21",)}, "not_below"),
        ({"areas": ("C1",)}, "not_below"),
        ({"areas": ("T12", "V121")}, "twice"),
        ({"areas": ("T11",)}, "taken"),
        ({"areas": ("V111",)}, "taken"),
    ],
)
def test_what_does_not_fit_is_refused(given, code, team, reach, units, makeup, now):
    asked = makeup(**{"name": "督查二组", "areas": ("T12",), **given})

    with pytest.raises(Invalid) as refused, nothing_written():
        actions.set_up_team(reach=reach("county1.director"), unit=units["C1"], makeup=asked, now=now)

    assert refused.value.code == code


def test_the_bureau_above_may_supervise_the_same_unit(team, reach, cast, units, now):
    above = Makeup("市局督查组", cast["city.director"], [], [units["C1"]])

    actions.set_up_team(reach=reach("city.director"), unit=units["C0"], makeup=above, now=now)

    assert {one.name for one in queries.teams(reach("town11.head"), unit=units["T11"])} == {
        "督查一组",
        "市局督查组",
    }


def test_a_change_replaces_people_and_areas(team, reach, makeup, units, now):
    asked = makeup(leader="county1.director", members=(), areas=("T11", "T12"))

    actions.change_team(team_id=team.pk, reach=reach("county1.director"), makeup=asked, rev=1, now=now)

    team.refresh_from_db()
    assert [one.person.username for one in team.members.all()] == ["county1.director"]
    assert [one.unit.code for one in team.areas.all()] == ["T11", "T12"]
    with pytest.raises(Stale):
        actions.change_team(team_id=team.pk, reach=reach("county1.director"), makeup=asked, rev=1, now=now)


def test_an_ended_team_looks_after_nothing(team, reach, makeup, units, now):
    leader = reach("county1.director")

    actions.end_team(team_id=team.pk, reach=leader, now=now)

    assert not TeamArea.objects.exists()
    with pytest.raises(WrongState):
        actions.end_team(team_id=team.pk, reach=leader, now=now)
    with pytest.raises(WrongState):
        actions.change_team(team_id=team.pk, reach=leader, makeup=makeup(), now=now)
    assert actions.set_up_team(reach=leader, unit=units["C1"], makeup=makeup(), now=now).name == "督查一组"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("county1.duty", True),
        ("county1.leader", True),
        ("city.audit", True),
        ("town11.head", True),
        ("village111.informant", True),
        ("town12.head", False),
        ("county2.director", False),
        ("county1.squad.dialogue", False),
    ],
)
def test_the_bureau_the_supervised_and_the_auditors_see_it(who, sees, team, reach):
    assert queries.teams(reach(who)).filter(pk=team.pk).exists() == sees
    if not sees:
        with pytest.raises(NotFound):
            queries.get_team(reach(who), team.pk)


def test_an_area_is_told_before_its_unit_ends(team, units):
    assert [
        one.many
        for one in waiting_at([units["T11"].path])
        if "督查" in one.words or "supervision" in one.words
    ] == [1]


def test_what_the_database_refuses(team, cast, units, now):
    def refused(write):
        with pytest.raises(IntegrityError) as found, transaction.atomic():
            write()
        return str(found.value)

    # one_standing_team_per_name, an_ended_team_says_when, each_person_once_in_a_team, one_leader_of_a_team,
    # one_team_of_a_bureau_per_area
    again = {
        "unit": team.unit,
        "unit_path": team.unit_path,
        "set_up_by": cast["county1.director"],
        "set_up_at": now,
    }
    refused(lambda: Team.objects.create(name=team.name, **again))
    assert "an_ended_team_says_when" in refused(lambda: Team.objects.filter(pk=team.pk).update(ended_at=now))
    refused(lambda: TeamMember.objects.create(team=team, person=cast["county1.leader"]))
    refused(lambda: TeamMember.objects.create(team=team, person=cast["county1.duty"], leads=True))
    refused(lambda: TeamArea.objects.create(team=team, bureau=units["C1"], unit=units["T11"], unit_path="x"))


# --- doors ---------------------------------------------------------------------------------------------------


def test_the_page_sets_up_changes_and_ends(signed_in, cast, units, wall_clock):
    browser = signed_in("county1.director", "en")
    form = {
        "unit": "C1",
        "name": "Team 1",
        "leader": "county1.deputy",
        "members": ["county1.leader"],
        "areas": ["T11"],
    }

    assert browser.get("/supervision/teams/new/").status_code == 200
    assert browser.post("/supervision/teams/new/", {**form, "areas": []}).status_code == 422
    assert browser.post("/supervision/teams/new/", form).status_code == 303
    team = Team.objects.get()
    page = browser.get(f"/supervision/teams/{team.pk}/").content.decode()
    assert "End the team" in page
    answer = browser.post(f"/supervision/teams/{team.pk}/", {**form, "areas": ["T12"], "rev": team.rev})
    assert answer.status_code == 303
    assert [area.unit.code for area in team.areas.all()] == ["T12"]
    assert browser.post(f"/supervision/teams/{team.pk}/end/").status_code == 303
    assert Team.objects.get().state == TeamState.ENDED


def test_the_list_filters_and_costs_the_same_for_three_as_for_one(
    signed_in, reach, cast, units, makeup, now, wall_clock, django_assert_num_queries
):
    browser = signed_in("county1.duty", "en")
    assert "The bureau sets them up" in browser.get("/supervision/teams/").content.decode()
    leader = reach("county1.director")
    first = makeup("one", areas=("T11",))
    actions.set_up_team(reach=leader, unit=units["C1"], makeup=first, now=now)
    with django_assert_num_queries(7):
        queries.cards(leader, list(queries.teams(leader)), now)
    for number, code in enumerate(("V121", "V122") if "V122" in units else ("V121",)):
        actions.set_up_team(
            reach=leader, unit=units["C1"], makeup=makeup(f"n{number}", areas=(code,)), now=now
        )
    with django_assert_num_queries(7):
        found = queries.cards(leader, list(queries.teams(leader)), now)
        assert all(card.areas and card.leader for card in found)

    assert "one" in browser.get("/supervision/teams/?unit=T11").content.decode()
    assert browser.get("/supervision/teams/?as=xlsx").headers["Content-Type"].endswith("sheet")
    assert signed_in("county1.squad.dialogue").get("/supervision/teams/").status_code == 403


def test_the_api_sets_up_reads_changes_and_ends(signed_in, cast, units, wall_clock):
    browser = signed_in("county1.director")
    body = {"unit": "C1", "name": "督查一组", "leader": "county1.deputy", "members": [], "areas": ["T11"]}

    def send(method, address, data=None, **headers):
        headers |= {"Idempotency-Key": str(uuid4())}
        return getattr(browser, method)(address, data, content_type="application/json", headers=headers)

    made = send("post", "/api/v1/supervision-teams/", body)
    assert made.status_code == 201, made.content
    one = made.headers["Location"]
    assert send("post", "/api/v1/supervision-teams/", {**body, "leader": "nobody"}).status_code == 422
    assert browser.get("/api/v1/supervision-teams/?state=standing&unit=C1").json()["results"][0]["areas"] == [
        "T11"
    ]
    body.pop("unit")
    assert send("put", one, {**body, "areas": ["T12"]}, **{"If-Match": '"9"'}).status_code == 412
    assert send("put", one, {**body, "areas": ["T12"]}).json()["areas"] == ["T12"]
    assert send("post", f"{one}end/").json()["state"] == "ended"
