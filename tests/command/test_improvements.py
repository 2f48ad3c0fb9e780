"""Improvements: what was learned is a task with an owner and a day, asked for by the plan's steps, ended by another person."""

import io
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Appointment, Post
from accounts.reform.waiting import waiting_at
from clocks.breaches.sweep import sweep
from clocks.durations import end_of
from clocks.models import Clock
from command.improvements import actions, queries, rules
from command.improvements.actions import Owner, Source
from command.improvements.acts import act_on
from command.improvements.choices import ImprovementState as S
from command.improvements.choices import ImprovementVerb as V
from command.improvements.choices import Show
from command.improvements.models import Improvement
from command.improvements.reminding import remind_improvements
from common.dates.local_time import day_of
from common.documents.workbooks import read_rows
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from incidents.actions import close_incident, reopen_incident
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.document.after_action import Reminder, reminders
from plans.document.reminding import Climb, Remind
from plans.people.overdue import tell_breaches
from tests.incidents.closing import answered
from tests.states import done_as_in_the_table, nothing_written

pytestmark = pytest.mark.django_db

TEXT = "窗口增设一名专职引导员"


@pytest.fixture
def desk(reach, now):
    return {"reach": reach("county1.duty"), "now": now}


@pytest.fixture
def leader(reach, now):
    return {"reach": reach("county1.leader"), "now": now + timedelta(minutes=5)}


@pytest.fixture
def incident(plan, alarm):
    return alarm()


@pytest.fixture
def office(units):
    """The head of township 11's office, as a post."""
    return Post.objects.get(unit=units["T11"], kind="office_head")


@pytest.fixture
def owner(office):
    return Owner(office.unit, post=office)


@pytest.fixture
def head(reach, now):
    return {"reach": reach("town11.head"), "now": now + timedelta(hours=1)}


@pytest.fixture
def day(now):
    return day_of(now) + timedelta(days=10)


@pytest.fixture
def task(incident, desk, owner, day):
    def make(text=TEXT, **more):
        given = {"owner": owner, "due_date": day, **desk, **more}
        return actions.improve_after_incident(incident_id=incident.pk, text=text, **given)

    return make


def clock_of(row):
    return Clock.objects.filter(subject=row.key).order_by("-generation").first()


def fresh(row):
    return Improvement.objects.get(pk=row.pk)


# --- from setting to the end ---------------------------------------------------------------------------------


def test_a_task_goes_from_the_desk_over_its_owner_to_a_leader(task, cast, head, leader, day, now):
    with done_as_in_the_table(rules.TRANSITIONS, V.ADD, tells=True) as begun:
        row = task()
        begun.append(row.key)
    assert {one.recipient for one in Notice.objects.filter(subject=row.key)} == {cast["town11.head"]}
    clock = clock_of(row)
    assert (clock.due_at, clock.thread, clock.role) == (end_of(day), row.thread, "improvement_owner")

    with done_as_in_the_table(rules.TRANSITIONS, V.REPORT, subject=row.key, tells=True):
        actions.report_done(improvement_id=row.pk, report="已到岗", **head)
    assert clock_of(row).stopped_at == head["now"]
    assert cast["county1.leader"] in {
        one.recipient for one in Notice.objects.filter(subject=row.key, purpose__startswith=rules.TO_CONFIRM)
    }

    with done_as_in_the_table(rules.TRANSITIONS, V.CONFIRM, subject=row.key):
        done = actions.confirm_done(improvement_id=row.pk, **leader)
    assert (done.state, done.ended_by, done.next_step_at) == (S.CONFIRMED, cast["county1.leader"], None)
    assert not Notice.objects.filter(subject=row.key, state="queued").exists()


def test_nobody_confirms_what_they_reported(task, leader):
    row = task()
    actions.report_done(improvement_id=row.pk, report="已到岗", **leader)
    with nothing_written(), pytest.raises(NotAllowed) as refused:
        actions.confirm_done(improvement_id=row.pk, **leader)
    assert refused.value.code == "own_report"


def test_what_is_sent_back_runs_again_with_its_day(task, head, leader, cast, day):
    row = task()
    actions.report_done(improvement_id=row.pk, report="已到岗", **head)
    with done_as_in_the_table(rules.TRANSITIONS, V.SEND_BACK, subject=row.key, tells=True):
        again = actions.send_back(improvement_id=row.pk, reason="只有上午有人", **leader)

    assert (again.state, again.report, again.reported_by) == (S.OPEN, "已到岗", None)
    clock = clock_of(row)
    assert (clock.generation, clock.is_running, clock.due_at) == (2, True, end_of(day))
    assert again.next_step_at is not None


def test_another_day_needs_a_reason_and_the_first_stays_on_record(task, leader, day):
    row = task()
    with done_as_in_the_table(rules.TRANSITIONS, V.CHANGE_DATE, subject=row.key, tells=True):
        moved = actions.change_date(
            improvement_id=row.pk, due_date=day + timedelta(days=5), reason="招标未完", **leader
        )
    assert (moved.due_at, moved.first_due_at, moved.date_changes) == (
        end_of(day + timedelta(days=5)), end_of(day), 1,
    )  # fmt: skip
    old, new = Clock.objects.filter(subject=row.key).order_by("generation")
    assert (old.cancel_reason, new.due_at) == ("date_changed", end_of(day + timedelta(days=5)))
    content = content_of(Entry.objects.get(kind="improvement.date_changed"))
    assert (content["before"], content["reason"]) == (day.isoformat(), "招标未完")


def test_it_is_given_to_somebody_else(task, leader, units, cast, now):
    row = task()
    named = Owner(units["C1"], person=cast["county1.petition"])
    with done_as_in_the_table(rules.TRANSITIONS, V.HAND_ON, subject=row.key, tells=True):
        given = actions.hand_on(improvement_id=row.pk, owner=named, reason="由县局统一办理", **leader)
    assert (given.post, given.person, given.unit) == (None, cast["county1.petition"], units["C1"])
    assert clock_of(row).generation == 2
    assert cast["county1.petition"] in {one.recipient for one in Notice.objects.filter(subject=row.key)}


def test_a_dropped_one_says_why_and_runs_no_more(task, leader):
    row = task()
    with done_as_in_the_table(rules.TRANSITIONS, V.DROP, subject=row.key):
        dropped = actions.drop_improvement(improvement_id=row.pk, reason="大厅迁址", **leader)
    assert (dropped.state, dropped.reason, clock_of(row).is_running) == (S.DROPPED, "大厅迁址", False)


def test_it_outlives_the_closing_and_the_reopening_of_its_incident(task, incident, desk, now):
    row = task()
    close_incident(incident_id=incident.pk, summary="已散", answers=answered(incident, now), **desk)
    assert clock_of(row).is_running
    reopen_incident(incident_id=incident.pk, reason="又来了", **desk)
    close_incident(incident_id=incident.pk, summary="已散", answers=answered(incident, now), **desk)
    assert clock_of(row).is_running


def test_a_drill_sets_the_same_tasks_under_its_own_key(incident, units, owner, desk, day):
    drill = Source("drill:3", "drill:3", "YL-3", units["C1"], incident.plan, drill=True)
    row = actions.add_improvement(source=drill, owner=owner, text=TEXT, due_date=day, **desk)

    entry = Entry.objects.get(subject=row.key)
    assert (entry.thread, entry.drill, clock_of(row).drill) == ("drill:3", True, True)
    assert Notice.objects.filter(subject=row.key).first().text_zh.startswith("【演练】")
    assert [one.pk for one in queries.of_source(desk["reach"], "drill:3")] == [row.pk]


# --- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "对重点人员严密稳控"}, "text"),
        ({"due_date": date(2020, 1, 1)}, "due_date"),
    ],
)
def test_what_is_not_in_order_is_named(task, given, field):
    with nothing_written(), pytest.raises(Invalid) as refused:
        task(**given)
    assert list(refused.value.fields) == [field]


def test_an_owner_belongs_to_the_unit_or_below(task, units, cast, now):
    above = Post.objects.get(unit=units["C0"], kind="director")
    for owner in (
        Owner(above.unit, post=above),
        Owner(units["C1"], person=cast["town11.head"]),
        Owner(units["C1"]),
        Owner(units["C1"], post=Post.objects.get(unit=units["T11"], kind="office_head")),
    ):
        with nothing_written(), pytest.raises(Invalid) as refused:
            task(owner=owner)
        assert list(refused.value.fields) == ["owner"]


@pytest.mark.parametrize("verb", [V.SEND_BACK, V.CHANGE_DATE, V.HAND_ON, V.DROP])
def test_every_change_says_why(task, leader, head, verb, day, office):
    row = task()
    if verb == V.SEND_BACK:
        actions.report_done(improvement_id=row.pk, report="好了", **head)
        row = fresh(row)
    with nothing_written(), pytest.raises(Invalid) as refused:
        act_on(row, verb, reason=" ", due_date=day + timedelta(days=1), owner=f"post:{office.pk}", **leader)
    assert list(refused.value.fields) == ["reason"]


def test_a_date_that_is_the_same_or_missing_is_refused(task, leader, day):
    row = task()
    for given in (day, None):
        with nothing_written(), pytest.raises(Invalid) as refused:
            act_on(row, V.CHANGE_DATE, reason="因", due_date=given, **leader)
        assert list(refused.value.fields) == ["due_date"]


def test_who_may_not(task, desk, reach, now, head):
    with nothing_written(), pytest.raises(NotAllowed):
        task(reach=reach("county1.squad.dialogue"))
    row = task()
    other = {"reach": reach("town12.head"), "now": now}
    with pytest.raises(NotFound):
        queries.get_improvement(other["reach"], row.pk)
    with nothing_written(), pytest.raises(NotAllowed):
        actions.report_done(improvement_id=row.pk, report="好了", **other)
    # The desk sets and reports; what is decided about it is a leader's.
    with nothing_written(), pytest.raises(NotAllowed):
        actions.drop_improvement(improvement_id=row.pk, reason="x", **desk)
    # Whoever has it to do leads a unit of their own, and not the one that set it.
    with nothing_written(), pytest.raises(NotAllowed):
        actions.change_date(improvement_id=row.pk, due_date=date(2030, 1, 1), reason="x", **head)


def test_a_stale_page_changes_nothing(task, leader, head, day):
    row = task()
    actions.change_date(improvement_id=row.pk, due_date=day + timedelta(days=2), reason="因", **leader)
    with nothing_written(), pytest.raises(Stale):
        actions.report_done(improvement_id=row.pk, report="好了", rev=row.rev, **head)


@pytest.mark.parametrize("state", S.values)
def test_every_verb_in_every_state_is_as_in_the_table(task, cast, leader, reach, state, day, office, now):
    row = task()
    is_reported = state in (S.REPORTED, S.CONFIRMED)
    is_over = state in (S.CONFIRMED, S.DROPPED)
    values = {
        "state": state,
        "report": "好了" if is_reported else "",
        "reported_by": cast["town11.head"] if is_reported else None,
        "reported_at": now if is_reported else None,
        "ended_by": cast["county1.director"] if is_over else None,
        "ended_at": now if is_over else None,
        "reason": "因" if state == S.DROPPED else "",
        "due_at": end_of(day),
        "post": office,
    }
    for number, verb in enumerate(rules.ON_AN_IMPROVEMENT, start=1):
        Improvement.objects.filter(pk=row.pk).update(**values)
        given = {
            "report": "好了", "reason": "因", "due_date": day + timedelta(days=number), "owner": f"post:{office.pk}",
        }  # fmt: skip
        if rules.TRANSITIONS.row(state, verb) is None:
            with nothing_written(), pytest.raises(WrongState):
                act_on(fresh(row), verb, **given, **leader)
        else:
            Clock.objects.filter(subject=row.key, stopped_at=None, cancelled_at=None).update(
                cancelled_at=now + timedelta(days=1)
            )
            with done_as_in_the_table(rules.TRANSITIONS, verb, subject=row.key):
                moved = act_on(fresh(row), verb, **given, **leader)
            assert moved.state == rules.TRANSITIONS.next_state(state, verb)


# --- chased --------------------------------------------------------------------------------------------------


def test_days_count_whole_and_steps_come_in_order(now):
    due = end_of(date(2026, 12, 10))
    steps = reminders(Remind(("P3D", "PT4H"), (Climb("P1D", "duty_leader"),)), due)

    assert [day_of(step.at).isoformat() for step in steps] == ["2026-12-07", "2026-12-10", "2026-12-11"]
    assert [step.role for step in steps] == ["", "", "duty_leader"]
    assert rules.next_step(steps, due) == (3, steps[2])
    assert rules.next_step(steps, steps[2].at) is None
    assert rules.latest_step(steps, due) == (2, steps[1])
    assert rules.latest_step([Reminder(due)], due - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("state", "hours", "late"),
    [("open", 0, False), ("open", 1, True), ("reported", 1, False), ("dropped", 9, False)],
)
def test_the_last_moment_is_in_time(now, state, hours, late):
    assert rules.is_overdue(state, now, now + timedelta(hours=hours)) is late


def test_the_owner_is_reminded_before_and_leaders_hear_after(task, cast, day, now):
    row = task()
    due = end_of(day)

    def told(at):
        remind_improvements(at)
        rows = Notice.objects.filter(subject=row.key, purpose__startswith=rules.REMINDED)
        return [(one.purpose.rpartition(".")[2], one.recipient.username) for one in rows.order_by("pk")]

    assert told(now + timedelta(days=1)) == []
    assert told(due - timedelta(days=2)) == [("1", "town11.head")]
    assert told(due - timedelta(days=2)) == [("1", "town11.head")]
    # The engine was away over the second step and the day itself: only the last one that has come is told.
    assert told(due + timedelta(days=2))[1:] == [("3", "county1.leader")]
    assert told(due + timedelta(days=30))[2:] == [("4", "county1.director")]
    assert fresh(row).next_step_at is None


def test_who_has_reported_is_left_alone(task, head, day):
    row = task()
    actions.report_done(improvement_id=row.pk, report="好了", **head)
    assert remind_improvements(end_of(day) + timedelta(days=3)) == 0


def test_a_missed_day_is_a_breach_that_owner_and_leader_hear_of(task, cast, day):
    row = task()
    late = end_of(day) + timedelta(minutes=1)
    sweep(late)
    tell_breaches(late)

    told = Notice.objects.filter(subject=row.key, purpose__startswith="clock.breached")
    assert {one.recipient.username for one in told} == {"town11.head", "county1.leader"}
    assert Entry.objects.filter(kind="clock.breached", subject=row.key).exists()


def test_where_nobody_holds_the_post_who_set_it_learns_it(task, cast, now):
    Appointment.objects.filter(person=cast["town11.head"]).delete()
    row = task()
    assert Notice.objects.get(subject=row.key).recipient == cast["county1.duty"]


def test_a_unit_that_ends_says_what_is_open_there(task, units):
    task()
    assert 1 in {one.many for one in waiting_at([units["T11"].path])}


# --- what is seen --------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_asked_for(task, desk, head, leader, units, day, now):
    first, second = task("甲"), task("乙", due_date=day + timedelta(days=1))
    actions.drop_improvement(improvement_id=first.pk, reason="x", **leader)

    def shown(show, at=now, **more):
        return [one.text for one in queries.improvements(desk["reach"], show, at, **more)]

    assert shown(Show.LIVE) == ["乙"]
    assert shown(Show.ENDED) == ["甲"]
    assert shown(Show.ALL) == ["乙", "甲"]
    assert shown(Show.OVERDUE) == []
    assert shown(Show.OVERDUE, end_of(day) + timedelta(days=5)) == ["乙"]
    assert shown(Show.LIVE, unit=units["T12"]) == []
    assert shown(Show.MINE) == []
    assert [one.pk for one in queries.improvements(head["reach"], Show.MINE, now)] == [second.pk]


def test_who_has_it_to_do_learns_nothing_of_the_incident_they_do_not_see(plan, alarm, desk, owner, day, head):
    event = alarm("county1.duty", unit="C1")
    row = actions.improve_after_incident(incident_id=event.pk, owner=owner, text=TEXT, due_date=day, **desk)
    assert queries.card(head["reach"], row, head["now"]).about == ""
    assert queries.card(desk["reach"], row, desk["now"]).about == event.number
    assert not Clock.objects.visible_to(head["reach"]).filter(subject=row.key).exists()


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_asks_the_same_however_much_there_is(task, desk, many, django_assert_num_queries):
    for _n in range(many):
        task()
    rows = queries.improvements(desk["reach"], Show.LIVE, desk["now"])
    with django_assert_num_queries(1):
        found = queries.cards(desk["reach"], rows, desk["now"])
        assert [card.verbs for card in found] == [[V.REPORT]] * many
        assert [card.row.owner for card in found] == [found[0].row.owner] * many


# --- the database --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"text": ""}, "an_improvement_says_what_is_to_be_done"),
        ({"post": None}, "an_improvement_has_one_owner"),
        ({"state": "reported"}, "a_reported_improvement_says_what_was_done"),
        ({"ended_at": "now"}, "an_improvement_ends_by_somebody"),
        (
            {"state": "confirmed", "report": "x", "reported_by": "who", "reported_at": "now", "ended_by": "who", "ended_at": "now"},
            "an_improvement_is_confirmed_by_another_person",
        ),
        ({"state": "dropped", "ended_by": "who", "ended_at": "now"}, "a_dropped_improvement_says_why"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_broken_task(task, cast, now, change, name):
    row = task()
    meant = {"now": now, "who": cast["county1.duty"]}
    values = {field: meant.get(value, value) for field, value in change.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Improvement.objects.filter(pk=row.pk).update(**values)


# --- doors ---------------------------------------------------------------------------------------------------


@pytest.fixture
def api(cast):
    from rest_framework.test import APIClient

    keys = iter(range(1000))

    def post(path, body=None, username="county1.duty", **headers):
        client = APIClient()
        client.force_login(cast[username])
        return client.post(
            f"/api/v1/{path}",
            body or {},
            format="json",
            headers={"Idempotency-Key": f"k{next(keys)}", **headers},
        )

    return post


def test_the_api_carries_a_task_to_its_end(api, incident, wall_clock, office, day, client, cast):
    base = f"incidents/{incident.number}/improvements/"
    body = {"text": TEXT, "owner": f"post:{office.pk}", "due_date": day.isoformat()}
    assert api(base, {**body, "owner": "post:x"}).status_code == 422
    assert api(base, {**body, "extra": 1}).status_code == 422
    assert api(base, body, username="county2.duty").status_code == 404
    made = api(base, body)
    assert (made.status_code, made.data["state"], made.data["about"]) == (201, "open", incident.number)
    act = f"improvements/{made.data['id']}"
    assert api(f"{act}/dance/").status_code == 404
    assert api(f"{act}/drop/", {"reason": "x"}).status_code == 403
    assert api(f"{act}/report/", {"report": "好了"}, "town11.head", **{"If-Match": '"77"'}).status_code == 412
    assert api(f"{act}/report/", {"report": "好了"}, "town11.head").data["state"] == "reported"
    assert api(f"{act}/confirm/", username="county1.leader").data["state"] == "confirmed"

    client.force_login(cast["county1.duty"])
    assert client.get(f"/api/v1/{base}").json()["results"][0]["state"] == "confirmed"
    listed = client.get("/api/v1/improvements/?state=confirmed&unit=T11&overdue=false").json()
    assert [one["id"] for one in listed["results"]] == [made.data["id"]]
    assert client.get("/api/v1/improvements/?overdue=true").json()["results"] == []
    assert client.get(f"/api/v1/{act}/").json()["may"] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("整改任务", "责任人", "已逾期")),
        ("en", ("Improvement tasks", "By whom", "Overdue")),
    ],
)
def test_the_pages_show_it_and_their_forms_work(
    client, cast, incident, wall_clock, office, day, language, said
):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    body = {"text": TEXT, "owner": f"post:{office.pk}", "due_date": day.isoformat()}
    assert client.post(f"/incidents/{incident.number}/improvement/", body).status_code == 303
    assert client.post(f"/incidents/{incident.number}/improvement/", {}).status_code == 422
    row = Improvement.objects.get()
    Improvement.objects.update(due_at=end_of(day - timedelta(days=30)))

    text = (
        client.get("/improvements/").content.decode()
        + client.get(f"/improvements/{row.pk}/").content.decode()
    )
    for words in said:
        assert words in text, words
    assert client.get("/improvements/?unit=NO").content.decode().count(TEXT) == 0

    client.force_login(cast["county1.leader"])
    page = client.get(f"/improvements/{row.pk}/").content.decode()
    assert f'value="post:{office.pk}"' in page
    act = f"/improvements/{row.pk}"
    assert client.post(f"{act}/dance/").status_code == 404
    assert client.post(f"{act}/drop/", {"reason": "x", "rev": row.rev + 5}).status_code == 412
    assert client.post(f"{act}/drop/", {"reason": "大厅迁址", "rev": row.rev}).status_code == 303
    client.force_login(cast["county2.duty"])
    assert client.get(f"{act}/").status_code == 404


def test_the_list_is_a_workbook_too(client, cast, task, wall_clock, incident):
    task()
    client.force_login(cast["county1.duty"])
    answer = client.get("/improvements/?format=xlsx")
    upload = io.BytesIO(answer.content)
    upload.size = len(answer.content)
    heads, line = read_rows(upload)
    assert (line.cells[0], line.cells[1]) == (incident.number, TEXT)
    assert len(heads.cells) == 11
