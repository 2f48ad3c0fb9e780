"""A response starts, changes and ends by decisions that are signed; what the plan asks for is owed meanwhile."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction

from cases.receptions.actions import book_reception, cancel_reception
from clocks.breaches.sweep import sweep
from clocks.models import Clock
from command.activation import actions, queries, rules, signature
from command.activation.choices import DecisionState, DecisionVerb, ResponseState, ResponseVerb
from command.activation.models import Decision, Response
from command.activation.statement import Statement
from command.obligations import earlier
from command.obligations import rules as duties
from command.obligations.choices import DutyState, DutyVerb, NoClock
from command.obligations.models import Obligation
from command.orders.actions import issue_order, read_target
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, Refused, WrongState
from common.references import key_of
from early_warnings.proposals import actions as warnings
from early_warnings.signing.actions import sign_warning
from incidents.actions import close_incident
from incidents.models import Incident
from journal.kinds import KINDS
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.document.campaigns import Term
from plans.document.response import STARTED, Grade, ResponseRules
from plans.lifecycle.actions import load_plan
from plans.people.overdue import tell_breaches
from tests.command.responding import DECIDER, PASSWORD
from tests.states import all_heard, done_as_in_the_table, nothing_written


def told(purpose):
    return set(
        Notice.objects.filter(purpose__startswith=purpose).values_list("recipient__username", flat=True)
    )


# --- start -------------------------------------------------------------------------------------------------


def test_the_duty_room_asks_and_who_decides_is_told(asked):
    response = asked("orange")

    assert response.number == "R-C1-20261122-001"
    assert response.state == ResponseState.PROPOSED
    assert told("response.to_sign") == {"city.deputy"}
    decision = Decision.objects.get()
    assert (decision.state, decision.proposed_by.username) == ("proposed", "county1.duty")


def test_a_signature_starts_it_with_its_text_and_hash(started, now):
    response = started("orange", expected_until=now + timedelta(hours=6), measures="疏导")

    decision = Decision.objects.select_related("response__incident", "response__plan", "proposed_by",
                                               "closed_by", "signed_post__unit").get()  # fmt: skip
    assert (response.state, response.started_at) == (ResponseState.ACTIVE, now)
    assert decision.state == DecisionState.TAKEN
    assert (decision.closed_by.username, decision.signed_as) == ("city.deputy", "holder")
    assert '"matter":"一楼大厅聚集"' in decision.signed_text
    assert signature.is_intact(decision)
    decision.reason = "改过"
    assert not signature.is_intact(decision)
    entry = Entry.objects.get(kind="response.started")
    assert (entry.level, content_of(entry)["signature"]) == ("orange", decision.signature)


def test_who_may_decide_starts_in_one_act(incident, passwords, reach, now):
    event = incident()

    response = actions.propose_response(
        incident_id=event.pk,
        reach=reach("city.deputy"),
        statement=Statement(reason="升级", level="orange"),
        credential=PASSWORD,
        now=now,
    )

    assert response.is_active
    assert response.matter == event.title
    kinds = Entry.objects.filter(subject=response.key).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["response.proposed", "response.started"]


@pytest.mark.control(12)
@pytest.mark.parametrize(
    ("by", "level", "credential", "code"),
    [
        ("county2.duty", "orange", "", "not_a_proposer"),
        ("county1.squad.dialogue", "orange", "", "not_a_proposer"),
        ("county1.duty", "orange", PASSWORD, "not_a_decider"),
        ("county1.director", "orange", PASSWORD, "not_a_decider"),
        ("city.deputy", "red", PASSWORD, "not_a_decider"),
        ("city.deputy", "orange", "wrong", "credential_wrong"),
    ],
)
def test_who_may_not_starts_nothing(incident, passwords, reach, now, by, level, credential, code):
    event = incident()

    with pytest.raises(NotAllowed) as refused:
        actions.propose_response(
            incident_id=event.pk,
            reach=reach(by),
            statement=Statement(reason="升级", level=level),
            credential=credential,
            now=now,
        )

    assert refused.value.code == code
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("level", {"level": "violet"}),
        ("reason", {"reason": " "}),
        ("reason", {"reason": "电话13800138000"}),
        ("matter", {"matter": "身份证11010519491231002X"}),
        ("expected_until", {"expected_until": "past"}),
    ],
)
def test_what_is_not_in_order_is_refused_with_its_field(incident, reach, now, field, more):
    event = incident()
    said = {"reason": "人多", "level": "orange", **more}
    if "expected_until" in more:
        said["expected_until"] = now - timedelta(minutes=1)

    with pytest.raises(Invalid) as refused:
        actions.propose_response(
            incident_id=event.pk, reach=reach("county1.duty"), statement=Statement(**said), now=now
        )

    assert set(refused.value.fields) == {field}


def test_an_incident_has_one_live_response(asked, started):
    first = started()

    with pytest.raises(WrongState, match=first.number):
        asked(on=first.incident)


def test_a_refused_start_never_began_and_the_asker_learns_why(asked, reach, now):
    response = asked()

    actions.refuse_decision(response_id=response.pk, reach=reach("city.deputy"), reason="属地处置", now=now)

    response.refresh_from_db()
    assert (response.state, response.started_at) == (ResponseState.NOT_STARTED, None)
    assert told("response.refused") == {"county1.duty"}
    assert not Obligation.objects.exists()
    assert asked(on=response.incident).number.endswith("-002")


def test_a_request_that_lies_is_late_and_who_should_decide_hears_of_it(asked, now):
    """Nothing of it is in the source: the bureau sets five minutes (C000-P8)."""
    response = asked("orange")
    clock = Clock.objects.get(subject=response.key)
    assert (clock.clock_id, clock.due_at) == ("C000-P8", now + timedelta(minutes=5))

    late = now + timedelta(minutes=6)
    sweep(late)
    tell_breaches(late)

    assert "city.deputy" in told(f"clock.breached.{clock.pk}")


def test_its_clock_ends_with_the_answer(asked, started, reach, now):
    assert Clock.objects.get(subject=started("orange").key).stopped_at == now
    refused, withdrawn = asked("red"), asked("red")

    actions.refuse_decision(response_id=refused.pk, reach=reach("city.director"), reason="不必", now=now)
    actions.withdraw_decision(response_id=withdrawn.pk, reach=reach("county1.duty"), now=now)

    reasons = Clock.objects.filter(subject__in=[refused.key, withdrawn.key]).values_list(
        "cancel_reason", flat=True
    )
    assert set(reasons) == {"refused", "withdrawn"}


def test_a_request_to_end_counts_nothing_that_the_start_did(started, reach, now):
    response = started("orange")

    actions.end_response(response_id=response.pk, reach=reach("county1.duty"), reason="完", now=now)

    assert not Clock.objects.running().filter(subject=response.key).exists()
    assert Entry.objects.filter(kind="response.end_proposed", subject=response.key).exists()


# --- scope -------------------------------------------------------------------------------------------------

GRADES = (Grade("grave", "重大", True), Grade("serious", "较大", False))


@pytest.mark.parametrize(
    ("levels", "grades", "level", "grade", "fault"),
    [
        ((), (), "red", "", ""),
        (("red",), (), "red", "", ""),
        (("red",), (), "blue", "", "level"),
        ((), GRADES, "red", "grave", ""),
        ((), GRADES, "red", "serious", "grade"),
        ((), GRADES, "red", "", "grade"),
        ((), GRADES, "red", "unheard", "grade"),
        ((), (), "red", "grave", ""),
    ],
)
def test_the_scope_of_a_plan(levels, grades, level, grade, fault):
    of_plan = ResponseRules((), (), levels, grades, "", "")

    assert rules.scope_fault(of_plan, level, grade) == fault


@pytest.fixture
def linkage(library, units):
    return library("district-emergency-linkage", units["C1"])


@pytest.mark.parametrize(("grade", "is_within"), [("especially_grave", True), ("grave", True), ("serious", False),
                                                  ("ordinary", False), ("", False)])  # fmt: skip
def test_the_linkage_plan_is_for_grave_events_only(linkage, incident, reach, now, grade, is_within):
    """Linkage plan §2.1: 特别重大 and 重大."""
    event = incident()
    said = Statement(reason="多人受伤", level="emergency", grade=grade)

    def ask():
        return actions.propose_response(
            incident_id=event.pk, reach=reach("county1.duty"), statement=said, now=now
        )

    if is_within:
        assert ask().grade == grade
    else:
        with pytest.raises(Invalid) as refused:
            ask()
        assert "grade" in refused.value.fields


def test_the_linkage_plan_says_who_proposes_and_who_decides(linkage, incident, passwords, reach, now):
    """§2.1: the leading group's head decides; §2.2: the office proposes. A duty leader does neither."""
    event = incident()
    said = Statement(reason="多人受伤", level="general", grade="grave")

    def ask(by, credential=""):
        return actions.propose_response(
            incident_id=event.pk, reach=reach(by), statement=said, credential=credential, now=now
        )

    with pytest.raises(NotAllowed) as refused:
        ask("county1.leader")
    assert refused.value.code == "not_a_proposer"
    with pytest.raises(NotAllowed) as refused:
        ask("county1.deputy", PASSWORD)
    assert refused.value.code == "not_a_decider"
    assert ask("county1.director", PASSWORD).is_active


# --- change ------------------------------------------------------------------------------------------------


def test_a_higher_level_needs_who_decides_on_it_and_adds_its_duties(started, reach, now):
    response = started("orange")
    before = Obligation.objects.count()
    said = Statement(reason="超过五十人", level="red")

    actions.change_response(response_id=response.pk, reach=reach("county1.duty"), statement=said, now=now)
    with pytest.raises(NotAllowed):
        actions.sign_decision(
            response_id=response.pk, reach=reach("city.deputy"), credential=PASSWORD, now=now
        )
    actions.sign_decision(response_id=response.pk, reach=reach("city.director"), credential=PASSWORD, now=now)

    response.refresh_from_db()
    assert (response.level, response.matter) == ("red", "一楼大厅聚集")
    assert Obligation.objects.count() == before + 1
    assert content_of(Entry.objects.get(kind="response.changed"))["before"] == "orange"


def test_a_lower_level_is_decided_by_who_decides_on_the_higher_one(started, passwords, reach, now):
    response = started("red")
    said = Statement(reason="人员散去", level="yellow")

    with pytest.raises(NotAllowed):
        actions.change_response(
            response_id=response.pk,
            reach=reach("county1.director"),
            statement=said,
            credential=PASSWORD,
            now=now,
        )
    actions.change_response(
        response_id=response.pk, reach=reach("city.director"), statement=said, credential=PASSWORD, now=now
    )

    assert Obligation.objects.filter(level="red", state=DutyState.OPEN).exists()


def test_who_gets_a_seat_only_at_the_new_level_is_told(library, units, incident, passwords, reach, now):
    """Unit plan §二(二): at ordinary risk the head of the judicial office commands; at serious risk a deputy."""
    library("unit-petition-reception", units["C1"])
    response = actions.propose_response(
        incident_id=incident("T11").pk, reach=reach("county1.director"), now=now, credential=PASSWORD,
        statement=Statement(reason="多人联名", level="yellow"),
    )  # fmt: skip
    assert "town11.head" not in told("response.started")

    actions.change_response(
        response_id=response.pk, reach=reach("county1.director"), now=now, credential=PASSWORD,
        statement=Statement(reason="交由司法所办理", level="blue"),
    )  # fmt: skip

    assert told("response.seated") == {"town11.head"}


def test_one_decision_at_a_time(started, reach, now):
    response, said = started(), Statement(reason="x", measures="增派")
    actions.change_response(response_id=response.pk, reach=reach("county1.duty"), statement=said, now=now)

    with pytest.raises(WrongState) as refused:
        actions.end_response(response_id=response.pk, reach=reach("county1.duty"), reason="完", now=now)

    assert refused.value.code == "decision_pending"


# --- duties ------------------------------------------------------------------------------------------------


def test_red_owes_the_citys_overall_plan_with_a_clock_and_a_recipient(started, now):
    """City plan §1.4(3): 特大：同步启动市级总体应急预案."""
    response = started("red")

    duty = Obligation.objects.get(response=response, kind="tell")
    assert (duty.title_zh, duty.to_zh) == ("提请同步启动市级总体应急预案", "市人民政府总值班室")
    assert (duty.due_at, duty.why_no_clock) == (now + timedelta(minutes=30), "")
    clock = Clock.objects.get(subject=duty.key)
    assert (clock.due_at, clock.role, clock.cite) == (duty.due_at, "city_bureau_director", "§1.4(3)")
    assert not Obligation.objects.filter(response=started("orange"), kind="tell").exists()


def test_it_is_discharged_by_telling_somebody_who_answers(started, settle, now):
    duty = Obligation.objects.get(response=started("red"), kind="tell")

    for missing in ({"told": ""}, {"answer": " "}, {"note": ""}):
        with pytest.raises(Invalid) as refused:
            settle(duty, told=missing.get("told", "张主任办公室"), answer=missing.get("answer", "同意"),
                   note=missing.get("note", "电话提请"))  # fmt: skip
        assert set(refused.value.fields) == set(missing)
    with pytest.raises(Invalid):
        settle(duty, told="总值班室", answer="同意", told_at=now + timedelta(hours=1))
    settle(duty, told="总值班室", answer="同意启动", note="电话提请")

    duty.refresh_from_db()
    assert (duty.state, duty.told, duty.answer) == ("done", "总值班室", "同意启动")
    assert duty.told_at == now + timedelta(minutes=5)
    assert Clock.objects.get(subject=duty.key).stopped_at == now + timedelta(minutes=5)
    assert content_of(Entry.objects.get(kind="obligation.done"))["answer"] == "同意启动"
    with pytest.raises(WrongState):
        settle(duty)


def test_a_duty_that_is_not_needed_says_why_and_its_clock_ends(started, settle):
    duty = Obligation.objects.get(response=started("red"), kind="tell")

    settle(duty, DutyVerb.NOT_NEEDED, note="市里已先行启动")

    clock = Clock.objects.get(subject=duty.key)
    assert (clock.cancelled_at is not None, clock.cancel_reason) == (True, "not_needed")
    duty.refresh_from_db()
    assert (duty.told, duty.note) == ("", "市里已先行启动")


def test_a_missed_duty_is_a_breach_like_any_other(started, now):
    duty = Obligation.objects.get(response=started("red"), kind="tell")

    sweep(now + timedelta(minutes=31))

    assert Entry.objects.filter(kind="clock.breached", subject=duty.key).exists()


def test_the_unit_plans_actions_are_owed_by_whom_and_until_when(
    library, units, incident, passwords, reach, now
):
    """Unit plan §二(二), orange: meeting, reception, police order plan; in command is somebody. The response itself is
    not owed by itself."""
    library("unit-petition-reception", units["C1"])
    event = incident()

    response = actions.propose_response(
        incident_id=event.pk, reach=reach("county1.director"), now=now, credential=PASSWORD,
        statement=Statement(reason="六人集体访", level="orange"),
    )  # fmt: skip

    owed = {duty.title_zh: duty for duty in response.obligations.all()}
    assert list(owed) == [
        "到位牵头指挥：单位主要负责人、分管信访工作的领导", "主持召开专题会", "现场处置组提前预约接访", "协调公安做好秩序维护预案",
    ]  # fmt: skip
    assert owed["现场处置组提前预约接访"].role == "site_group"
    assert {duty.why_no_clock for duty in owed.values()} == {NoClock.NOT_SAID}
    assert "county1.deputy" in told("obligation.owed")

    # Booking the reception is the act itself: nobody says a second time that it was done.
    booked = book_reception(
        reach=reach("county1.duty"), unit=units["C1"], place="接访室", scheduled_at=now + timedelta(hours=2),
        incident=event, now=now,
    )  # fmt: skip

    done = response.obligations.exclude(state="open").get()
    assert done.title_zh == "现场处置组提前预约接访"
    assert (done.state, done.settled_by) == ("done", booked.steps.get().by)
    assert done.note.startswith(booked.number)
    assert Entry.objects.filter(kind="obligation.done", subject=done.key).count() == 1


@pytest.mark.parametrize(
    ("after", "is_settled"), [("", True), ("cancelled", False), ("booked again", True), ("elsewhere", False)]
)
def test_a_duty_whose_act_came_first_begins_as_settled(
    library, units, incident, passwords, reach, now, after, is_settled
):
    """What was booked before the response began is named by the duty; what was called off, or is another event's, is
    not what is asked for."""
    library("unit-petition-reception", units["C1"])
    event = incident()
    given = {"reach": reach("county1.duty"), "unit": units["C1"], "place": "接访室", "now": now}
    booked = book_reception(
        **given, scheduled_at=now + timedelta(hours=2), incident=None if after == "elsewhere" else event
    )
    if after in ("cancelled", "booked again"):
        cancel_reception(reception_id=booked.pk, reach=given["reach"], reason="来访人改期", now=now)
    if after == "booked again":
        booked = book_reception(**given, scheduled_at=now + timedelta(hours=3), incident=event)

    response = actions.propose_response(
        incident_id=event.pk, reach=reach("county1.director"), now=now, credential=PASSWORD,
        statement=Statement(reason="六人集体访", level="orange"),
    )  # fmt: skip

    duty = response.obligations.get(title_zh="现场处置组提前预约接访")
    assert (duty.state == "done") is is_settled
    assert response.obligations.filter(state="open").count() == (3 if is_settled else 4)
    if is_settled:
        assert duty.note.startswith(booked.number)
        assert "接访室" in duty.note
        assert duty.settled_by == booked.steps.get().by
        assert Entry.objects.filter(kind="obligation.done", subject=duty.key).count() == 1
    assert Notice.objects.filter(purpose="obligation.owed", subject=duty.key).exists() is not is_settled


def test_every_act_that_a_plan_may_name_is_looked_for_before_a_duty_begins():
    schema = json.loads((settings.BASE_DIR / "plans/schema.json").read_text())
    named = next(
        one["enum"] for one in _within(schema, "done_by") if "reception.booked" in one.get("enum", ())
    )

    assert {STARTED, *earlier.ENDED_BY} == set(named)
    assert {kind for ends in earlier.ENDED_BY.values() for kind in ends} <= KINDS.keys()


def _within(value, name):
    if isinstance(value, dict):
        if isinstance(value.get(name), dict):
            yield value[name]
        for inner in value.values():
            yield from _within(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, name)


def test_red_of_the_unit_plan_watches_the_event_for_as_long_as_it_lasts(
    library, units, incident, passwords, reach, now
):
    library("unit-petition-reception", units["C1"])

    response = actions.propose_response(
        incident_id=incident().pk, reach=reach("county1.director"), now=now, credential=PASSWORD,
        statement=Statement(reason="有冲击迹象", level="red"),
    )  # fmt: skip

    watch = response.obligations.get(title_zh__contains="24小时监测")
    assert (watch.kind, watch.why_no_clock) == ("keep", NoClock.LASTS)
    assert "非个人" in watch.title_zh
    # What was counted from the warning to the response has stopped with its start.
    assert Entry.objects.filter(kind="response.started", thread=response.thread).exists()


def test_who_is_responsible_settles_and_strangers_do_not(started, settle):
    duty = Obligation.objects.get(response=started("red"), kind="tell")

    with pytest.raises(NotAllowed):
        settle(duty, by="county1.squad.dialogue")
    settle(duty, by="city.director")


def test_every_duty_has_a_clock_or_says_why_not(library, units, started):
    response = started("red")

    for duty in response.obligations.all():
        assert bool(duty.due_at) != bool(duty.why_no_clock)
        assert Clock.objects.filter(subject=duty.key).exists() == bool(duty.due_at)


# --- end ---------------------------------------------------------------------------------------------------


def test_the_end_is_refused_with_the_list_of_what_is_open(started, settle, reach, now):
    response = started("red")
    order = issue_order(
        incident_id=response.incident_id,
        reach=reach("county1.duty"),
        target=read_target("squad:dialogue@C1"),
        task="对话",
        now=now,
    )

    with pytest.raises(WrongState) as refused:
        actions.end_response(response_id=response.pk, reach=reach("county1.duty"), reason="完", now=now)

    assert refused.value.code == "still_open"
    assert len(refused.value.extra["open"]) == 2
    assert order.number in str(refused.value)


def test_an_incident_with_an_active_response_is_not_closed(started, settle, passwords, reach, now):
    response = started("orange")
    closing = {
        "incident_id": response.incident_id,
        "reach": reach("county1.duty"),
        "summary": "已平息",
        "now": now,
    }

    with pytest.raises(WrongState, match=response.number):
        close_incident(**closing)

    for duty in response.obligations.all():
        settle(duty)
    all_heard(response.key, now)
    actions.end_response(
        response_id=response.pk, reach=reach("city.deputy"), reason="人员离开", credential=PASSWORD, now=now
    )
    response.refresh_from_db()
    assert (response.state, response.ended_at) == (ResponseState.ENDED, now)
    assert "county1.squad.dialogue" in told("response.ended")
    assert queries.held_open(response.incident) == []


def test_the_end_needs_who_decides_and_their_credential(started, reach, now):
    response = started("orange")
    end = {"response_id": response.pk, "reason": "完", "now": now}

    with pytest.raises(NotAllowed) as refused:
        actions.end_response(reach=reach("county1.duty"), credential=PASSWORD, **end)
    assert refused.value.code == "not_a_decider"
    with pytest.raises(NotAllowed) as refused:
        actions.end_response(reach=reach("city.deputy"), credential="wrong", **end)
    assert refused.value.code == "credential_wrong"
    actions.end_response(reach=reach("county1.duty"), **end)
    response.refresh_from_db()
    assert response.is_active


# --- what the tables say -----------------------------------------------------------------------------------


def test_each_act_writes_and_tells_what_the_tables_say(incident, asked, passwords, reach, settle, now):
    desk, decider = reach("county1.duty"), reach("city.director")
    with done_as_in_the_table(rules.DECISIONS, "propose", tells=True) as begun:
        response = asked("red")
        begun.append(response.key)
    about = {"response_id": response.pk, "now": now}
    with done_as_in_the_table(rules.RESPONSES, ResponseVerb.START, subject=response.key, tells=True):
        actions.sign_decision(reach=decider, credential=PASSWORD, **about)
    duty = response.obligations.get(kind="tell")
    with done_as_in_the_table(duties.TRANSITIONS, DutyVerb.DONE, subject=duty.key):
        settle(duty)
    all_heard(response.key, now)
    for verb, act in (
        (DecisionVerb.REFUSE, lambda: actions.refuse_decision(reach=decider, reason="不需要", **about)),
        (DecisionVerb.WITHDRAW, lambda: actions.withdraw_decision(reach=desk, **about)),
    ):
        actions.end_response(reach=desk, reason="完", **about)
        with done_as_in_the_table(rules.DECISIONS, verb, subject=response.key, tells=True):
            act()
    actions.end_response(reach=desk, reason="完", **about)
    with done_as_in_the_table(rules.RESPONSES, ResponseVerb.END, subject=response.key, tells=True):
        actions.sign_decision(reach=decider, credential=PASSWORD, **about)


@pytest.mark.parametrize(
    "by", ["county2.director", "village111.informant", "county1.squad.dialogue", "city.audit"]
)
def test_who_has_no_business_there_changes_nothing(started, reach, now, by):
    response = started("orange")
    about = {"response_id": response.pk, "reach": reach(by), "now": now}

    with nothing_written():
        for act in (
            lambda: actions.change_response(statement=Statement(reason="x", measures="y"), **about),
            lambda: actions.end_response(reason="x", **about),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_who_does_not_see_the_incident_sees_no_response(started, reach):
    response = started()

    assert not Response.objects.visible_to(reach("county2.director")).exists()
    assert Response.objects.visible_to(reach("county1.squad.dialogue")).get() == response


# --- constraints -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"state": "ended"},
        {"state": "proposed"},
        {"started_at": None},
        {"ended_at": "now"},
        {"level": ""},
        {"state": "ended", "ended_at": "before"},
    ],
)
def test_the_database_refuses_a_response_that_cannot_be(started, now, change):
    response = started()
    moments = {"now": now, "before": now - timedelta(hours=1)}
    change = {name: moments.get(value, value) for name, value in change.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.filter(pk=response.pk).update(**change)


def test_one_live_response_per_incident(started, asked):
    first, other = started(), asked()

    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.filter(pk=other.pk).update(incident=first.incident_id)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "proposed"},
        {"signature": ""},
        {"signed_post": None},
        {"closed_at": None},
        {"reason": ""},
        {"refusal": "x"},
        {"state": "refused"},
    ],
)
def test_the_database_refuses_a_decision_that_cannot_be(started, change):
    started()

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(**change)


def test_one_decision_at_a_time_per_response(asked):
    response = asked()
    decision = response.decisions.get()
    decision.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        decision.save()


@pytest.mark.parametrize(
    "change",
    [
        {"due_at": None},
        {"why_no_clock": "lasts"},
        {"state": "done"},
        {"settled_at": "now"},
        {"told": "某人"},
        {"to_zh": ""},
        {"state": "done", "settled_at": "now", "settled_by": "somebody", "note": "x"},
        {"state": "not_needed", "settled_at": "now", "settled_by": "somebody", "note": ""},
    ],
)
def test_the_database_refuses_a_duty_that_cannot_be(started, cast, now, change):
    """Among them what_was_told_says_whom_when_and_the_answer."""
    duty = Obligation.objects.get(response=started("red"), kind="tell")
    known = {"now": now, "somebody": cast["county1.duty"]}
    change = {name: known.get(value, value) for name, value in change.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.filter(pk=duty.pk).update(**change)


def test_the_database_holds_each_duty_once(started):
    duty = Obligation.objects.get(response=started("red"), kind="tell")
    duty.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        duty.save()


# --- races -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_hands_one_starts_it(asked, passwords, reach, now):
    response = asked("orange")
    people = [reach("city.deputy"), reach("city.director")]

    def run(n):
        try:
            return actions.sign_decision(
                response_id=response.pk, reach=people[n % 2], credential=PASSWORD, now=now
            ).state
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    hands = 50 if connection.vendor == "postgresql" else 8
    with ThreadPoolExecutor(max_workers=min(hands, 25)) as pool:
        results = list(pool.map(run, range(hands)))

    assert results.count(ResponseState.ACTIVE) == 1
    assert set(results) - {ResponseState.ACTIVE} <= {"nothing_to_decide", "credential_throttled"}
    assert Entry.objects.filter(kind="response.started").count() == 1
    assert Obligation.objects.values("item").distinct().count() == Obligation.objects.count()
    assert DECIDER["orange"] == "city.deputy"
    assert Incident.objects.get().responses.count() == 1


# --- beside other things -----------------------------------------------------------------------------------


def test_the_start_stops_the_clock_that_a_warning_began(library, units, incident, passwords, reach, now):
    """Unit plan §二(二): 1日内启动应急响应 (C002-4), counted from the warning."""
    library("unit-petition-reception", units["C1"])
    event = incident(headcount=8)
    director = reach("county1.director")
    said = warnings.Statement(level="orange", reason="六人集体访")
    warning = warnings.propose_new_warning(
        incident_id=event.pk, reach=reach("county1.duty"), statement=said, now=now
    )
    sign_warning(warning_id=warning.pk, reach=director, credential=PASSWORD, now=now)
    assert Clock.objects.running().filter(clock_id="C002-4").count() == 1

    actions.propose_response(
        incident_id=event.pk, reach=director, credential=PASSWORD, now=now + timedelta(hours=2),
        statement=Statement(reason="六人集体访"),
    )  # fmt: skip

    assert Clock.objects.get(clock_id="C002-4").stopped_at == now + timedelta(hours=2)


def test_an_attendance_plan_beside_it_adds_what_it_asks_for(
    cast, units, asked, incident, passwords, reach, now
):
    """Joint-attendance plan §四(一)1: the principal of the responsible unit stays until the scene is closed."""
    text = (settings.BASE_DIR / "plans/library/county-joint-attendance.yaml").read_text()
    term = Term(day_of(now), day_of(now) + timedelta(days=9), "县招待所", cast["county1.deputy"])
    load_plan(text=text, actor=None, now=now, put_in_force=True, owner=units["C1"], term=term)
    response = asked("orange", on=incident(headcount=30))

    actions.sign_decision(response_id=response.pk, reach=reach("city.deputy"), credential=PASSWORD, now=now)

    stays = response.obligations.get(item="O1")
    assert (stays.plan.plan.plan_id, stays.kind, stays.why_no_clock) == (
        "cn-county-inspection-visit-003", "keep", NoClock.LASTS,
    )  # fmt: skip
    assert response.obligations.count() == 4


def test_an_incident_with_a_live_response_keeps_its_plan(started):
    response = started("orange")

    assert response.number in queries.objection_to_switch(response.incident, response.plan)
    type(response).objects.update(state="ended", ended_at=response.started_at)
    assert queries.objection_to_switch(response.incident, response.plan) == ""


def test_its_number_is_read_like_its_key(started):
    response = started("orange")

    assert key_of(response.number) == response.key
    assert queries.key_of_number("R-C1-19990101-001") is None
    assert queries.key_of_number("C1-20261122-001") is None
