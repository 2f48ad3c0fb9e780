"""Official statements: written, approved by another person, released; the three firsts of every incident."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from clocks.models import Clock
from command.statements import actions, queries, rules
from command.statements.choices import First, FirstState
from command.statements.choices import StatementState as S
from command.statements.choices import StatementVerb as V
from command.statements.models import Statement
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from common.text.personal_data import kept_because
from incidents.actions import close_incident
from journal.models import Entry
from notices.models import Notice
from notices.silence.no_recipients import PURPOSE as NOBODY_TOLD
from plans.lifecycle.actions import load_plan
from tests.incidents.closing import answered
from tests.states import done_as_in_the_table, nothing_written

pytestmark = pytest.mark.django_db

TEXT = "今天上午公证处大厅有群众反映办证问题，工作人员正在逐一答复。咨询可到一楼接待室。"


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
def draft(incident, desk):
    def write(text=TEXT, **more):
        return actions.draft_statement(incident_id=incident.pk, text=text, **{**desk, **more})

    return write


def move(statement, verb, door, **more):
    return actions.move_statement(statement_id=statement.pk, verb=verb, **{**door, **more})


# --- from draft to release -----------------------------------------------------------------------------------


def test_a_statement_goes_from_the_desk_over_a_leader_to_the_public(draft, cast, desk, leader, now):
    with done_as_in_the_table(rules.TRANSITIONS, V.DRAFT, tells=True) as begun:
        statement = draft()
        begun.append(statement.key)
    told = Notice.objects.filter(subject=statement.key)
    assert {notice.recipient for notice in told} == {cast["county1.leader"]}

    with done_as_in_the_table(rules.TRANSITIONS, V.APPROVE, subject=statement.key):
        move(statement, V.APPROVE, leader)
    assert not told.filter(state="queued").exists()

    later = {**desk, "now": now + timedelta(minutes=20)}
    with done_as_in_the_table(rules.TRANSITIONS, V.RELEASE, subject=statement.key):
        released = move(statement, V.RELEASE, later, place="局官方网站")

    assert (released.state, released.place, released.released_at) == (S.RELEASED, "局官方网站", later["now"])
    assert released.approved_by == cast["county1.leader"]
    assert Entry.objects.get(kind="statement.released").at == later["now"]


def test_nobody_approves_what_they_wrote(draft, leader, desk):
    own = draft(reach=leader["reach"])
    with nothing_written(), pytest.raises(NotAllowed) as refused:
        move(own, V.APPROVE, leader)
    assert refused.value.code == "own_draft"

    # Who changes a word has written it.
    theirs = draft()
    move(theirs, V.REVISE, leader, text=TEXT + "请放心。")
    with nothing_written(), pytest.raises(NotAllowed):
        move(theirs, V.APPROVE, leader)


def test_the_desk_approves_nothing(draft, desk):
    statement = draft()
    with nothing_written(), pytest.raises(NotAllowed):
        move(statement, V.APPROVE, desk)


def test_another_text_is_approved_anew_and_asked_for_anew(draft, desk, leader, cast):
    statement = draft()
    move(statement, V.APPROVE, leader)

    with done_as_in_the_table(rules.TRANSITIONS, V.REVISE, subject=statement.key, tells=True):
        revised = move(statement, V.REVISE, desk, text="更正：接待室在二楼。")

    assert (revised.state, revised.approved_by, revised.text) == (S.DRAFT, None, "更正：接待室在二楼。")
    assert Notice.objects.filter(subject=statement.key, recipient=cast["county1.leader"]).count() > 1
    with nothing_written(), pytest.raises(WrongState):
        move(statement, V.RELEASE, desk, place="网站")


def test_where_no_other_leader_is_on_duty_the_writer_learns_it(draft, leader):
    statement = draft(reach=leader["reach"])

    assert Notice.objects.get(subject=statement.key).purpose == NOBODY_TOLD


@pytest.mark.parametrize("text", [" ", "请致电张三 13800138000", "已安排稳控重点人员"])
def test_what_the_public_must_not_read_is_not_even_drafted(draft, text):
    with nothing_written(), pytest.raises(Invalid):
        draft(text)


def test_a_number_blocks_approval_and_release_whoever_has_signed_for_it(draft, desk, leader):
    statement = draft()
    rows = Statement.objects.filter(pk=statement.pk)
    rows.update(text="请致电 13800138000")
    with kept_because("家属要求"), nothing_written(), pytest.raises(Invalid):
        move(statement, V.APPROVE, leader)
    rows.update(text=TEXT)
    move(statement, V.APPROVE, leader)
    rows.update(text="请致电 13800138000")
    with kept_because("家属要求"), nothing_written(), pytest.raises(Invalid):
        move(statement, V.RELEASE, leader, place="网站")


@pytest.mark.parametrize(
    ("verb", "given", "field"),
    [
        ("release", {"place": " "}, "place"),
        ("release", {"place": "网站", "minutes": -2}, "at"),
        ("release", {"place": "网站", "minutes": 60}, "at"),
        ("discard", {"reason": ""}, "reason"),
        ("revise", {"text": " "}, "text"),
    ],
)
def test_what_is_missing_is_named(draft, leader, verb, given, field):
    statement = draft()
    move(statement, V.APPROVE, leader)
    if minutes := given.pop("minutes", None):
        given["at"] = leader["now"] + timedelta(minutes=minutes)
    with nothing_written(), pytest.raises(Invalid) as refused:
        move(statement, verb, leader, **given)
    assert list(refused.value.fields) == [field]


def test_a_stale_page_changes_nothing(draft, desk):
    statement = draft()
    move(statement, V.REVISE, desk, text="另一稿")
    with nothing_written(), pytest.raises(Stale):
        move(statement, V.DISCARD, desk, reason="x", rev=statement.rev)


@pytest.mark.parametrize("state", S.values)
def test_every_verb_in_every_state_is_as_in_the_table(draft, desk, leader, cast, state):
    statement = draft()
    is_out = state == S.RELEASED
    is_approved = state in (S.APPROVED, S.RELEASED)
    at = leader["now"]
    values = {
        "state": state,
        "text": TEXT,
        "drafted_by": cast["county1.duty"],
        "approved_by": cast["county1.leader"] if is_approved else None,
        "approved_at": at if is_approved else None,
        "released_at": at if is_out else None,
        "released_by": cast["county1.duty"] if is_out else None,
        "place": "网站" if is_out else "",
        "reason": "因" if state == S.DISCARDED else "",
    }
    for verb in rules.ON_A_STATEMENT:
        Statement.objects.filter(pk=statement.pk).update(**values)
        given = {"text": TEXT, "place": "网站", "reason": "因"}
        door = leader if verb == V.APPROVE else {**desk, "now": at}
        if rules.TRANSITIONS.row(state, verb) is None:
            with nothing_written(), pytest.raises(WrongState):
                move(statement, verb, door, **given)
        else:
            with done_as_in_the_table(rules.TRANSITIONS, verb, subject=statement.key):
                moved = move(statement, verb, door, **given)
            assert moved.state == rules.TRANSITIONS.next_state(state, verb)


def test_who_may_not_and_when_not(draft, incident, desk, reach, now):
    statement = draft()
    with nothing_written(), pytest.raises(NotAllowed):
        draft(reach=reach("county1.squad.dialogue"))
    with pytest.raises(NotFound):
        queries.get_statement(reach("county2.duty"), statement.pk)
    move(statement, V.DISCARD, desk, reason="x")
    close_incident(incident_id=incident.pk, summary="已散", answers=answered(incident, now), **desk)
    with nothing_written(), pytest.raises(WrongState):
        draft()
    with nothing_written(), pytest.raises(WrongState):
        move(statement, V.DISCARD, desk, reason="x")


# --- the three firsts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "due", "expected"),
    [
        (None, None, FirstState.NO_LIMIT),
        (None, 10, FirstState.RUNNING),
        (None, 0, FirstState.RUNNING),
        (None, -1, FirstState.OVERDUE),
        (5, None, FirstState.MET),
        (5, 5, FirstState.MET),
        (6, 5, FirstState.LATE),
    ],
)
def test_a_first_is_late_only_beyond_a_limit(now, done, due, expected):
    def at(minutes):
        return None if minutes is None else now + timedelta(minutes=minutes)

    assert rules.state_of_first(done_at=at(done), due_at=at(due), now=now) == expected


def test_the_kinds_of_the_firsts_are_in_the_journal():
    from journal.kinds import KINDS

    assert {kind for some in rules.FIRSTS.values() for kind in some} <= set(KINDS)
    assert set(rules.FIRSTS) == set(First)


def test_every_incident_has_three_timers_and_says_where_no_plan_sets_a_limit(incident, now):
    found = queries.firsts_of(incident, now + timedelta(minutes=7))

    assert [one.first for one in found] == list(First)
    assert {one.due_at for one in found if one.state == FirstState.NO_LIMIT} == {None}
    assert found[2].state == FirstState.NO_LIMIT
    assert {one.minutes for one in found} == {7}


def test_a_plan_that_says_when_has_its_clock_to_the_first_statement(cast, units, alarm, desk, leader, now):
    text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
    text = re.sub(r"(?m)^version: \d+", "version: 90", text)
    clock = (
        "\n  - {id: X1, zh: 两小时内发布, en: Statement within two hours, start: incident.reported,"
        "\n     stop: statement.released, duration: PT2H, role: duty_leader, per: thread, origin: proposal}"
    )
    head, tail = text.split("\nclocks:", 1)
    comment, rest = tail.split("\n", 1)
    load_plan(text=f"{head}\nclocks:{comment}{clock}\n{rest}", actor=None, now=now, put_in_force=True)
    incident = alarm()
    assert queries.firsts_of(incident, now)[2].state == FirstState.RUNNING

    for minute in (30, 50):
        statement = actions.draft_statement(incident_id=incident.pk, text=TEXT, **desk)
        move(statement, V.APPROVE, leader)
        move(
            statement,
            V.RELEASE,
            {**desk, "now": now + timedelta(minutes=minute)},
            place="网站",
        )

    first = queries.firsts_of(incident, now + timedelta(hours=3))[2]
    assert (first.state, first.minutes) == (FirstState.MET, 30)
    assert Clock.objects.get(clock_id="X1").stopped_at == now + timedelta(minutes=30)


@pytest.mark.parametrize("many", [1, 4])
def test_the_panel_asks_the_same_however_much_there_is(
    draft, incident, desk, now, many, django_assert_num_queries
):
    for _n in range(many):
        draft()
    with django_assert_num_queries(3):
        found = queries.of_incident(desk["reach"], incident)
        assert len(queries.firsts_of(incident, now)) == 3
        assert [line.verbs for line in found.lines] == [[V.REVISE, V.DISCARD]] * many


# --- the database --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"text": ""}, "a_statement_says_something"),
        ({"approved_by": "writer", "approved_at": "now", "state": "approved"}, "a_statement_is_approved_by_another_person"),
        ({"state": "approved"}, "a_statement_is_approved_by_somebody"),
        ({"place": "网站"}, "a_statement_is_released_somewhere_after_approval"),
        ({"state": "discarded"}, "a_discarded_statement_says_why"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_broken_statement(draft, cast, now, change, name):
    statement = draft()
    meant = {"now": now, "writer": cast["county1.duty"]}
    values = {field: meant.get(value, value) for field, value in change.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(**values)


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


def test_the_api_carries_a_statement_to_its_release(api, incident, wall_clock, client, cast):
    base = f"incidents/{incident.number}/statements/"
    drafted = api(base, {"text": TEXT})
    assert (drafted.status_code, drafted.data["state"]) == (201, "draft")
    act = f"statements/{drafted.data['id']}"
    assert api(f"{act}/approve/").status_code == 403
    assert api(f"{act}/approve/", username="county2.duty").status_code == 404
    assert api(f"{act}/dance/").status_code == 404
    assert api(f"{act}/approve/", username="county1.leader", **{"If-Match": '"77"'}).status_code == 412
    approved = api(f"{act}/approve/", username="county1.leader", **{"If-Match": drafted["ETag"]})
    assert approved.data["state"] == "approved"
    assert api(f"{act}/release/").status_code == 422
    assert api(f"{act}/release/", {"place": "网站"}).data["state"] == "released"

    client.force_login(cast["county1.duty"])
    listed = client.get(f"/api/v1/{base}").json()
    assert listed["results"][0]["place"] == "网站"
    assert [one["state"] for one in listed["firsts"]][2] == "met"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("权威信息发布", "三个“第一”", "尚未完成", "首次权威发布")),
        ("en", ("Official statements", "Three firsts", "no time limit runs", "First official statement")),
    ],
)
def test_the_page_shows_it_and_its_forms_work(client, cast, incident, wall_clock, language, said):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    base = f"/incidents/{incident.number}"
    assert client.post(f"{base}/statement/", {"text": TEXT}).status_code == 303
    assert client.post(f"{base}/statement/", {"text": " "}).status_code == 422
    statement = Statement.objects.get()

    text = client.get(f"{base}/").content.decode()
    for words in said:
        assert words in text, words
    assert f'action="/statements/{statement.pk}/revise/"' in text
    assert f'action="/statements/{statement.pk}/approve/"' not in text

    client.force_login(cast["county1.leader"])
    assert f'action="/statements/{statement.pk}/approve/"' in client.get(f"{base}/").content.decode()
    assert client.post(f"/statements/{statement.pk}/approve/").status_code == 303
    assert client.post(f"/statements/{statement.pk}/release/", {"place": "网站"}).status_code == 303
    client.force_login(cast["county2.duty"])
    assert client.post(f"/statements/{statement.pk}/discard/", {"reason": "x"}).status_code == 404
    statement.refresh_from_db()
    assert statement.state == S.RELEASED
