"""The command post is put together from plan, posts and roster, names what it lacks, and changes by itself."""

from datetime import timedelta

import pytest
from django.conf import settings

from accounts.choices import HeldAs
from accounts.models import Post, Skill
from accounts.posts.actions import appoint_person, end_appointment
from command.activation import queries
from command.command_post import rules
from command.command_post.actions import note_changes
from command.command_post.queries import bench_of, post_of
from command.command_post.rules import Change, Contact, Member, changes, form_post
from incidents.models import Incident
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.document.response import organisation_of
from plans.document.sections import role_of
from plans.document.strict_yaml import read
from resources.partners.models import Partner

LIBRARY = settings.BASE_DIR / "plans/library"


def document(name):
    return read((LIBRARY / f"{name}.yaml").read_text()).value


class Drawn:
    """Sources as a test draws them: role (name or name@tier) → people."""

    def __init__(self, plan, seats=None, squads=None, tiers=("city", "county"), partners=None):
        self.plan, self.seats, self.squads = plan, seats or {}, squads or {}
        self.tiers, self.known = tiers, partners or {}

    def role(self, name):
        return role_of(self.plan, name)

    def holders(self, role):
        return self.seats.get(f"{role.name}@{role.tier}", self.seats.get(role.name, []))

    def squad(self, squad_id):
        return self.squads.get(squad_id, [])

    def has_tier(self, tier):
        return tier in self.tiers

    def partners(self, kind):
        return self.known.get(kind, [])


def person(name, *skills):
    return Member(name, name, "岗位", 1, "holder", skills)


CITY = document("city-justice-bureau")


def formed(plan=CITY, level="red", **drawn):
    return form_post(organisation_of(plan, level), Drawn(plan, **drawn))


def test_a_seat_nobody_holds_is_a_gap_with_its_name():
    post = formed(seats={"duty_leader": [person("秦川")]})

    assert [seat.members for seat in post.on_site.seats] == [(person("秦川"),), ()]
    gaps = [gap.zh for gap in post.gaps]
    assert "信访办主任：现无人任职" in gaps
    assert "当日带班领导：现无人任职" not in [seat.gap.zh for seat in post.on_site.seats]


@pytest.mark.parametrize(
    ("skills", "gaps"),
    [
        ([("lawyer",)], ["对话专班缺金牌调解员", "对话专班缺公证员"]),
        ([("lawyer", "notary"), ("gold_mediator",)], []),
        ([()], ["对话专班缺金牌调解员", "对话专班缺律师", "对话专班缺公证员"]),
        ([], ["对话专班：现无人员"]),
    ],
)
def test_a_squad_lacks_what_nobody_in_it_is(skills, gaps):
    """City plan §3.2(2): 金牌调解员、律师、公证员."""
    members = [person(f"p{n}", *has) for n, has in enumerate(skills)]

    squad = next(one for one in formed(squads={"dialogue": members}).squads if one.id == "dialogue")

    assert [gap.zh for gap in squad.gaps] == gaps
    assert all(bool(skill.who) == any(skill.id in has for has in skills) for skill in squad.skills)


def test_the_county_front_group_is_the_citys_model_one_tier_nearer():
    """§3.3: 比照市级，另加派出所、卫生院、村委会."""
    post = formed(
        seats={
            "city_bureau_party_secretary_and_director@city": [person("周正")],
            "city_bureau_party_secretary_and_director@county": [person("高远")],
        },
        partners={"police_station": [Contact("城关派出所", "110")]},
    )

    assert post.headquarters.seats[0].members[0].name == "周正"
    assert post.front.seats[0].members[0].name == "高远"
    assert [(one.kind, bool(one.gap.zh)) for one in post.front.partners] == [
        ("police_station", False), ("health_centre", True), ("village_committee", True),
    ]  # fmt: skip
    assert formed(tiers=("city",)).front is None


def test_a_plan_without_squads_or_site_has_none():
    post = formed(document("county-joint-attendance"), level="")

    assert (post.on_site, post.squads, post.front) == (None, (), None)
    assert post.headquarters.seats[0].gap.zh


def test_who_commands_at_the_level_has_a_seat():
    plan = document("unit-petition-reception")

    post = formed(plan, level="orange", seats={"principal_leader": [person("高远")]})

    assert [seat.part.zh for seat in post.headquarters.seats[:2]] == ["本级牵头", "本级牵头"]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({}, {}, []),
        ({"a": ["x"]}, {"a": ["x"]}, []),
        ({"a": ["x"]}, {"a": ["y"]}, [Change("a", ("x",), ("y",))]),
        ({"a": ["x"]}, {}, [Change("a", ("x",), ())]),
        ({}, {"a": ["x", "y"]}, [Change("a", (), ("x", "y"))]),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, []),
        ({}, {"a": []}, []),
    ],
)
def test_what_has_changed_between_two_looks(before, after, found):
    assert changes(before, after) == found


# --- from the bureau ---------------------------------------------------------------------------------------


def at(response, now):
    return post_of(response, bench_of(response, now))


def test_the_post_of_a_response_in_a_county(started, now):
    post = at(started("red"), now)

    seats = {seat.role.zh: [one.name for one in seat.members] for seat in post.headquarters.seats}
    assert seats["市司法局党组书记、局长"] == ["周正"]
    on_site = {seat.role.zh: [one.name for one in seat.members] for seat in post.on_site.seats}
    assert on_site == {"当日带班领导": ["秦川"], "信访办主任": ["罗平"]}
    assert {squad.id: [one.name for one in squad.members] for squad in post.squads}["dialogue"] == ["曹颖"]
    assert post.front.seats[0].members[0].name == "高远"
    assert "对话专班缺公证员" in [gap.zh for gap in post.gaps]


def test_a_skill_of_a_person_closes_the_gap_wherever_they_sit(started, cast, now):
    response = started("red")
    Skill.objects.create(person=cast["county1.squad.dialogue"], code="notary")

    assert "对话专班缺公证员" not in [gap.zh for gap in at(response, now).gaps]


def test_a_partner_in_the_directory_closes_the_gap(started, units, now):
    response = started("red")
    Partner.objects.create(
        kind="police_station", name="城关派出所", phone="0500-8390110", unit=units["C1"],
        unit_path=units["C1"].path, added_at=now,
    )  # fmt: skip

    partners = {one.kind: one for one in at(response, now).front.partners}

    assert partners["police_station"].contacts == (Contact("城关派出所", "0500-8390110"),)
    assert not partners["police_station"].gap.zh
    assert partners["health_centre"].gap.zh


def test_its_people_may_read_the_incident_and_are_told(started, reach, now):
    response = started("orange")

    assert Incident.objects.visible_to(reach("county1.squad.support")).get() == response.incident
    told = Notice.objects.filter(purpose="response.started").values_list("recipient__username", flat=True)
    assert {"county1.squad.dialogue", "county1.leader", "city.director"} <= set(told)
    assert "city.deputy" not in told


def test_it_asks_few_queries_whatever_the_plan_asks_for(started, now, django_assert_max_num_queries):
    response = started("red")
    response = type(response).objects.for_pages().get()

    with django_assert_max_num_queries(6):
        at(response, now)


def test_a_whole_response_asks_few_queries(started, reach, now, django_assert_max_num_queries):
    response = queries.get_response(reach("county1.duty"), started("red").number)
    response.plan.document

    with django_assert_max_num_queries(15):
        queries.whole(reach("county1.duty"), response, now)


def test_a_delegation_changes_the_post_with_an_entry_and_tells_who_comes(started, cast, units, now):
    response, later = started("orange"), now + timedelta(hours=1)
    leader = Post.objects.get(unit=units["C1"], kind="petition_director")
    assert note_changes(now) == 0

    held = leader.appointments.get()
    end_appointment(appointment_id=held.pk, actor=None, now=later)
    appoint_person(
        person=cast["town11.clerk"], post=leader, actor=None, now=later, held_as=HeldAs.DELEGATE,
        valid_to=later + timedelta(days=1), reason="出差",
    )  # fmt: skip
    later += timedelta(minutes=1)
    done = note_changes(later)

    entries = Entry.objects.filter(kind="command_post.changed", subject=response.key)
    assert done == entries.count() == 2  # on site, and in the county's front group
    content = content_of(entries.order_by("pk").first())
    assert (content["left"], content["came"]) == (["county1.petition"], ["town11.clerk"])
    assert "罗平 → 梅文书" in content["title_zh"]
    assert Notice.objects.filter(purpose="response.seated", recipient=cast["town11.clerk"]).exists()
    assert note_changes(later) == 0


def test_the_roster_says_who_leads_on_site(published, started, now):
    """带班领导 of this moment: the shift's, and after the next one begins that one's."""
    published()
    response = started("orange")
    days = [now + timedelta(days=n) for n in range(1, 4)]

    leads = [at(response, day).on_site.seats[0].members for day in days]

    assert all(len(members) == 1 for members in leads)
    assert {members[0].username for members in leads} == {"county1.leader", "county1.leader2"}
    assert note_changes(days[0]) + note_changes(days[1]) + note_changes(days[2]) > 0


def test_an_ended_response_is_not_looked_at(started, now):
    response = started("orange")
    type(response).objects.update(state="ended", ended_at=now, seated={})

    assert note_changes(now) == 0


def test_every_seat_has_a_name_of_its_own():
    for name in ("city-justice-bureau", "district-emergency-linkage", "unit-petition-reception"):
        plan = document(name)
        for level in plan["levels"]:
            ids = [seat for seat, _words, _members in formed(plan, level["id"]).seats]
            assert len(ids) == len(set(ids)), name


def test_the_tier_of_the_front_group_is_a_tier():
    from accounts.choices import Tier

    assert rules.FRONT_TIER in Tier.values
