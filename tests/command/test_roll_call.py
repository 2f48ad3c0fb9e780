"""Our own people at a scene are asked one by one whether they are all right; who is silent is named, help is told."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from clocks.breaches.sweep import sweep
from clocks.models import Clock
from command.links.actions import links_for
from command.orders.actions import issue_order, move_order, read_target
from command.orders.choices import OrderVerb as V
from command.roll_call.actions import answer_roll_call, ask_again, end_roll_call, keep_going, start_roll_call
from command.roll_call.choices import RollCallAnswer as A
from command.roll_call.choices import RollCallState
from command.roll_call.links import links_for as roll_call_links
from command.roll_call.models import RollCall, RollCallLine
from command.roll_call.queries import on_the_spot
from common.errors import Invalid, NotAllowed, WrongState
from journal.models import Entry
from notices.models import Notice

MINUTE = timedelta(minutes=1)
DIALOGUE, PERIMETER, DUTY = "county1.squad.dialogue", "county1.squad.perimeter", "county1.duty"


@pytest.fixture
def scene(alarm, reach, now, wall_clock):
    """Two squads there, with their arrivals."""
    incident = alarm(place="一楼大厅")
    for squad in ("dialogue", "perimeter"):
        order = issue_order(
            incident_id=incident.pk,
            reach=reach(DUTY),
            target=read_target(f"squad:{squad}@C1"),
            task="到场",
            now=now,
        )
        for verb in (V.ACKNOWLEDGE, V.DEPART, V.ARRIVE):
            move_order(order_id=order.pk, reach=reach(f"county1.squad.{squad}"), verb=verb, now=now)
    return incident


@pytest.fixture
def call(scene, reach, now):
    return start_roll_call(incident_id=scene.pk, reach=reach(DUTY), now=now)


@pytest.fixture
def say(reach, now):
    def act(who, what, by=None, at=None, **more):
        line = RollCallLine.objects.filter(person__username=who).latest("round")
        return answer_roll_call(
            line_id=line.pk, reach=reach(by or who), answer=what, now=at or now + MINUTE, **more
        )

    return act


def told(purpose):
    return Notice.objects.filter(purpose__startswith=purpose)


def names(notices):
    return sorted({one.recipient.username for one in notices})


def test_everybody_whom_an_order_has_brought_there_is_asked_and_nobody_else(call, scene, now):
    assert sorted(line.person.username for line in call.lines.all()) == [DIALOGUE, PERIMETER]
    asked = told("roll_call.asked")
    assert names(asked) == [DIALOGUE, PERIMETER]
    assert all(one.subject.startswith("roll_call_line:") for one in asked)
    assert "一楼大厅" in asked[0].text_zh
    clock = Clock.objects.running().get(subject=call.key)
    assert (clock.due_at, clock.thread) == (now + 10 * MINUTE, scene.key)
    assert Entry.objects.filter(kind="roll_call.asked", subject=call.key).count() == 1


def test_who_is_on_the_way_or_done_is_not_on_the_spot(scene, reach, now):
    first, second = scene.orders.order_by("pk")
    move_order(order_id=first.pk, reach=reach(DUTY), verb=V.CONFIRM_ARRIVAL, now=now)
    move_order(order_id=first.pk, reach=reach(DIALOGUE), verb=V.COMPLETE, now=now)
    type(second).objects.filter(pk=second.pk).update(state="under_way")

    assert on_the_spot(scene, now) == []
    with pytest.raises(WrongState) as refused:
        start_roll_call(incident_id=scene.pk, reach=reach(DUTY), now=now)
    assert refused.value.code == "nobody_on_the_spot"


def test_the_clock_stops_with_the_last_answer(call, say):
    say(DIALOGUE, A.HERE)
    assert Clock.objects.running().filter(subject=call.key).exists()
    say(PERIMETER, A.LEFT)

    assert not Clock.objects.running().filter(subject=call.key).exists()
    assert Entry.objects.filter(kind="roll_call.answered", subject=call.key).count() == 2
    assert not told("roll_call.asked").filter(state="queued", channel="sms").exists()


def test_who_is_silent_is_named_to_who_leads_when_the_time_is_over(call, say, cast, now):
    say(DIALOGUE, A.HERE)
    sweep(now + 10 * MINUTE, 100)
    assert not told("roll_call.silent").exists(), "exactly ten minutes are in time"
    sweep(now + 10 * MINUTE + timedelta(seconds=1), 100)

    (heard,) = told("roll_call.silent").filter(channel="app")
    assert heard.recipient.username == DUTY
    assert str(cast[PERIMETER]) in heard.text_zh
    assert str(cast[DIALOGUE]) not in heard.text_zh
    assert str(cast[PERIMETER]) in Entry.objects.get(kind="roll_call.silent").body
    sweep(now + 20 * MINUTE, 100)
    assert told("roll_call.silent").filter(channel="app").count() == 1


def test_help_is_told_at_once_and_can_follow_another_answer(call, say, now):
    say(DIALOGUE, A.HERE)
    say(DIALOGUE, A.HELP, note="被围在二楼", at=now + 2 * MINUTE)

    heard = told("roll_call.help").filter(channel="app")
    assert DUTY in names(heard)
    assert DIALOGUE not in names(heard)
    assert "被围在二楼" in heard[0].text_zh
    assert heard[0].priority == 1
    assert Entry.objects.filter(kind="roll_call.help", subject=call.key).count() == 1
    assert call.lines.get(person__username=DIALOGUE).answer == A.HELP


def test_the_leader_notes_an_answer_with_how_they_know(call, say):
    with pytest.raises(Invalid):
        say(DIALOGUE, A.HERE, by=DUTY)
    line = say(DIALOGUE, A.HERE, by=DUTY, note="对讲机回话")

    assert (line.answered_by.username, line.is_noted, line.note) == (DUTY, True, "对讲机回话")


def test_nobody_answers_for_another_or_leads_without_the_right(call, say, scene, reach, now):
    with pytest.raises(NotAllowed):
        say(DIALOGUE, A.HERE, by=PERIMETER, note="x")
    with pytest.raises(NotAllowed):
        ask_again(roll_call_id=call.pk, reach=reach(DIALOGUE), now=now)
    with pytest.raises(NotAllowed):
        end_roll_call(roll_call_id=call.pk, reach=reach("county2.duty"), now=now)
    with pytest.raises(Invalid):
        say(DIALOGUE, "fine")
    with pytest.raises(WrongState) as refused:
        start_roll_call(incident_id=scene.pk, reach=reach(DUTY), now=now)
    assert refused.value.code == "roll_call_under_way"


def test_it_comes_round_while_the_scene_is_dangerous_without_who_left(scene, reach, say, now):
    call = start_roll_call(incident_id=scene.pk, reach=reach(DUTY), every_minutes=30, now=now)
    say(DIALOGUE, A.LEFT)
    say(PERIMETER, A.HERE)
    assert keep_going(now + 29 * MINUTE) == 0
    assert keep_going(now + 30 * MINUTE) == 1

    call.refresh_from_db()
    assert (call.round, call.next_at) == (2, now + 60 * MINUTE)
    assert [line.person.username for line in call.lines.filter(round=2)] == [PERIMETER]
    assert Clock.objects.running().get(subject=call.key).due_at == now + 40 * MINUTE
    assert Entry.objects.filter(kind="roll_call.asked", actor=None).count() == 1
    say(PERIMETER, A.LEFT, at=now + 31 * MINUTE)
    keep_going(now + 60 * MINUTE)
    call.refresh_from_db()
    assert call.state == RollCallState.ENDED, "nobody of ours is there any more"


def test_a_line_of_an_earlier_round_is_not_answered_any_more(call, reach, now):
    old = call.lines.get(person__username=DIALOGUE)
    ask_again(roll_call_id=call.pk, reach=reach(DUTY), now=now + MINUTE)

    with pytest.raises(WrongState):
        answer_roll_call(line_id=old.pk, reach=reach(DIALOGUE), answer=A.HERE, now=now + MINUTE)


def test_it_ends_by_hand_and_nobody_is_chased(call, say, reach, now):
    end_roll_call(roll_call_id=call.pk, reach=reach(DUTY), now=now + MINUTE)

    assert not Clock.objects.running().filter(subject=call.key).exists()
    with pytest.raises(WrongState):
        say(DIALOGUE, A.HERE)
    assert keep_going(now + 60 * MINUTE) == 0


def test_it_ends_with_the_incident(call, scene, reach, now):
    closed = {"state": "closed", "closed_at": now, "closed_by": reach(DUTY).user, "summary": "已平息"}
    type(scene).objects.filter(pk=scene.pk).update(**closed)

    assert keep_going(now + MINUTE) == 1
    call.refresh_from_db()
    assert (call.state, call.ended_at) == (RollCallState.ENDED, now + MINUTE)


@pytest.mark.usefixtures("library")
def test_it_ends_with_its_response(scene, reach, started, now):
    response = started("red")
    RollCall.objects.create(
        incident=response.incident, response=response, started_at=now, started_by=reach(DUTY).user,
        asked_at=now, due_at=now + MINUTE,
    )  # fmt: skip
    assert not keep_going_over(response, now)
    type(response).objects.filter(pk=response.pk).update(state="ended", ended_at=now)

    assert keep_going_over(response, now)


def keep_going_over(response, now):
    keep_going(now)
    return RollCall.objects.get(response=response).state == RollCallState.ENDED


def test_over_the_link_in_the_message(call, settings, now):
    settings.SITE_URL, settings.REMINDER_LINKS = "https://icd.example", True
    notice = told("roll_call.asked").get(recipient__username=DIALOGUE, channel="app")
    address = re.search(r"https://icd\.example(/r/\S+)", roll_call_links([notice], now)[notice.pk])[1]
    page = Client().get(address).content.decode()
    token = re.search(r'name="page" value="([^"]+)"', page)[1]

    assert 'value="here"' in page
    assert Client().post(address, {"verb": "here", "page": token}).status_code == 303
    line = call.lines.get(person__username=DIALOGUE)
    assert (line.answer, line.by_link) == (A.HERE, True)
    assert Client().post(address, {"verb": "help", "page": "1"}).status_code == 409
    assert links_for([notice], now) == {}, "an order's own reader knows nothing of roll-calls"


def test_the_pages(scene, client, cast):
    address = f"/incidents/{scene.number}/roll-call/"
    client.force_login(cast[DUTY])
    assert str(cast[DIALOGUE]) in client.get(address).content.decode()
    assert f'href="{address}"' in client.get(f"/incidents/{scene.number}/").content.decode()
    assert client.post(address, {"every": "1", "idempotency_key": "0"}).status_code == 422
    assert client.post(address, {"every": "30", "idempotency_key": "a"}).status_code == 303
    line = RollCallLine.objects.get(person=cast[DIALOGUE])

    client.force_login(cast[DIALOGUE])
    assert client.get(address).status_code == 403
    mine = client.get(f"/incidents/{scene.number}/").content.decode()
    there = f"/roll-call/{line.pk}/answer/"
    assert there in mine
    assert client.post(there, {"answer": "here", "idempotency_key": "b"}).status_code == 303

    client.force_login(cast[DUTY])
    page = client.get(address).content.decode()
    assert "1 / 2" in page
    assert client.post(f"{address}ask-again/", {"idempotency_key": "c"}).status_code == 303
    assert client.post(f"{address}end/", {"idempotency_key": "d"}).status_code == 303
    assert client.post(f"{address}end/", {"idempotency_key": "e"}).status_code == 404
    client.force_login(cast["county2.duty"])
    assert client.get(address).status_code == 404
    assert client.post(there, {"answer": "here", "idempotency_key": "f"}).status_code == 404


def test_over_the_api(scene, client, cast):
    address, about = f"/api/v1/incidents/{scene.number}/roll-call/", {"content_type": "application/json"}

    def post(where, body, n):
        return client.post(where, body, **about, headers={"Idempotency-Key": f"k{n}"})

    client.force_login(cast[DUTY])
    assert client.get(address).status_code == 404
    made = post(address, {"every_minutes": 30}, 1)
    assert made.status_code == 201, made.content
    lines = {one["person"]: one["id"] for one in made.json()["lines"]}
    client.force_login(cast[DIALOGUE])
    assert client.get(address).status_code == 403
    mine = f"/api/v1/roll-call/{lines[DIALOGUE]}/answer/"
    assert post(mine, {"answer": "help"}, 2).json()["answer"] == "help"
    assert post(f"/api/v1/roll-call/{lines[PERIMETER]}/answer/", {"answer": "here"}, 3).status_code == 403
    client.force_login(cast[DUTY])
    assert post(f"{address}ask-again/", {}, 4).json()["round"] == 2
    assert post(f"{address}end/", {}, 5).json()["state"] == "ended"
    client.force_login(cast["county2.duty"])
    assert client.get(address).status_code == 404


def test_a_plan_says_its_own_times():
    from plans.document.general import roll_call_of

    assert [one.total_seconds() for one in roll_call_of({})] == [600, 1800]
    own = {"orders": {"roll_call": {"answer_within": "PT5M"}}}
    assert [one.total_seconds() for one in roll_call_of(own)] == [300, 1800]


def test_in_a_drill_it_says_so(scene, reach, now):
    type(scene).objects.filter(pk=scene.pk).update(drill=True)
    call = start_roll_call(incident_id=scene.pk, reach=reach(DUTY), now=now)

    assert call.drill
    assert all(one.drill and "演练" in one.text_zh for one in told("roll_call.asked"))


@pytest.mark.parametrize("change", [
    {"due_at": "asked"}, {"state": "ended"}, {"ended_at": "asked"},
])  # fmt: skip
def test_the_database_keeps_what_must_always_hold(call, change):
    """a_roll_call_leaves_time_to_answer, an_ended_roll_call_asks_nobody_any_more"""
    change = {name: call.asked_at if value == "asked" else value for name, value in change.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        RollCall.objects.filter(pk=call.pk).update(**change)


def test_one_roll_call_at_a_time_per_incident(call):
    call.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        call.save(force_insert=True)


def test_each_is_asked_once_in_a_round_and_an_answer_to_a_roll_call_names_who(call, now):
    line = call.lines.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        RollCallLine.objects.filter(pk=line.pk).update(answer=A.HERE)
    with pytest.raises(IntegrityError), transaction.atomic():
        RollCallLine.objects.filter(pk=line.pk).update(answered_at=now)
    line.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)  # each_is_asked_once_in_a_round, an_answer_to_a_roll_call_names_who
