"""A drill: planned, played once each inject, paused, ended with what it set in motion."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from clocks.models import RUNNING, Clock
from command.orders import actions as orders
from command.orders.models import Order
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from drills import permissions
from drills.choices import DrillState, InjectState
from drills.conduct import actions, queries, rules
from drills.conduct.actions import Plan
from drills.conduct.models import Drill, DrillInject, DrillRun, Participant
from drills.conduct.playing import play_due
from early_warnings.models import EarlyWarning
from early_warnings.proposals import actions as proposals
from early_warnings.proposals.actions import Statement
from early_warnings.signing import actions as signing
from incidents import actions as incidents
from incidents.models import Incident
from journal.models import Entry
from journal.record import content_of
from notices.choices import State
from notices.models import Callout, Notice
from notices.relevance.validity import not_needed
from tests.drills.conftest import CAST
from tests.early_warnings.conftest import PASSWORD
from tests.states import done_as_in_the_table, nothing_written

T0 = datetime(2026, 11, 22, 1, tzinfo=UTC)


class Run:
    def __init__(self, began, ended=None):
        self.began_at = T0 + timedelta(seconds=began)
        self.ended_at = None if ended is None else T0 + timedelta(seconds=ended)


def at(seconds):
    return T0 + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("runs", "moment", "speed", "minute"),
    [
        ([], 100, 60, 0),
        ([Run(0)], 0, 1, 0),
        ([Run(0)], 90, 1, 1.5),
        ([Run(0)], 10, 60, 10),
        ([Run(0, 10)], 500, 60, 10),
        ([Run(0, 10), Run(30)], 20, 60, 10),
        ([Run(0, 10), Run(30)], 35, 60, 15),
        ([Run(0, 10), Run(30)], 5, 60, 5),
        ([Run(0)], -5, 60, 0),
        ([Run(0)], 6, 600, 60),
    ],
)
def test_a_minute_of_the_scenario_is_what_ran_times_the_speed(runs, moment, speed, minute):
    assert rules.minutes(runs, at(moment), speed) == minute


@pytest.mark.parametrize(
    ("microseconds", "due"), [(9_999_999, False), (10_000_000, True), (10_000_001, True)]
)
def test_an_inject_is_due_at_its_minute_to_the_microsecond(microseconds, due):
    assert rules.is_due(10, [Run(0)], T0 + timedelta(microseconds=microseconds), 60) is due


def test_when_the_next_inject_comes_is_said_in_real_time():
    assert rules.comes_in(10, [Run(0)], at(4), 60) == timedelta(seconds=6)
    assert rules.comes_in(10, [Run(0, 4)], at(400), 60) == timedelta(seconds=6)
    assert rules.comes_in(10, [Run(0)], at(40), 60) == timedelta()


# --- planning --------------------------------------------------------------------------------------------------


def test_a_drill_is_planned_with_its_own_number_and_a_copy_of_its_scenario(planned, units, now):
    with done_as_in_the_table(rules.DRILLS, "plan") as thing:
        drill = planned(speed=60, month=date(2026, 12, 24), objectives="检验先救人").drill
        thing.append(drill.key)

    assert (drill.number, drill.state, drill.kind, drill.month) == (
        "D-2026-001",
        "planned",
        "crowd",
        date(2026, 12, 1),
    )
    assert drill.played.title.zh == "公证处大厅群体聚集"
    assert {(one.person.username, one.role) for one in drill.participants.all()} == set(CAST)
    entry = Entry.objects.get(kind="drill.planned")
    assert (entry.subject, entry.drill, entry.unit.code) == (drill.key, True, "C1")
    assert content_of(entry)["people"] == 5
    assert planned().drill.number == "D-2026-002"


def test_a_line_of_the_yearly_plan_needs_no_scenario_but_a_kind(planned):
    drill = planned(scenario="", kind="linkage", people=()).drill

    assert (drill.kind, drill.script, drill.scenario) == ("linkage", None, "")
    with pytest.raises(Invalid) as refused:
        planned(scenario="", kind="", people=())
    assert refused.value.code == "kind_missing"


def test_the_role_follows_from_the_post_where_none_is_given(planned):
    people = [("county1.duty", ""), ("city.deputy", ""), ("county1.squad.dialogue", "")]

    assert [one.role for one in planned(people=people).drill.participants.order_by("pk")] == [
        "duty_officer", "leader", "squad",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"scenario": "none"}, "unknown_scenario"),
        ({"speed": 0}, "bad_speed"),
        ({"speed": 601}, "bad_speed"),
        ({"objectives": "电话 13800138000"}, "personal_data"),
        ({"people": [("nobody.at.all", "squad")]}, "unknown_person"),
        ({"people": [("county1.duty", "general")]}, "unknown_role"),
        ({"people": [("county2.duty", "duty_officer")]}, "unknown_person"),
        ({"people": [("county1.expert", "")]}, "unknown_role"),
    ],
)
def test_what_cannot_be_planned_is_refused(planned, more, code):
    with nothing_written(), pytest.raises(Invalid) as refused:
        planned(**more)

    assert refused.value.code == code


def test_who_plans_nothing_there_is_refused(planned):
    with nothing_written(), pytest.raises(NotAllowed):
        planned(by="county1.squad.dialogue")
    with pytest.raises(NotAllowed):
        planned(by="county2.leader")


def test_a_plan_is_changed_until_it_starts(walk):
    new = Plan(
        scenario="self-harm-threat-at-a-legal-aid-window", participants=(("county1.leader", "controller"),)
    )
    with done_as_in_the_table(rules.DRILLS, "change", subject=walk.drill.key):
        changed = actions.change_drill(**walk.asked(), plan=new, rev=1)

    assert (changed.kind, changed.rev, changed.participants.count()) == ("life_risk", 2, 1)
    with pytest.raises(Stale):
        actions.change_drill(**walk.asked(), plan=new, rev=1)


# --- the player ------------------------------------------------------------------------------------------------


def test_starting_tells_everybody_and_writes_a_row_for_each_inject(walk):
    with done_as_in_the_table(rules.DRILLS, "start", subject=walk.drill.key, tells=True):
        drill = walk.start()

    assert (drill.state, drill.controller.username) == ("running", "county1.leader")
    assert [(row.number, row.at_minute, row.state) for row in drill.injects.all()] == [
        (1, 0, "waiting"), (2, 10, "waiting"), (3, 20, "waiting"), (4, 35, "waiting"), (5, 60, "waiting"),
    ]  # fmt: skip
    told = Notice.objects.filter(purpose="drill.started")
    assert {one.recipient.username for one in told} == {name for name, _role in CAST}
    assert all(one.text_zh.startswith("【演练】") and one.drill for one in told)


def test_a_drill_needs_a_scenario_and_somebody_in_each_role(planned):
    line = planned(scenario="", kind="crowd", people=())
    with pytest.raises(Invalid) as refused:
        line.start()
    assert refused.value.code == "no_scenario"

    short = planned(people=CAST[1:])
    with pytest.raises(Invalid) as refused:
        short.start()
    assert refused.value.code == "role_not_taken"
    assert "值班员" in str(refused.value)


def test_the_first_inject_raises_a_real_alarm_with_the_mark_of_a_drill(running):
    assert running.to(0) == 1

    incident = running.incident
    assert (incident.unit.code, incident.drill, incident.proposed_level, incident.source) == (
        "C1",
        True,
        "orange",
        "desk",
    )
    assert incident.reported_by.username == "county1.leader"
    assert incident.place == "公证处一楼大厅"
    row = running.drill.injects.get(number=1)
    assert (row.state, row.played_at, row.by, row.refused) == ("played", running.now, None, "")
    (told,) = Notice.objects.filter(purpose="drill.inject.1")
    assert told.recipient.username == "county1.duty"
    assert told.text_zh.startswith("【演练】公证处前台（电话）：公证处前台电话")
    assert Entry.objects.filter(kind="drill.injected").count() == 1


def test_each_inject_comes_once_at_its_minute_however_often_the_player_looks(running):
    assert [running.to(minute) for minute in (0, 0, 9.9, 10, 10, 19, 20, 34, 35, 59, 60, 600)] == [
        1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0,
    ]  # fmt: skip

    assert Entry.objects.filter(kind="drill.injected").count() == 5
    assert Entry.objects.filter(thread=running.incident.key, kind="incident.observed").count() == 3
    assert Incident.objects.count() == 1


def test_whatever_came_due_while_no_engine_ran_is_played_in_order_and_not_backdated(running):
    assert running.to(21) == 3

    entries = Entry.objects.filter(kind="drill.injected").order_by("pk")
    assert [content_of(entry)["inject"] for entry in entries] == [1, 2, 3]
    assert {entry.at for entry in entries} == {running.now}


def test_a_crash_in_the_middle_of_an_inject_leaves_nothing_and_it_is_played_once_afterwards(
    running, monkeypatch
):
    from drills.conduct import playing

    def crash(name):
        raise SystemExit(name)

    monkeypatch.setattr(playing, "crash_point", crash)
    with nothing_written(), pytest.raises(SystemExit):
        running.to(0)
    assert Incident.objects.count() == 0
    assert running.drill.injects.get(number=1).state == "waiting"
    monkeypatch.undo()

    assert (running.to(0), running.to(0)) == (1, 0)
    assert Incident.objects.count() == 1


def test_a_pause_stops_the_scenario_and_not_the_plan(running):
    running.to(0)
    incident = running.incident
    clocks = Clock.objects.filter(thread=incident.key).filter(RUNNING).count()
    with done_as_in_the_table(rules.DRILLS, "pause", subject=running.drill.key):
        actions.pause_drill(**running.later(seconds=5).asked())

    assert play_due(running.later(hours=1).now) == 0
    assert Clock.objects.filter(thread=incident.key).filter(RUNNING).count() == clocks
    with pytest.raises(WrongState):
        actions.pause_drill(**running.asked())

    with done_as_in_the_table(rules.DRILLS, "resume", subject=running.drill.key):
        actions.resume_drill(**running.asked())
    assert play_due(running.later(seconds=4).now) == 0
    assert play_due(running.later(seconds=1).now) == 1
    assert running.drill.injects.get(number=2).state == "played"


def test_an_act_that_is_refused_is_kept_with_its_reason_and_the_scenario_goes_on(running, reach):
    running.to(0)
    incidents.retract_incident(
        incident_id=running.incident.pk, reach=running.reach("county1.duty"), now=running.now
    )

    assert running.to(10) == 1
    row = running.drill.injects.get(number=2)
    assert row.state == "failed"
    assert running.incident.number in row.refused
    assert Entry.objects.filter(kind="drill.inject_failed").count() == 1
    assert Notice.objects.filter(purpose="drill.inject.2").count() == 0
    assert running.to(36) == 2


def test_the_squad_of_a_scenario_declines_by_itself(planned):
    people = [*CAST, ("town11.clerk", "clerk")]
    walk = planned(scenario="self-harm-threat-at-a-legal-aid-window", people=people, speed=60)
    walk.start()
    walk.to(8)
    order = orders.issue_order(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), target=orders.read_target("squad:dialogue@C1"),
        task="到场对话", now=walk.now,
    )  # fmt: skip

    walk.to(25)

    order.refresh_from_db()
    step = order.steps.last()
    assert (order.state, step.on_behalf, step.by.username) == ("declined", True, "county1.leader")


def test_without_an_order_the_decline_could_not_be_played(planned):
    people = [*CAST, ("town11.clerk", "clerk")]
    walk = planned(scenario="self-harm-threat-at-a-legal-aid-window", people=people, speed=60)
    walk.start()
    walk.to(25)

    assert walk.drill.injects.get(number=4).state == "failed"


# --- by hand ---------------------------------------------------------------------------------------------------


def test_an_inject_is_played_by_hand_before_its_time_and_not_again(running):
    running.to(0)
    with done_as_in_the_table(rules.DRILLS, "inject", subject=running.drill.key):
        row = actions.inject_by_hand(**running.later(seconds=1).asked(), number=3)

    assert (row.state, row.by.username) == ("played", "county1.leader")
    assert running.to(20) == 1
    assert running.drill.injects.get(number=2).state == "played"
    with pytest.raises(Invalid) as refused:
        actions.inject_by_hand(**running.asked(), number=3)
    assert refused.value.code == "no_such_inject"


def test_the_controllers_own_words_reach_the_role(running):
    running.to(0)
    row = actions.inject_by_hand(**running.later(seconds=2).asked(), text="记者到场采访", role="duty_officer")

    assert (row.number, row.at_minute, row.state) == (6, 2, "played")
    (told,) = Notice.objects.filter(purpose="drill.inject.6")
    assert (told.recipient.username, told.text_zh) == ("county1.duty", "【演练】导调（电话）：记者到场采访")
    for given, code in (({"text": " ", "role": "squad"}, "text_missing"), ({"text": "有", "role": "x"}, "unknown_role"),
                        ({"text": "13800138000", "role": "squad"}, "personal_data")):  # fmt: skip
        with nothing_written(), pytest.raises(Invalid) as refused:
            actions.inject_by_hand(**running.asked(), **given)
        assert refused.value.code == code


# --- who may ---------------------------------------------------------------------------------------------------


def test_who_plays_conducts_nothing_and_does_not_see_what_comes(running, reach):
    running.to(0)
    player = running.reach("county1.duty")

    with nothing_written(), pytest.raises(NotAllowed) as refused:
        actions.pause_drill(**running.asked("county1.duty"))
    assert refused.value.code == "plays_in_it"
    assert [line.row.number for line in queries.lines_for(player, running.drill)] == [1]
    assert len(queries.lines_for(running.reach(), running.drill)) == 5
    with pytest.raises(NotAllowed):
        permissions.check_sees_scenario(player, running.drill.scenario)
    permissions.check_sees_scenario(running.reach(), running.drill.scenario)
    with pytest.raises(NotAllowed):
        actions.finish_drill(**running.asked("county1.squad.dialogue"))


def test_a_drill_is_seen_by_its_unit_those_above_and_who_takes_part(running):
    number = running.drill.number
    for username in ("county1.duty", "county1.squad.dialogue", "city.duty", "city.audit"):
        assert queries.get_drill(running.reach(username), number).number == number
    for username in ("county2.duty", "county1.squad.support", "town11.clerk"):
        with pytest.raises(NotFound):
            queries.get_drill(running.reach(username), number)


def test_whoever_controls_beside_playing_conducts(planned):
    walk = planned(people=[*CAST, ("county1.duty", "controller")])
    assert walk.start("county1.duty").controller.username == "county1.duty"


# --- the end ---------------------------------------------------------------------------------------------------


def test_finishing_clears_what_the_drill_set_in_motion(running, plan):
    running.to(20)
    incident = running.incident
    orders.issue_order(
        incident_id=incident.pk, reach=running.reach("county1.duty"), target=orders.read_target("squad:dialogue@C1"),
        task="到场对话", now=running.now,
    )  # fmt: skip
    proposals.propose_new_warning(
        incident_id=incident.pk, reach=running.reach("county1.duty"),
        statement=Statement(level="orange", reason="三十五人", matter="聚集"), now=running.now,
    )  # fmt: skip

    with done_as_in_the_table(rules.DRILLS, "finish", subject=running.drill.key, tells=True):
        drill = actions.finish_drill(**running.later(seconds=1).asked())

    incident.refresh_from_db()
    assert (drill.state, incident.state, drill.runs.filter(ended_at=None).count()) == (
        "finished",
        "closed",
        0,
    )
    assert incident.summary == "D-2026-001 演练结束"
    assert Order.objects.get().state == "recalled"
    assert EarlyWarning.objects.get().state == "withdrawn"
    threads = [drill.key, incident.key]
    assert Clock.objects.filter(thread__in=threads).filter(RUNNING).count() == 0
    assert Callout.objects.filter(thread__in=threads, ended_at=None).count() == 0
    waiting = Notice.objects.filter(thread__in=threads, state__in=[State.QUEUED, State.SENT, State.DELIVERED])
    assert {one.purpose.rpartition(".")[0] or one.purpose for one in waiting} <= {
        "order",
        "incident",
        "drill",
    }
    assert {one.purpose for one in waiting} <= {"order.recalled", "incident.stood_down", "drill.ended"}
    assert play_due(running.later(hours=2).now) == 0


def test_what_was_signed_keeps_a_drill_from_ending_and_nothing_changes(running, passwords):
    running.to(0)
    incident = running.incident
    warning = proposals.propose_new_warning(
        incident_id=incident.pk, reach=running.reach("county1.duty"),
        statement=Statement(level="orange", reason="三十五人", matter="聚集"), now=running.now,
    )  # fmt: skip
    signing.sign_warning(
        warning_id=warning.pk, reach=running.reach("city.deputy"), credential=PASSWORD, now=running.now
    )
    order = orders.issue_order(
        incident_id=incident.pk, reach=running.reach("county1.duty"), target=orders.read_target("squad:dialogue@C1"),
        task="到场对话", now=running.now,
    )  # fmt: skip

    with nothing_written(), pytest.raises(WrongState) as refused:
        actions.finish_drill(**running.later(seconds=1).asked())

    assert [one["kind"] for one in refused.value.extra["open"]] == ["warning"]
    order.refresh_from_db()
    assert (order.state, running.drill.state) == ("issued", "running")
    signing.lift_warning(
        warning_id=warning.pk,
        reach=running.reach("city.deputy"),
        credential=PASSWORD,
        reason="演练收尾",
        now=running.now,
    )
    assert actions.finish_drill(**running.asked()).state == DrillState.FINISHED


def test_a_drill_whose_incident_the_players_closed_just_ends(running):
    running.to(0)
    actions.finish_drill(**running.asked())

    with pytest.raises(WrongState):
        actions.finish_drill(**running.asked())


def test_cancelling_owes_a_reason_and_clears_too(running, planned):
    running.to(0)
    with pytest.raises(Invalid):
        actions.cancel_drill(**running.asked(), reason=" ")
    with done_as_in_the_table(rules.DRILLS, "cancel", subject=running.drill.key, tells=True):
        drill = actions.cancel_drill(**running.asked(), reason="真实事件发生")

    assert (drill.state, drill.reason) == ("cancelled", "真实事件发生")
    assert Incident.objects.get().state == "closed"

    other = planned()
    with done_as_in_the_table(rules.DRILLS, "cancel", subject=other.drill.key):
        actions.cancel_drill(**other.asked(), reason="改期")


def test_notices_of_a_drill_last_as_long_as_it(running):
    running.to(0)
    rows = list(Notice.objects.filter(purpose__startswith="drill.inject"))
    assert not_needed(rows, running.now) == {}
    actions.finish_drill(**running.asked())
    assert set(not_needed(rows, running.now)) == {row.pk for row in rows}


def test_units_that_are_about_to_end_hear_of_drills_under_way(running, units):
    assert queries.open_at([units["C0"].path]).many == 1
    assert queries.open_at([units["C2"].path]).many == 0
    assert queries.key_of_number(running.drill.number) == running.drill.key


def test_the_database_holds_what_a_drill_promises(running, now):
    """a_drill_has_a_speed, a_drill_that_ran_has_a_controller_and_a_script, a_drill_that_is_over_has_its_end,
    cancelling_a_drill_has_a_reason, a_review_has_its_time_person_and_summary, one_inject_per_number,
    an_inject_says_what_became_of_it, the_clock_of_a_drill_runs_once, the_clock_of_a_drill_ran_forward,
    one_part_in_a_drill_once."""
    drill = running.drill
    person = drill.controller
    for breaking in (
        lambda: Drill.objects.filter(pk=drill.pk).update(speed=601),
        lambda: Drill.objects.filter(pk=drill.pk).update(controller=None),
        lambda: Drill.objects.filter(pk=drill.pk).update(state="finished"),
        lambda: Drill.objects.filter(pk=drill.pk).update(state="cancelled", ended_at=now),
        lambda: Drill.objects.filter(pk=drill.pk).update(state="reviewed", ended_at=now),
        lambda: DrillInject.objects.create(drill=drill, number=1, at_minute=0),
        lambda: DrillInject.objects.filter(number=1).update(state=InjectState.FAILED, played_at=now),
        lambda: DrillRun.objects.create(drill=drill, began_at=now),
        lambda: DrillRun.objects.update(ended_at=now - timedelta(days=1)),
        lambda: Participant.objects.create(drill=drill, person=person, role="controller"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            breaking()
