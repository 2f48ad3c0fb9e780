"""A plan of a shape nobody thought of: five levels without colours, three squads of its own, clocks in working days.

From the alarm to the closing, through the same doors, without a line of code for it.
"""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from accounts.choices import HeldAs, PostKind
from accounts.models import Post
from accounts.posts.actions import appoint_person
from clocks.durations import end_of
from clocks.models import Clock, WorkCalendarDay
from clocks.working_days import seed
from command.orders.actions import issue_order, move_order, read_target
from command.orders.recipients import recipients_for
from common.dates.local_time import day_of
from early_warnings.outgoing import cap
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from incidents.actions import close_incident
from incidents.reporting.actions import Alarm, report_incident
from incidents.steps.actions import note_step
from journal.models import Entry
from plans.engine.facts import Facts
from plans.lifecycle.actions import load_plan
from tests.early_warnings.conftest import PASSWORD
from tests.incidents.closing import answered

PLAN = """\
schema: icd.plan/1
id: harbour-plan
version: 1
title: {zh: 港口预案, en: Harbour plan}
source: {complete: true}
roles:
  head: {zh: 所长, en: Head, post: office_head}
  chief: {zh: 县局局长, en: Chief, post: director, tier: county}
  vice: {zh: 市局副局长, en: Vice, post: deputy_director, tier: city}
  top: {zh: 市局局长, en: Top, post: director, tier: city}
  watch: {zh: 值班员, en: Watch, post: duty_officer}
  order_recipient: {zh: 接收人, en: Recipient, kind: named}
level_policy: {combine: highest, default_level: e, default_cite: 甲1}
levels:
  - {id: a, rank: 1, zh: 甲级, en: Alpha, match: {any_of: [{fact: headcount, gte: 300, cite: 甲1}]}, signatory: {role: top}, recipients: {platform: true, phone: [watch]}}
  - {id: b, rank: 2, zh: 乙级, en: Beta, match: {any_of: [{fact: headcount, between: [120, 299], cite: 甲1}]}, signatory: {role: vice}, recipients: {platform: true, phone: [watch]}}
  - {id: c, rank: 3, zh: 丙级, en: Gamma, match: {any_of: [{fact: headcount, between: [40, 119], cite: 甲1}, {fact: vulnerable_present, gte: 2, cite: 甲2}]}, signatory: {role: chief}, recipients: {platform: true, phone: [watch]}}
  - {id: d, rank: 4, zh: 丁级, en: Delta, match: {any_of: [{fact: headcount, between: [15, 39], cite: 甲1}]}, signatory: {role: chief}, recipients: {platform: true, phone: [watch]}}
  - {id: e, rank: 5, zh: 戊级, en: Epsilon, match: {any_of: [{fact: headcount, between: [1, 14], cite: 甲1}]}, signatory: {role: head, where_absent: watch}, recipients: {platform: true, phone: [watch]}}
alarm: {origin: proposal, notify: [watch], life_safety: [watch]}
signoff_rules: {two_persons: {levels: [c, b, a], zh: 两人, en: two}}
clocks:
  - {id: H-1, zh: 三个工作日回应, en: Answer in three working days, start: warning.signed, when_level: c, stop: demand.first_response, duration: 3WD, role: watch, per: thread, cite: 乙1}
  - {id: H-2, zh: 三十个工作日办结, en: Done in thirty working days, start: warning.signed, stop: demand.result_told, duration: 30WD, role: watch, per: thread, cite: 乙2}
  - {id: H-3, zh: 到场, en: Arrive, start: order.issued, stop: order.arrived, duration: given, role: order_recipient, cite: 乙3}
orders: {cite: 乙3, arrive_within: {squad: PT45M}}
organisation:
  squads:
    - {id: tug, cite: 丙, zh: 拖轮组, en: Tug squad}
    - {id: quay, cite: 丙, zh: 码头组, en: Quay squad}
    - {id: radio, cite: 丙, zh: 通讯组, en: Radio squad}
checklists:
  - {id: first, zh: 首先, en: First, items: [{id: K1, cite: 丁, zh: 清点人员, en: Count the people}]}
"""


@pytest.fixture
def harbour(cast, passwords, units, now):
    if not WorkCalendarDay.objects.exists():
        seed.fill(WorkCalendarDay)
    for squad in ("tug", "quay", "radio"):
        post = Post.objects.create(unit=units["C1"], kind=PostKind.SQUAD, squad=squad, title=squad)
        appoint_person(
            person=cast["county1.squad.dialogue"], post=post, held_as=HeldAs.HOLDER, actor=None, now=now
        )
    return load_plan(text=PLAN, actor=None, now=now, put_in_force=True)


@pytest.fixture
def event(harbour, units, reach, now):
    alarm = Alarm(unit=units["C1"], place="三号码头", what="旅客滞留", client_id="h1",
                  facts=Facts.from_dict({"headcount": 45, "vulnerable_present": {"elderly": 3}}))  # fmt: skip
    return report_incident(reach=reach("county1.duty"), alarm=alarm, now=now)[0]


@pytest.fixture
def signed_c(event, reach, now):
    statement = proposals.Statement(level="c", reason="老年旅客较多")
    warning = proposals.propose_new_warning(
        incident_id=event.pk, reach=reach("county1.duty"), statement=statement, now=now
    )
    return signing.sign_warning(
        warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now
    )


def test_the_proposal_names_its_limbs(event):
    assert (event.proposed_level, event.proposed_rank) == ("c", 3)
    assert [(r["en"]["kind"], r["en"]["citation"]) for r in event.reasons] == [
        ("limb", "甲1"),
        ("limb", "甲2"),
    ]


def test_an_incident_runs_from_alarm_to_closing(event, signed_c, reach, now):
    assert (signed_c.state, event.__class__.objects.get(pk=event.pk).level) == ("in_force", "c")
    due = dict(Clock.objects.filter(thread=event.key).values_list("clock_id", "due_at"))
    # Sunday 22 November 2026 is day 0; thirty working days run into 2027, whose calendar is not loaded.
    assert due["H-1"] == end_of(day_of(now + timedelta(days=3)))
    assert due["H-2"] is None
    assert Clock.objects.get(clock_id="H-2").provisional is True

    offered = [choice.value for choice in recipients_for(event, reach("county1.duty"), now)]
    assert [value for value in offered if value.startswith("squad:")][:3] == [
        "squad:tug@C1",
        "squad:quay@C1",
        "squad:radio@C1",
    ]
    order = issue_order(incident_id=event.pk, reach=reach("county1.duty"), target=read_target("squad:tug@C1"),
                        task="接送旅客", now=now)  # fmt: skip
    assert order.arrive_by == now + timedelta(minutes=45)
    for verb, who in (("acknowledge", "county1.squad.dialogue"), ("depart", "county1.squad.dialogue"),
                      ("arrive", "county1.squad.dialogue"), ("confirm-arrival", "county1.duty"),
                      ("complete", "county1.squad.dialogue")):  # fmt: skip
        move_order(order_id=order.pk, verb=verb, reach=reach(who), now=now, note="电话告知")

    note_step(incident_id=event.pk, reach=reach("county1.duty"), kind="demand.first_response", now=now)
    assert Clock.objects.get(clock_id="H-1").state(now) == "met"

    signing.lift_warning(
        warning_id=signed_c.pk,
        reach=reach("county1.director"),
        reason="旅客已登船",
        credential=PASSWORD,
        now=now,
    )
    closed = close_incident(
        incident_id=event.pk,
        reach=reach("county1.duty"),
        summary="旅客全部离港",
        answers=answered(event, now),
        now=now,
    )
    assert closed.state == "closed"
    kinds = set(Entry.objects.in_thread(event.key).values_list("kind", flat=True))
    assert {
        "incident.reported",
        "warning.signed",
        "order.completed",
        "demand.first_response",
        "incident.closed",
    } <= kinds


def test_its_levels_render_list_and_filter_in_both_languages(event, signed_c, signed_in):
    browser = signed_in("county1.duty")

    for language, word in (("zh-hans", "丙级"), ("en", "Gamma")):
        browser.cookies["language"] = language
        for path in (f"/incidents/{event.number}/", "/incidents/", f"/early-warnings/{signed_c.number}/", "/duty/",
                     "/plans/harbour-plan/"):  # fmt: skip
            page = browser.get(path, headers={"Accept-Language": language}).content.decode()
            assert word in page, path
    listed = browser.get("/api/v1/incidents/?level=c").json()
    assert [row["number"] for row in listed["results"]] == [event.number]
    assert browser.get("/api/v1/incidents/?level=a").json()["results"] == []


def test_its_warning_is_a_cap_message(signed_c, harbour):
    root = ET.fromstring(cap.message(signed_c))
    info = root.find(f"{{{cap.NAMESPACE}}}info")

    assert info.findtext(f"{{{cap.NAMESPACE}}}severity") == "Severe"
    assert info.findtext(f"{{{cap.NAMESPACE}}}headline").startswith("丙级预警")
    assert [cap.severity(harbour.document, level) for level in "abcde"] == [
        "Extreme",
        "Extreme",
        "Severe",
        "Moderate",
        "Minor",
    ]


def test_the_drafter_may_not_sign_where_the_plan_asks_for_two(event, harbour, reach, now):
    from common.errors import NotAllowed

    statement = proposals.Statement(level="c", reason="x")
    warning = proposals.propose_new_warning(
        incident_id=event.pk, reach=reach("county1.director"), statement=statement, now=now
    )

    with pytest.raises(NotAllowed):
        signing.sign_warning(
            warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now
        )


def test_a_plan_without_levels_records_incidents_and_offers_no_warning(
    cast, units, reach, signed_in, now, settings
):
    from plans.document.campaigns import Term

    text = (settings.BASE_DIR / "plans/library/county-zero-report-and-cases.yaml").read_text()
    load_plan(
        text=text,
        actor=None,
        now=now,
        put_in_force=True,
        term=Term(day_of(now), day_of(now) + timedelta(days=60)),
    )
    alarm = Alarm(
        unit=units["C1"],
        place="大厅",
        what="联名信",
        client_id="r1",
        facts=Facts.from_dict({"joint_petitioners": 20}),
    )

    incident, _ = report_incident(reach=reach("county1.duty"), alarm=alarm, now=now)

    assert (incident.proposed_level, incident.reasons) == ("", [])
    browser = signed_in("county1.duty")
    for path in (f"/incidents/{incident.number}/", "/incidents/", "/duty/"):
        page = browser.get(path)
        assert page.status_code == 200
        assert f"/incidents/{incident.number}/warning/" not in page.content.decode()
    assert "未定级" in browser.get(f"/incidents/{incident.number}/").content.decode()
