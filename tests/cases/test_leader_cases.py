"""Leader cases: what proposes one, who decides, five fixed and three guarantees, sixty and ninety days, the closing report."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from cases.demands import actions as demands
from cases.leader_cases import actions, acts, proposing, queries, rules
from cases.leader_cases.actions import Plan
from cases.leader_cases.choices import CaseState, CaseVerb
from cases.leader_cases.models import CaseReason, LeaderCase
from cases.leader_cases.paper import draft_of, paper_of
from cases.leader_cases.rules import Record, reasons_in
from cases.matters import actions as matters
from cases.matters.models import Matter
from cases.matters.queries import major_situations_for
from cases.official_forms.actions import begin_form
from cases.receptions import counter
from clocks.breaches.sweep import sweep
from clocks.durations import end_of
from clocks.models import Clock
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, Refused, WrongState
from incidents import actions as incidents
from incidents.reporting.actions import Alarm, add_observation, report_incident
from journal.models import Entry
from notices.models import Notice
from plans.document.strict_yaml import read
from plans.engine.facts import Facts
from plans.people.overdue import tell_breaches
from tests.incidents.closing import answered
from tests.incidents.conftest import alarm
from tests.states import done_as_in_the_table
from zero_reports.filing.models import ReportItem

__all__ = ["alarm"]

pytestmark = pytest.mark.django_db

LIBRARY = settings.BASE_DIR / "plans/library/county-zero-report-and-cases.yaml"
IDENTITY = "身份证 11010519491231002X"
WHOLE = {
    "measures": "两周内完成核查，逐条答复", "team": "分管副局长、信访科科长", "quality": "书面答复送达，无反复",
    "investigate": "科长负责查清事实", "handle": "副局长负责落实补偿", "settle": "司法所负责回访稳定",
}  # fmt: skip


@pytest.fixture
def campaign(plan, units, now):
    """Plan 004 of the library, in force in county 1 for these days."""
    from plans.lifecycle.actions import load_plan
    from plans.lifecycle.models import PlanVersion

    version = load_plan(text=LIBRARY.read_text(), actor=None, now=now, owner=units["C1"])
    PlanVersion.objects.filter(pk=version.pk).update(
        state="in_force",
        in_force_from=now,
        valid_from=day_of(now),
        valid_to=day_of(now) + timedelta(days=400),
    )
    version.refresh_from_db()
    return version


@pytest.fixture
def matter(file, reach, now, campaign):
    file("village111.informant", "V111", items=[("labour", 3, "工资拖欠")])
    item = ReportItem.objects.get()
    return matters.register_matter(reach=reach("county1.duty"), item_id=item.pk, now=now)


@pytest.fixture
def proposed(matter, reach, now):
    """Taken as major: T3 by itself."""
    matters.accept_dispute(reach=reach("county1.duty"), matter_id=matter.pk, now=now, kinds=["M1"])
    return LeaderCase.objects.get()


@pytest.fixture
def by(reach, now):
    """by("county1.director", case) → the arguments of an act by that person."""
    return lambda username, case, at=None: {
        "reach": reach(username, at or now), "case_id": case.pk, "now": at or now
    }  # fmt: skip


@pytest.fixture
def listed(proposed, by, cast):
    return actions.accept_case(**by("county1.director", proposed), leader=cast["county1.deputy"])


@contextmanager
def refusal(code):
    with pytest.raises(Refused) as told:
        yield
    assert told.value.code == code


def plan_of(now, **words):
    return Plan(**{**WHOLE, "due_date": day_of(now) + timedelta(days=50), **words})


@pytest.fixture
def running(listed, by, now):
    return actions.start_case(**by("county1.deputy", listed), plan=plan_of(now))


@pytest.fixture
def reported(running, by):
    return actions.hand_in_report(**by("county1.deputy", running), report="一、基本情况\n已全部支付。")


@pytest.fixture
def told(reported, by):
    actions.check_report(**by("county1.director", reported))
    return actions.tell_party(**by("county1.deputy", reported), number="告〔2026〕3号", how="in_writing")


# --- what proposes one ---------------------------------------------------------------------------------------

DOCUMENT = read(LIBRARY.read_text()).value


@pytest.mark.parametrize(
    ("record", "triggers"),
    [
        (Record(), []),
        (Record(Facts.from_dict({"headcount": 6}), came_to="county"), ["T1"]),
        (Record(Facts.from_dict({"headcount": 6}), came_to="city"), ["T1"]),
        (Record(Facts.from_dict({"headcount": 6}), came_to="township"), []),
        # Five are representatives, no group (Petition Work Regulations art. 20).
        (Record(Facts.from_dict({"headcount": 5}), came_to="county"), []),
        (Record(passed_on="government"), ["T2"]),
        (Record(major=frozenset({"M1", "M2"})), ["T3"]),
        (Record(major=frozenset({"M5"})), []),
        (Record(Facts.from_dict({"joint_petitioners": 19})), []),
        (Record(Facts.from_dict({"joint_petitioners": 20})), ["T4"]),
        (Record(passed_on="principal"), ["T5"]),
        (Record(taken_up_again=True), ["T6"]),
        (Record(Facts.from_dict({"demand_repeat": True})), ["T6"]),
    ],
)
def test_the_six_triggers(record, triggers):
    assert [reason.trigger.line.id for reason in reasons_in(DOCUMENT, record)] == triggers


@pytest.mark.parametrize("plan", sorted(LIBRARY.parent.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_group_at_the_owners_own_house_is_found_whoever_owns_the_plan(plan):
    """A plan of any unit (`owner_tier: unit`, the petition reception plan) was never fulfilled by a group."""
    document = read(plan.read_text()).value
    if document.get("kind") == "statutory_overlay":
        return
    trigger = {"id": "G", "leads_to": "leader_case", "found": ["group_visit"], "zh": "集体访", "cite": "§1"}
    tier = document["owner_tier"]
    houses = rules.TIERS if tier == rules.ANY_UNIT else [tier]

    for house in houses:
        six, five = (Record(Facts.from_dict({"headcount": n}), came_to=house) for n in (6, 5))
        assert reasons_in({**document, "triggers": [trigger]}, six)
        assert not reasons_in({**document, "triggers": [trigger]}, five)


def test_all_six_name_their_paragraph():
    found = proposing.triggers_of(DOCUMENT)
    assert {one.line.cite for one in found if one.leads_to == "leader_case"} == {"§六1"}


def test_taken_as_major_proposes_one_with_the_reason(proposed, matter):
    reason = CaseReason.objects.get()

    assert (proposed.state, proposed.matter, proposed.unit.code) == ("proposed", matter, "C1")
    assert (reason.category, reason.facts, reason.by) == ("T3", {"screened_major": True}, None)
    assert reason.because[0].zh == "经排查并列为重大疑难"
    entry = Entry.objects.get(kind="leader_case.proposed")
    assert (entry.actor, entry.subject) == (None, proposed.key)
    told = Notice.objects.filter(purpose="leader_case.to_decide")
    assert told
    assert all(notice.unit.code == "C1" for notice in told)


def test_twenty_signatures_propose_one_and_nineteen_do_not(alarm, campaign):
    assert not LeaderCase.objects.filter(incident=alarm(joint_petitioners=19)).exists()
    incident = alarm(joint_petitioners=25)

    case = LeaderCase.objects.get(incident=incident)
    assert case.reasons.get().because[0].zh == "联名人数：25"


def test_what_is_seen_later_proposes_too_and_once(alarm, campaign, reach, now):
    incident = alarm(headcount=2)
    assert not LeaderCase.objects.exists()

    for facts in ({"joint_petitioners": 30}, {"joint_petitioners": 40}, {"demand_repeat": True}):
        add_observation(
            incident_id=incident.pk,
            reach=reach("county1.duty"),
            what="联名信",
            facts=Facts.from_dict(facts),
            now=now,
        )

    case = LeaderCase.objects.get()
    assert [reason.category for reason in case.reasons.all()] == ["T4", "T6"]
    assert Entry.objects.filter(kind="leader_case.proposed").count() == 1

    # The same thing reported twice: what was proposed for the one report is not proposed for the other.
    other = alarm(headcount=2)
    incidents.merge_incident(incident_id=incident.pk, into_id=other.pk, reach=reach("county1.duty"), now=now)
    add_observation(
        incident_id=other.pk,
        reach=reach("county1.duty"),
        what="联名信",
        facts=Facts.from_dict({"joint_petitioners": 30}),
        now=now,
    )
    assert LeaderCase.objects.get() == case


def test_a_group_received_at_the_countys_counter_proposes_one_case_and_a_household_none(
    campaign, reach, units, now
):
    """§六1: a group visit to an organ of the city or above, at the counter as on the street."""
    at = {"reach": reach("county1.duty"), "unit": units["C1"], "place": "接访室", "now": now}
    points = [counter.Point("公证费退还", confirmed=True), counter.Point("工资拖欠", confirmed=True)]

    counter.receive_people(arrival=counter.Arrival(2), points=points[:1], **at)
    assert not LeaderCase.objects.exists()
    group = counter.receive_people(
        arrival=counter.Arrival(12, is_group=True, representatives=5), points=points, **at
    )

    case = LeaderCase.objects.get()
    assert case.demand == group.points.get(place=1).demand
    assert [reason.category for reason in case.reasons.all()] == ["T1"]


@pytest.mark.parametrize(("passed_on", "trigger"), [("government", "T2"), ("principal", "T5"), ("", "")])
def test_a_demand_that_was_passed_on(reach, units, now, campaign, passed_on, trigger):
    demand = demands.register_demand(
        reach=reach("county1.duty"), unit=units["C1"], origin="transfer", point="公证费退还", passed_on=passed_on, now=now
    )  # fmt: skip

    assert [reason.category for reason in CaseReason.objects.filter(case__demand=demand)] == [trigger] * bool(
        trigger
    )


def test_a_matter_taken_up_again(matter, reach, now, units):
    given = {"reach": reach("county1.duty"), "matter_id": matter.pk, "now": now}
    matters.assign_matter(**given, lead=units["T11"])
    matters.work_on(**given, verb="follow", note="回访")
    matters.file_matter(**given, result="已支付", file_number="17")
    assert not LeaderCase.objects.exists()

    matters.work_on(**given, verb="reopen", note="又欠")

    assert LeaderCase.objects.get().reasons.get().category == "T6"


def test_a_matter_has_one_case_whatever_hangs_on_it(proposed, matter, reach, now, alarm, units):
    """The incident and the demands of the matter add reasons to its case; they begin none."""
    given = {"reach": reach("county1.duty"), "matter_id": matter.pk, "now": now}
    incident = matters.make_incident(**given).incident
    add_observation(
        incident_id=incident.pk, reach=reach("county1.duty"), what="联名信",
        facts=Facts.from_dict({"joint_petitioners": 30}), now=now,
    )  # fmt: skip
    demands.register_demand(
        reach=reach("county1.duty"), unit=units["C1"], origin="matter", point="工资", matter=matter,
        passed_on="government", now=now,
    )  # fmt: skip

    assert [reason.category for reason in LeaderCase.objects.get().reasons.all()] == ["T3", "T4", "T2"]


def test_a_drill_proposes_nothing(units, campaign, reach, now):
    given = Alarm(
        unit=units["C1"], place="大厅", what="试演", facts=Facts.from_dict({"joint_petitioners": 50}), client_id="d",
        drill=True,
    )  # fmt: skip
    incident, _ = report_incident(reach=reach("county1.duty"), alarm=given, now=now)

    assert not LeaderCase.objects.exists()
    with refusal("only_a_drill"):
        actions.propose_case(
            reach=reach("county1.duty"),
            about=proposing.about_incident(incident),
            trigger="T1",
            note="试",
            now=now,
        )


def test_without_such_a_plan_nothing_is_proposed(alarm, plan):
    alarm(joint_petitioners=50)

    assert not LeaderCase.objects.exists()


def test_what_was_declined_is_not_proposed_for_it_again_but_for_another_trigger(proposed, by, matter, now):
    actions.decline_case(**by("county1.director", proposed), reason="已在调处")
    assert proposing.propose_by_record(
        proposing.about_matter(matter), Record(major=frozenset({"M1"})), now
    ) is None  # fmt: skip

    again = proposing.propose_by_record(proposing.about_matter(matter), Record(taken_up_again=True), now)

    assert [reason.category for reason in again.reasons.all()] == ["T6"]
    assert LeaderCase.objects.filter(matter=matter).count() == 2


@pytest.fixture
def by_hand(matter, reach, now):
    return lambda who="county1.duty", **words: actions.propose_case(
        **{"reach": reach(who), "about": proposing.about_matter(matter), "trigger": "T1", "note": "集体上访", "now": now}
        | words
    )  # fmt: skip


def test_by_hand_it_names_the_trigger_and_why(by_hand, cast):
    case = by_hand()

    reason = case.reasons.get()
    assert (reason.category, reason.note, reason.by) == ("T1", "集体上访", cast["county1.duty"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"trigger": "M1"}, "unknown_trigger"),
        ({"note": " "}, "note_missing"),
        ({"note": IDENTITY}, "personal_data"),
    ],
)
def test_by_hand_refused(by_hand, words, code):
    with pytest.raises(Invalid) as refused:
        by_hand(**words)
    assert refused.value.code == code


def test_by_hand_a_second_one_is_refused_and_a_neighbour_may_not(proposed, by_hand):
    with pytest.raises(WrongState) as refused:
        by_hand()
    assert refused.value.extra["number"] == proposed.number
    with pytest.raises(NotAllowed):
        by_hand("county2.duty")


# --- kinds of major situation --------------------------------------------------------------------------------


def test_a_matter_is_taken_as_major_by_kinds_of_the_plan_and_m4_is_none_of_them(matter, reach, now):
    given = {"reach": reach("county1.duty"), "matter_id": matter.pk, "now": now}
    for kinds in ([], ["M4"], ["M1", "X"]):
        with refusal("kind_missing"):
            matters.accept_dispute(**given, kinds=kinds)
    assert [line.id for line in major_situations_for(matter.unit, now)] == ["M1", "M2", "M3", "M5", "M6"]

    done = matters.accept_dispute(**given, kinds=["M5", "M2"])

    assert [kind["id"] for kind in done.major_kinds] == ["M2", "M5"]
    assert not LeaderCase.objects.exists()
    form = begin_form(
        reach=reach("county1.duty"), kind="F2", unit=matter.unit, day=day_of(now), now=now, matter=done
    )
    _label, words = form.rows[0]
    assert "舆论普遍关注" in words


def test_the_page_and_the_api_ask_for_the_kinds(morning, matter):
    browser = morning("county1.duty")
    address = f"/reports/matters/{matter.number}/"
    page = browser.get(address).content.decode()
    assert ('value="M6"' in page, 'value="M4"' in page) == (True, False)
    assert browser.post(f"{address}accept/", {}).status_code == 422

    def accept(kinds, key):
        return browser.post(
            f"/api/v1/matters/{matter.number}/accept/",
            {"kinds": kinds},
            "application/json",
            headers={"Idempotency-Key": key},
        )

    assert accept([], "1").status_code == 422
    answer = accept(["M3"], "2")
    assert (answer.status_code, answer.json()["kinds"][0]["cite"]) == (200, "§三1")
    assert "可能危害国家和公共安全" in browser.get(address).content.decode()


def test_helping_units_are_units_and_see_the_matter(matter, reach, units, now):
    assert not Matter.objects.visible_to(reach("county2.duty")).exists()
    given = {"reach": reach("county1.duty"), "matter_id": matter.pk, "now": now}
    Matter.objects.filter(pk=matter.pk).update(helpers="城关派出所")
    matter.refresh_from_db()
    assert matter.helpers_text == "城关派出所"

    done = matters.assign_matter(**given, lead=units["T11"], helpers=[units["C2"]])

    assert done.helpers_text == str(units["C2"])
    assert Matter.objects.visible_to(reach("county2.duty")).exists()


def test_old_texts_become_units_where_they_name_one(matter, units):
    Matter.objects.filter(pk=matter.pk).update(helpers=f"{units['C1'].name}、派出所 C2，{units['T12'].name}")
    step = import_module("cases.migrations.0005_helpers_are_units")

    step.name_helpers(apps, None)

    matter.refresh_from_db()
    # Two townships are called like T12: nobody guesses.
    assert units["T12"].name == units["T22"].name
    assert {unit.code for unit in matter.helper_units.all()} == {"C1", "C2"}
    assert "派出所" in matter.helpers_text


# --- over the API --------------------------------------------------------------------------------------------


def test_over_the_api_from_everything_given_to_the_end(morning, matter, now):
    desk, leader = morning("county1.director"), morning("county1.deputy")
    keys = iter(range(1000))

    def post(browser, path, **body):
        return browser.post(
            f"/api/v1/leader-cases/{path}",
            body,
            "application/json",
            headers={"Idempotency-Key": f"k{next(keys)}"},
        )

    plan = {**WHOLE, "due_date": f"{day_of(now) + timedelta(days=30)}"}
    short = {name: words for name, words in plan.items() if name != "settle"}
    given = {"matter": matter.number, "trigger": "T2", "note": "市政府交办", "leader": "county1.deputy"}
    assert post(desk, "", **given).status_code == 422
    assert post(desk, "", **given, plan=short).status_code == 422
    assert not LeaderCase.objects.exists()

    made = post(desk, "", **given, plan=plan)

    assert made.status_code == 201
    body = made.json()
    assert (body["state"], body["leader"], body["clocks"][0]["id"]) == (
        "running",
        "county1.deputy",
        "C004-7",
    )
    assert body["due_at"].startswith("2027-01-21")
    assert post(desk, "", **given, plan=plan).status_code == 409
    one = f"{body['number']}/"
    assert post(leader, f"{one}extend/", days=10, reason="复杂").status_code == 409
    assert post(leader, f"{one}nonsense/").status_code == 404
    assert post(leader, f"{one}meeting/", note="会商").json()["state"] == "running"
    assert post(leader, f"{one}report/", report="已办结").status_code == 200
    assert post(leader, f"{one}check/").status_code == 403
    assert post(desk, f"{one}check/").json()["state"] == "checked"
    assert post(leader, f"{one}tell/", number="告1", how="by_post").status_code == 200
    done = post(leader, f"{one}close/", note="办结").json()
    assert (done["state"], done["reply_number"]) == ("closed", "告1")


def test_the_list_of_the_api_filters(morning, proposed, reach):
    browser = morning("county1.director")

    def numbers(query):
        return [one["number"] for one in browser.get(f"/api/v1/leader-cases/?{query}").json()["results"]]

    assert numbers("proposed=1") == numbers("unit=C1") == [proposed.number]
    assert numbers("state=running") == numbers("mine=1") == numbers("unit=C9") == []
    assert browser.get(f"/api/v1/leader-cases/{proposed.number}/").json()["reasons"][0]["trigger"] == "T3"
    assert morning("county2.director").get(f"/api/v1/leader-cases/{proposed.number}/").status_code == 404


# --- deciding and the plan -----------------------------------------------------------------------------------


def test_listing_names_one_leader_who_is_told_and_the_clock_runs(proposed, by, cast, now):
    with done_as_in_the_table(rules.TRANSITIONS, CaseVerb.ACCEPT, subject=proposed.key, tells=True):
        case = actions.accept_case(**by("county1.director", proposed), leader=cast["county1.deputy"])

    clock = Clock.objects.get(subject=case.key)
    assert (clock.clock_id, clock.due_at) == ("C004-7", end_of(day_of(now) + timedelta(days=60)))
    assert (case.state, case.leader, case.due_at) == ("listed", cast["county1.deputy"], clock.due_at)


def test_it_is_not_started_twice(listed, by, cast, now):
    before = Clock.objects.get(subject=listed.key)
    with pytest.raises(WrongState):
        actions.accept_case(
            **by("county1.director", listed, now + timedelta(days=3)), leader=cast["county1.deputy"]
        )
    actions.start_case(**by("county1.deputy", listed), plan=plan_of(now))
    with pytest.raises(WrongState):
        actions.start_case(**by("county1.deputy", listed), plan=plan_of(now))

    assert Clock.objects.get(subject=listed.key).started_at == before.started_at


@pytest.mark.parametrize("who", ["town11.clerk", "county1.duty", "town11.head", "county2.director"])
def test_only_leaders_of_the_unit_decide(proposed, by, cast, who):
    with pytest.raises(NotAllowed):
        actions.accept_case(**by(who, proposed), leader=cast["county1.deputy"])
    with pytest.raises(NotAllowed):
        actions.decline_case(**by(who, proposed), reason="否")


@pytest.mark.parametrize("who", ["county1.duty", "county2.director", ""])
def test_the_leader_holds_a_leaders_post_there(proposed, by, cast, who):
    with refusal("no_leader"):
        actions.accept_case(**by("county1.director", proposed), leader=cast.get(who))


def test_declining_needs_the_reason(proposed, by):
    with pytest.raises(Invalid):
        actions.decline_case(**by("county1.director", proposed), reason=" ")
    actions.decline_case(**by("county1.director", proposed), reason="已在调处")

    proposed.refresh_from_db()
    assert (proposed.state, proposed.due, proposed.reason) == ("declined", None, "已在调处")


@pytest.mark.parametrize("missing", [*rules.FIVE_FIXED[1:], *rules.THREE_GUARANTEES])
def test_none_of_five_and_three_may_be_missing(listed, by, now, missing):
    empty = None if missing == "due_date" else " "

    with pytest.raises(Invalid) as refused:
        actions.start_case(**by("county1.deputy", listed), plan=plan_of(now, **{missing: empty}))

    assert list(refused.value.fields) == [missing]
    listed.refresh_from_db()
    assert listed.state == "listed"


@pytest.mark.parametrize("days", [-1, 61])
def test_its_day_lies_within_the_time_limit(listed, by, now, days):
    day = day_of(now) + timedelta(days=days)
    with refusal("day_out_of_range"):
        actions.start_case(**by("county1.deputy", listed), plan=plan_of(now, due_date=day))
    actions.start_case(
        **by("county1.deputy", listed), plan=plan_of(now, due_date=day_of(now) + timedelta(days=60))
    )


def test_another_leader_takes_over_with_the_reason_and_both_are_told(running, by, cast):
    due = running.due_at
    with done_as_in_the_table(rules.TRANSITIONS, CaseVerb.CHANGE_LEADER, subject=running.key, tells=True):
        case = actions.change_leader(
            **by("county1.director", running), leader=cast["county1.director"], reason="分工调整"
        )

    assert (case.leader, case.due_at) == (cast["county1.director"], due)
    given = Notice.objects.filter(purpose__startswith="leader_case.given.").values_list(
        "recipient__username", flat=True
    )
    taken = Notice.objects.get(purpose__startswith="leader_case.taken.", channel="app")
    assert "county1.director" in given
    assert taken.recipient == cast["county1.deputy"]
    with refusal("same_leader"):
        actions.change_leader(**by("county1.director", running), leader=cast["county1.director"], reason="又")
    with pytest.raises(NotAllowed):
        actions.change_leader(**by("county1.duty", running), leader=cast["county1.deputy"], reason="换")


@pytest.mark.parametrize("verb", rules.NOTES)
def test_progress_visits_and_meetings_are_written_down_when_they_were(running, by, now, verb):
    at = now - timedelta(hours=2)
    with done_as_in_the_table(rules.TRANSITIONS, verb, subject=running.key):
        actions.note_entry(**by("county1.deputy", running), verb=verb, note="到现场核查", at=at)

    step = running.steps.get(verb=verb)
    assert (step.note, step.at) == ("到现场核查", at)
    with pytest.raises(Invalid):
        actions.note_entry(**by("county1.deputy", running), verb=verb, note=IDENTITY)
    with pytest.raises(NotAllowed):
        actions.note_entry(**by("county2.director", running), verb=verb, note="旁观")


# --- what hangs on it ends nothing ---------------------------------------------------------------------------


def test_closing_the_incident_and_filing_the_matter_end_no_case(alarm, campaign, by, cast, reach, now):
    incident = alarm(joint_petitioners=25)
    case = LeaderCase.objects.get()
    actions.accept_case(**by("county1.director", case), leader=cast["county1.deputy"])

    incidents.close_incident(
        incident_id=incident.pk,
        reach=reach("county1.duty"),
        summary="已离开",
        answers=answered(incident, now),
        now=now,
    )

    case.refresh_from_db()
    assert case.state == "listed"
    assert Clock.objects.get(subject=case.key).is_running


def test_a_merged_incident_leaves_its_case_running(alarm, campaign, by, cast, reach, now):
    first, other = alarm(joint_petitioners=25), alarm(headcount=2)
    case = LeaderCase.objects.get()
    actions.accept_case(**by("county1.director", case), leader=cast["county1.deputy"])

    incidents.merge_incident(incident_id=first.pk, into_id=other.pk, reach=reach("county1.duty"), now=now)

    assert Clock.objects.get(subject=case.key).is_running


def test_demands_and_the_incident_are_shown(proposed, matter, reach, now):
    given = {"reach": reach("county1.duty"), "matter_id": matter.pk, "now": now}
    demand = demands.take_on(**given, point="补缴社保")
    incident = matters.make_incident(**given).incident
    case = queries.get_case(reach("county1.duty"), proposed.number)

    assert list(queries.demands_of(case)) == [demand]
    assert queries.incident_of(case) == incident
    assert queries.of_thing(reach("county1.duty"), incident=incident) == [case]
    assert queries.of_thing(reach("county1.duty"), demand=demand) == [case]


# --- the closing report --------------------------------------------------------------------------------------


def test_the_draft_says_what_the_record_says(running, by, matter, reach, now):
    demands.take_on(reach=reach("county1.duty"), matter_id=matter.pk, now=now, point="补缴社保")
    actions.note_entry(**by("county1.deputy", running), verb="visit", note="到工地走访")

    text = draft_of(queries.get_case(reach("county1.deputy"), running.number))

    for words in (
        "工资拖欠",
        "可能引发大规模越级集体上访",
        WHOLE["measures"],
        WHOLE["settle"],
        "到工地走访",
        "补缴社保",
        "尚未答复",
    ):
        assert words in text


def test_another_than_the_leader_checks_the_report(reported, by, cast):
    with pytest.raises(NotAllowed) as refused:
        actions.check_report(**by("county1.deputy", reported))
    assert refused.value.code == "own_report"
    with pytest.raises(NotAllowed):
        actions.check_report(**by("county1.duty", reported))

    with done_as_in_the_table(rules.TRANSITIONS, CaseVerb.CHECK, subject=reported.key):
        case = actions.check_report(**by("county1.director", reported))
    assert (case.state, case.checked_by) == ("checked", cast["county1.director"])


def test_only_the_leader_hands_it_in_and_the_office_is_asked(running, by):
    with pytest.raises(NotAllowed):
        actions.hand_in_report(**by("county1.director", running), report="已办结")
    with done_as_in_the_table(rules.TRANSITIONS, CaseVerb.REPORT, subject=running.key, tells=True):
        actions.hand_in_report(**by("county1.deputy", running), report="已办结")
    asked = Notice.objects.filter(purpose__startswith="leader_case.to_check").values_list(
        "recipient__username", flat=True
    )
    assert asked
    assert "county1.deputy" not in asked


def test_a_returned_report_goes_on_and_the_leader_hears_why(reported, by):
    with done_as_in_the_table(rules.TRANSITIONS, CaseVerb.RETURN, subject=reported.key, tells=True):
        case = actions.return_report(**by("county1.director", reported), reason="缺回访情况")

    assert (case.state, case.reason) == ("running", "缺回访情况")
    assert actions.hand_in_report(**by("county1.deputy", case), report="补充回访").state == "reported"


def test_no_closing_before_the_party_was_told_in_writing(reported, by):
    for at in ("reported", "checked"):
        with pytest.raises(WrongState):
            actions.close_case(**by("county1.deputy", reported), note="办结")
        if at == "reported":
            actions.check_report(**by("county1.director", reported))
    with refusal("number_missing"):
        actions.tell_party(**by("county1.deputy", reported), number=" ", how="in_writing")
    with refusal("how_missing"):
        actions.tell_party(**by("county1.deputy", reported), number="告1", how="")
    with refusal("before_check"):
        actions.tell_party(
            **by("county1.deputy", reported), number="告1", how="by_post",
            at=reported.reported_at - timedelta(hours=1),
        )  # fmt: skip


def test_closed_the_clock_stands_and_stays_readable(told, by, now):
    later = now + timedelta(days=20)
    with done_as_in_the_table(rules.TRANSITIONS, CaseVerb.CLOSE, subject=told.key):
        case = actions.close_case(**by("county1.deputy", told, later), note="已办结")

    clock = Clock.objects.get(subject=case.key)
    assert (case.state, clock.stopped_at, clock.is_running) == ("closed", later, False)
    assert case.due_at == clock.due_at == end_of(day_of(now) + timedelta(days=60))
    with pytest.raises(WrongState):
        actions.extend_case(
            **by("county1.deputy", case, later),
            days=5,
            reason="复杂",
            approved_by=None,
            told_how="",
            told_at=None,
        )


def test_the_paper_says_who_checked_and_how_the_party_was_told(told, by, reach, running):
    case = queries.get_case(reach("county1.director"), told.number)
    paper = paper_of(case)
    text = str(paper.body)

    assert paper.notes == ()
    for words in ("已全部支付", WHOLE["quality"], "告〔2026〕3号", "包案60天"):
        assert words in text


def test_before_it_is_handed_in_there_is_no_paper_and_before_it_is_checked_a_draft(running, by, reach):
    with pytest.raises(WrongState):
        paper_of(running)
    actions.hand_in_report(**by("county1.deputy", running), report="已办结")
    assert paper_of(queries.get_case(reach("county1.deputy"), running.number)).notes == ("草稿：未经审核。",)


# --- the time limit ------------------------------------------------------------------------------------------


def extension(cast, now, **words):
    return {
        "days": 30, "reason": "案情复杂", "approved_by": cast["county1.director"], "told_how": "in_writing",
        "told_at": now, **words,
    }  # fmt: skip


def test_ninety_days_with_approval_and_not_one_more(running, by, cast, now):
    case = actions.extend_case(**by("county1.deputy", running), **extension(cast, now))

    assert case.due_at == end_of(day_of(now) + timedelta(days=90))
    with pytest.raises(WrongState) as refused:
        actions.extend_case(**by("county1.deputy", running), **extension(cast, now, days=1))
    assert refused.value.code == "too_long"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"approved_by": None}, "not_approved"),
        ({"approved_by": "county1.deputy"}, "not_approved"),  # the leader in charge
        ({"approved_by": "county1.duty"}, "not_approved"),
        ({"approved_by": "county2.director"}, "not_approved"),
        ({"told_how": ""}, "not_told"),
        ({"told_at": None}, "not_told"),
        ({"days": 31}, "too_long"),
        ({"reason": " "}, "reason_missing"),
    ],
)
def test_an_extension_without_approval_telling_or_reason_is_refused(running, by, cast, now, words, code):
    if isinstance(words.get("approved_by"), str):
        words = {"approved_by": cast[words["approved_by"]]}
    with pytest.raises((WrongState, Invalid)) as refused:
        actions.extend_case(**by("county1.deputy", running), **extension(cast, now, **words))

    assert refused.value.code == code
    assert Clock.objects.get(subject=running.key).due_at == running.due_at


def test_past_the_end_nobody_lengthens_it_and_the_leader_is_told(running, by, cast, now):
    late = running.due_at + timedelta(minutes=1)
    with pytest.raises(WrongState) as refused:
        actions.extend_case(**by("county1.deputy", running, late), **extension(cast, late))
    assert refused.value.code == "clock_over"

    sweep(late)
    tell_breaches(late)

    clock = Clock.objects.get(subject=running.key)
    told = Notice.objects.filter(purpose=f"clock.breached.{clock.pk}").values_list(
        "recipient__username", flat=True
    )
    assert "county1.deputy" in told
    assert len(set(told)) > 1  # and who leads there


def test_the_leader_who_took_over_is_the_late_one(running, by, cast):
    actions.change_leader(**by("county1.director", running), leader=cast["county1.director"], reason="分工")
    late = running.due_at + timedelta(minutes=1)
    sweep(late)
    tell_breaches(late)

    told = Notice.objects.filter(purpose__startswith="clock.breached.").values_list(
        "recipient__username", flat=True
    )
    assert "county1.director" in told


# --- who sees it, and what no row may say --------------------------------------------------------------------


def test_who_sees_it(running, reach):
    def sees(username):
        return LeaderCase.objects.visible_to(reach(username)).exists()

    # Where it is, whose it is, above; never the neighbour.
    assert [
        sees(who) for who in ("village111.informant", "town11.head", "county1.duty", "city.director")
    ] == [True] * 4
    assert not sees("county2.director")


def test_a_unit_of_the_team_sees_it(listed, by, now, units, reach):
    assert not LeaderCase.objects.visible_to(reach("county2.director")).exists()
    actions.start_case(**by("county1.deputy", listed), plan=plan_of(now, units=[units["C2"]]))
    assert LeaderCase.objects.visible_to(reach("county2.director")).exists()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_leader_case_is_about_one_thing", {"matter": None}),
        ("a_listed_case_has_one_leader", {"leader": None}),
        ("a_declined_case_says_why", {"state": CaseState.DECLINED, "reason": ""}),
        ("a_running_case_has_its_plan", {"settle": ""}),
        ("a_reported_case_has_its_report", {"state": CaseState.REPORTED}),
        ("the_party_was_told_in_writing", {"state": CaseState.TOLD}),
        ("a_closed_case_has_its_moment", {"closed_at": datetime(2026, 11, 22, tzinfo=UTC)}),
    ],
)
def test_no_row_says_what_cannot_be(running, name, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        LeaderCase.objects.filter(pk=running.pk).update(**change)


def test_no_row_says_that_the_leader_checked(told):
    for who in ("leader", "reported_by"):
        with (
            pytest.raises(IntegrityError, match="a_closing_report_is_checked_by_another|CHECK"),
            transaction.atomic(),
        ):
            LeaderCase.objects.filter(pk=told.pk).update(checked_by=getattr(told, who))


@pytest.mark.parametrize(
    "name", ["one_live_case_per_matter", "one_live_case_per_incident", "one_live_case_per_demand"]
)
def test_one_live_case_for_one_thing(name, proposed, alarm, reach, units, now):
    if name.endswith("incident"):
        proposed.matter, proposed.incident = None, alarm(headcount=2)
    elif name.endswith("demand"):
        demand = demands.register_demand(
            reach=reach("county1.duty"), unit=units["C1"], origin="counter", point="退费", now=now
        )
        proposed.matter, proposed.demand = None, demand
    proposed.save()
    proposed.pk, proposed.number = None, "BA-2"
    with pytest.raises(IntegrityError), transaction.atomic():
        proposed.save(force_insert=True)


def test_a_trigger_counts_once_per_case(proposed):
    reason = proposed.reasons.get()
    reason.pk = None
    with (
        pytest.raises(IntegrityError, match="a_trigger_counts_once_per_case|UNIQUE|category"),
        transaction.atomic(),
    ):
        reason.save(force_insert=True)


# --- pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_from_proposal_to_the_end(morning, proposed, language, now):
    head, deputy = morning("county1.director"), morning("county1.deputy")
    for browser in (head, deputy):
        browser.cookies["language"] = language
    address = f"/leader-cases/{proposed.number}/"

    def act(browser, verb, **words):
        answer = browser.post(f"{address}{verb}/", words)
        assert answer.status_code == 303, (verb, answer.content.decode()[-2000:])

    assert proposed.number in head.get("/leader-cases/?state=proposed").content.decode()
    act(head, "accept", leader="county1.deputy")
    assert proposed.number in deputy.get("/leader-cases/?mine=1").content.decode()
    act(deputy, "start", **WHOLE, due_date=f"{day_of(now) + timedelta(days=30)}", helpers="T11")
    act(deputy, "meeting", note="召开协调会")
    act(deputy, "extend", days="10", note="复杂", approved_by="county1.director", told_how="in_writing")
    page = deputy.get(address).content.decode()
    assert WHOLE["measures"] in page
    assert 'name="report"' in page
    act(deputy, "report", report="已全部支付")
    assert f"{address}check/" not in deputy.get(address).content.decode()
    act(head, "return", reason="缺回访")
    act(deputy, "report", report="已全部支付，已回访")
    act(head, "check")
    act(deputy, "tell", number="告3", how="in_person")
    act(deputy, "close", note="办结")

    page = deputy.get(address).content.decode()
    assert "告3" in page
    assert proposed.number not in deputy.get("/leader-cases/").content.decode()
    assert proposed.number in deputy.get("/leader-cases/?state=closed&unit=C1&within=").content.decode()
    assert deputy.get("/leader-cases/?state=all&as=xlsx")["Content-Type"].startswith(
        "application/vnd.openxml"
    )
    assert deputy.get(f"{address}paper.docx")["Content-Type"].endswith("wordprocessingml.document")


@pytest.mark.parametrize("thing", ["matter", "incident", "demand"])
def test_proposing_from_a_page(morning, matter, alarm, reach, units, now, thing):
    number = {
        "matter": lambda: matter.number,
        "incident": lambda: alarm(headcount=2).number,
        "demand": lambda: (
            demands.register_demand(
                reach=reach("county1.duty"), unit=units["C1"], origin="counter", point="退费", now=now
            ).number
        ),
    }[thing]()
    browser = morning("county1.duty")
    page = {"matter": "/reports/matters/", "incident": "/incidents/", "demand": "/demands/"}[thing]
    assert f"/leader-cases/propose/?{thing}={number}" in browser.get(f"{page}{number}/").content.decode()
    assert 'value="T5"' in browser.get(f"/leader-cases/propose/?{thing}={number}").content.decode()

    made = browser.post("/leader-cases/propose/", {thing: number, "trigger": "T5", "note": "批示"})

    assert made.status_code == 303
    case = LeaderCase.objects.get()
    assert (case.reasons.get().category, case.about.number) == ("T5", number)
    assert case.number in browser.get(f"{page}{number}/").content.decode()


def test_a_list_asks_as_often_for_many_as_for_one(morning, proposed, django_assert_max_num_queries):
    browser = morning("county1.duty")
    browser.get("/leader-cases/")
    with django_assert_max_num_queries(12):
        browser.get("/leader-cases/")


@pytest.mark.control(14)
@pytest.mark.parametrize("body", ["helpers", "support_units"])
def test_a_unit_of_another_county_helps_as_little_as_one_that_there_is_not(listed, reach, body):
    """By the page and by the API: `plan_of` reads both."""
    said = []
    for code in ("C2", "XX"):
        with pytest.raises(Invalid) as refused:
            acts.plan_of({**WHOLE, "due_date": None, body: [code]}, reach("county1.deputy"))
        said.append((refused.value.code, str(refused.value).replace(code, "…")))

    near = acts.plan_of({**WHOLE, "due_date": None, body: ["T12"]}, reach("county1.deputy"))

    assert said[0] == said[1]
    assert [unit.code for unit in near.units] == ["T12"]
