"""Inquiries into the agency's own conduct: what calls for one, who may, one walked to its delivery, what is refused."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Post
from cases.demands.actions import register_demand
from clocks.models import Clock
from common.errors import Invalid, NotAllowed, WrongState
from common.states import NOTHING
from incidents.checklist.actions import mark_item
from incidents.models import Incident
from journal.models import Entry
from journal.record import content_of
from plans.document.life_safety import LIFE_LINES
from plans.lifecycle.actions import load_plan
from supervision.inquiries import actions, queries, rules
from supervision.inquiries.actions import Cause
from supervision.inquiries.choices import InquiryState, InquiryVerb, Trigger
from supervision.inquiries.models import Inquiry
from tests.incidents.conftest import alarm

__all__ = ["alarm"]

pytestmark = pytest.mark.django_db

LIBRARY = settings.BASE_DIR / "plans/library"
READERS = ["county1.director", "county1.deputy", "city.director", "city.audit"]


@pytest.fixture
def county_rules(units, now):
    """Plan 004 with its 30 and 20 working days, in force in county 1."""
    text = (LIBRARY / "county-zero-report-and-cases.yaml").read_text()
    text = text.replace(
        "kind: campaign, from: required, to: required", "kind: standing, from: null, to: null"
    )
    return load_plan(text=text, actor=None, now=now, owner=units["C1"], put_in_force=True)


@pytest.fixture
def cause(units):
    return Cause(Trigger.CRITICISED, "市局通报〔2026〕7号：答复超期", units["T11"])


@pytest.fixture
def given(cast, units, reach, now, cause):
    return {
        "reach": reach("county1.director"), "bureau": units["C1"], "cause": cause,
        "investigator": cast["county1.duty"], "decider": cast["county1.deputy"], "now": now,
    }  # fmt: skip


@pytest.fixture
def inquiry(given, county_rules):
    return actions.open_inquiry(**given)


def test_one_is_walked_to_its_delivery_with_its_two_time_limits(inquiry, reach, now):
    looks, decides = reach("county1.duty"), reach("county1.deputy")
    asked = {"inquiry_id": inquiry.pk, "now": now}
    (limit,) = queries.clocks_of(inquiry)
    assert (limit.clock_id, limit.is_running) == ("C004-11", True)

    with pytest.raises(WrongState) as refusal:
        actions.submit_report(reach=looks, report="经查", **asked)
    assert refusal.value.code == "not_heard"
    actions.note_statement(reach=looks, statement="人手不足，已说明", **asked)
    actions.submit_report(reach=looks, report="预防到位；反应不及时；未再发生", **asked)
    assert [(one.clock_id, one.is_running) for one in queries.clocks_of(inquiry)] == [
        ("C004-11", False),
        ("C004-12", True),
    ]
    actions.issue_decision(reach=decides, measure="education", decision="批评教育", **asked)
    actions.deliver_decision(reach=reach("county1.director"), how="in_person", **asked)

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.measure, inquiry.delivered_how) == ("delivered", "education", "in_person")
    assert not any(one.is_running for one in queries.clocks_of(inquiry))
    entries = Entry.objects.filter(subject=inquiry.key).order_by("pk")
    assert [one.kind for one in entries] == [
        "inquiry.started", "inquiry.heard", "inquiry.report_submitted", "inquiry.decision_issued",
        "inquiry.delivered",
    ]  # fmt: skip
    told = str([content_of(one) for one in entries])
    assert not [word for word in ("通报", "人手", "预防", "批评") if word in told]


def test_a_bureau_whose_plan_says_nothing_has_the_general_limits(given, plan):
    inquiry = actions.open_inquiry(**given)

    assert [one.clock_id for one in queries.clocks_of(inquiry)] == ["I-1"]


def test_who_looks_never_decides(given, cast):
    with pytest.raises(WrongState) as refusal:
        actions.open_inquiry(**{**given, "investigator": cast["county1.deputy"]})
    assert refusal.value.code == "same_person"


def test_the_database_refuses_one_person_for_both(inquiry, cast):
    with pytest.raises(IntegrityError, match="who_looks_does_not_decide"), transaction.atomic():
        Inquiry.objects.filter(pk=inquiry.pk).update(investigator=cast["county1.deputy"])


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("an_inquiry_names_both", {"decider": None}),
        ("a_decision_has_a_measure", {"measure": "education"}),
        ("what_was_decided_is_delivered", {"delivered_how": "by_post"}),
        ("heard_before_reported", {"reported_at": "now"}),
        ("what_was_decided_is_delivered", {"delivered_at": "now"}),
    ],
)
def test_the_database_keeps_what_an_inquiry_promises(inquiry, now, constraint, fields):
    fields = {name: now if value == "now" else value for name, value in fields.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Inquiry.objects.filter(pk=inquiry.pk).update(**fields)


def test_who_decides_is_a_director_and_neither_holds_the_post(given, cast, units):
    with pytest.raises(Invalid):
        actions.open_inquiry(**{**given, "decider": cast["county1.squad.dialogue"]})
    with pytest.raises(Invalid):
        actions.open_inquiry(**{**given, "investigator": cast["county2.duty"]})
    post = Post.objects.get(unit=units["C1"], kind="duty_officer")
    with pytest.raises(Invalid):
        actions.open_inquiry(**given, post=post)


def test_nobody_acts_in_anothers_stead(inquiry, reach, now):
    asked = {"inquiry_id": inquiry.pk, "now": now}
    for name in ("county1.director", "county1.deputy", "city.director"):
        with pytest.raises(NotAllowed):
            actions.note_statement(reach=reach(name), statement="x", **asked)
    for name in ("county1.duty", "city.audit"):
        with pytest.raises(NotAllowed):
            actions.open_inquiry(
                reach=reach(name), bureau=inquiry.bureau, now=now, investigator=inquiry.investigator,
                decider=inquiry.decider, cause=Cause(Trigger.GRAVE, "x", inquiry.unit),
            )  # fmt: skip


def test_a1_is_off(given, cause):
    assert rules.OFF not in Trigger.values
    with pytest.raises(Invalid) as refusal:
        actions.open_inquiry(**{**given, "cause": cause._replace(trigger=rules.OFF)})
    assert refusal.value.code == "trigger_off"


def test_only_those_who_open_decide_look_or_audit_read_it(inquiry, cast, reach):
    seen = {name for name in cast if Inquiry.objects.visible_to(reach(name)).exists()}
    entry = Entry.objects.get(kind="inquiry.started")
    clock = Clock.objects.get(subject=inquiry.key)

    assert seen >= {*READERS, "county1.duty"}
    assert not [
        name for name in seen if name.startswith(("county2", "town", "village", "city.duty", "county1.squad"))
    ]
    assert {name for name in cast if reach(name).sees(entry)} == {"city.audit"}
    timed = {name for name in cast if Clock.objects.visible_to(reach(name)).filter(pk=clock.pk).exists()}
    assert "county1.director" in timed
    assert not [name for name in timed if name.endswith((".duty", ".clerk", ".informant", ".head"))]


def test_whoever_holds_the_post_does_not_read_it_over_somebodys_shoulder(given, reach, units):
    post = Post.objects.get(unit=units["C1"], kind="director")
    inquiry = actions.open_inquiry(**{**given, "reach": reach("city.director"), "post": post})

    assert not Inquiry.objects.visible_to(reach("county1.director")).filter(pk=inquiry.pk).exists()
    assert Inquiry.objects.visible_to(reach("city.director")).filter(pk=inquiry.pk).exists()


# --- rescue first ------------------------------------------------------------------------------------------


def test_every_act_waits_until_the_rescue_is_done(alarm, given, units, reach, now):
    incident = alarm(headcount=1, life_risk=["suicide_threat"])
    cause = Cause(Trigger.GRAVE, "重大影响", incident.unit, incident.key, incident)

    with pytest.raises(WrongState) as refusal:
        actions.open_inquiry(**{**given, "cause": cause})
    assert refusal.value.code == "life_safety_first"
    assert LIFE_LINES[0].words.zh in str(refusal.value)
    assert not Inquiry.objects.exists()
    assert not Entry.objects.filter(kind="inquiry.started").exists()

    mark_item(incident_id=incident.pk, reach=reach("county1.duty"), item="call_120", outcome="done", now=now)
    inquiry = actions.open_inquiry(**{**given, "cause": cause})
    assert inquiry.state == "started"


def test_nobody_answers_for_a_drill(alarm, given):
    incident = alarm(headcount=1)
    Incident.objects.filter(pk=incident.pk).update(drill=True)
    incident.refresh_from_db()

    with pytest.raises(WrongState) as refusal:
        actions.open_inquiry(**{**given, "cause": Cause(Trigger.GRAVE, "x", incident.unit, "", incident)})
    assert refusal.value.code == "only_a_drill"


# --- what the record calls for -----------------------------------------------------------------------------


@pytest.fixture
def missed(units, reach, now):
    demand = register_demand(
        reach=reach("county1.director"), unit=units["C1"], origin="counter", point="公证费退还", now=now
    )
    clock = Clock.objects.filter(subject=demand.key).order_by("pk").first()
    assert clock is not None
    Clock.objects.filter(pk=clock.pk).update(breached_at=clock.due_at)
    return clock


def test_a_missed_answer_calls_for_one_until_somebody_says_why_not(missed, reach, units, now):
    later = missed.due_at + timedelta(days=1)
    mine = reach("county1.director")
    (found,) = queries.findings(mine, later)
    assert (found.trigger, found.about, found.unit) == ("A2", f"clock:{missed.pk}", units["C1"])
    assert queries.findings(reach("county1.duty"), later) == []
    assert queries.findings(reach("county2.director"), later) == []

    cause = Cause(found.trigger, found.reason, found.unit, found.about)
    actions.dismiss_cause(reach=mine, bureau=units["C1"], cause=cause, why="系统停机", now=later)

    assert queries.findings(mine, later) == []
    assert Inquiry.objects.get().state == "not_needed"
    with pytest.raises(WrongState) as refusal:
        actions.dismiss_cause(reach=mine, bureau=units["C1"], cause=cause, why="系统停机", now=later)
    assert refusal.value.code == "there_already"


def test_what_was_missed_long_ago_or_in_a_drill_calls_for_none(missed, reach):
    mine = reach("county1.director")
    assert queries.findings(mine, missed.due_at + rules.LOOK_BACK + timedelta(days=1)) == []
    Clock.objects.filter(pk=missed.pk).update(drill=True)
    assert queries.findings(mine, missed.due_at + timedelta(days=1)) == []


def test_a_loss_of_life_calls_for_one_once_the_rescue_is_over(alarm, reach, now):
    incident = alarm(headcount=5, casualties={"dead": 1, "injured": 0})
    mine = reach("county1.director")
    assert queries.findings(mine, now) == []

    mark_item(incident_id=incident.pk, reach=reach("county1.duty"), item="call_120", outcome="done", now=now)

    assert [(one.trigger, one.about) for one in queries.findings(mine, now)] == [("A5", incident.key)]


@pytest.mark.parametrize(
    ("subject", "stop", "expected"),
    [
        ("demand", "demand.reply_issued", "A2"),
        ("incident", "superior_report.sent", "A2"),
        ("incident", "upward_report.initial_sent", "A2"),
        ("incident", "order.arrived", ""),
        ("order", "order.arrived", ""),
        ("incident", "", ""),
    ],
)
def test_a_missed_answer_or_report_is_a2_and_nothing_else_is(subject, stop, expected):
    assert rules.trigger_of(subject, stop) == expected


# --- its end -----------------------------------------------------------------------------------------------


def test_the_texts_are_destroyed_after_their_term_and_the_dates_stay(given, reach, units, now):
    row = actions.dismiss_cause(
        reach=given["reach"], bureau=units["C1"], cause=given["cause"], why="系统停机", now=now
    )
    asked = {"reach": given["reach"], "inquiry_id": row.pk}
    with pytest.raises(WrongState) as refusal:
        actions.erase_contents(**asked, now=now + rules.KEPT - timedelta(seconds=1))
    assert refusal.value.code == "term_not_over"

    gone = actions.erase_contents(**asked, now=now + rules.KEPT)

    assert (gone.decision, gone.reason, gone.state) == ("", "–", "not_needed")
    assert gone.opened_at == now


@pytest.mark.parametrize("state", InquiryState.values)
@pytest.mark.parametrize("verb", [verb for verb in InquiryVerb.values if verb not in ("start", "dismiss")])
def test_every_act_in_every_state(state, verb):
    row = rules.TRANSITIONS.row(state, verb)
    allowed = {
        "statement": ["started"], "report": ["started"], "decision": ["reported"], "deliver": ["decided"],
        "erase": ["delivered", "not_needed"],
    }  # fmt: skip
    assert (row is not None) == (state in allowed[verb])
    assert rules.TRANSITIONS.row(NOTHING, verb) is None


def test_the_database_knows_one_inquiry_about_a_thing(inquiry, given):
    Inquiry.objects.filter(pk=inquiry.pk).update(about="clock:1")
    other = actions.open_inquiry(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.filter(pk=other.pk).update(about="clock:1")
    assert "one_inquiry_for_a_thing" in {one.name for one in Inquiry._meta.constraints}


# --- doors -------------------------------------------------------------------------------------------------


def test_pages_and_api(inquiry, cast, given, settings):
    browser = Client()
    browser.force_login(cast["county1.director"])
    listed = browser.get("/supervision/inquiries/").content.decode()
    assert inquiry.number in listed
    assert "A1" in listed
    page = browser.get(f"/supervision/inquiries/{inquiry.number}/")
    assert page.status_code == 200
    assert browser.get("/supervision/inquiries/new/").status_code == 200
    body = {
        "bureau": "C1", "trigger": "A4", "unit": "T11", "reason": "市报报道", "investigator": "county1.deputy",
        "decider": "county1.deputy",
    }  # fmt: skip
    refused = browser.post("/api/v1/inquiries/", body, "application/json", HTTP_IDEMPOTENCY_KEY="k1")
    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    made = browser.post(
        "/api/v1/inquiries/",
        {**body, "investigator": "county1.duty"},
        "application/json",
        HTTP_IDEMPOTENCY_KEY="k2",
    )
    assert made.status_code == 201, made.content
    assert made.json()["trigger"] == "A4"
    assert browser.get("/api/v1/inquiries/?proposed=1").json() == {"results": []}

    other = Client()
    other.force_login(cast["town11.head"])
    assert other.get("/supervision/inquiries/").status_code == 403
    assert other.get(f"/supervision/inquiries/{inquiry.number}/").status_code == 404
    assert other.get(f"/api/v1/inquiries/{inquiry.number}/").status_code == 404
    assert other.get(f"/supervision/inquiries/{inquiry.number}/decision.pdf").status_code == 404
