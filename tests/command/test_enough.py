"""Several are called and some are enough: once so many have acknowledged, the rest need not come."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from clocks.models import Clock
from command.enough.actions import call_rest, call_several
from command.enough.models import Quorum
from command.orders import rules
from command.orders.actions import move_order, read_target
from command.orders.choices import OrderState as S
from command.orders.choices import OrderVerb as V
from command.orders.issuing import Asked
from common.errors import Invalid, NotAllowed, WrongState
from journal.models import Entry
from notices.models import Notice
from tests.states import all_heard, done_as_in_the_table

SQUADS = ["dialogue", "perimeter"]


@pytest.fixture
def call(alarm, reach, now):
    def act(enough=1, squads=SQUADS, incident=None):
        return call_several(
            incident_id=(incident or alarm()).pk,
            reach=reach("county1.duty"),
            asked=[Asked(read_target(f"squad:{squad}@C1"), "到一楼大厅") for squad in squads],
            enough=enough,
            now=now,
        )

    return act


@pytest.fixture
def say(reach, now):
    def act(order, squad, verb=V.ACKNOWLEDGE, **more):
        return move_order(
            order_id=order.pk,
            reach=reach(f"county1.squad.{squad}"),
            verb=verb,
            now=now + timedelta(minutes=1),
            **more,
        )

    return act


def test_the_first_who_is_enough_stands_the_other_down(call, say, now):
    first, other = call()

    all_heard(other.key, now)
    with done_as_in_the_table(rules.TRANSITIONS, V.STAND_DOWN, subject=other.key, tells=True):
        say(first, "dialogue")

    other.refresh_from_db()
    assert (other.state, other.ended_at) == (S.STOOD_DOWN, now + timedelta(minutes=1))
    assert Entry.objects.filter(kind="order.stood_down", subject=other.key, actor=None).count() == 1
    assert not Clock.objects.running().filter(subject=other.key).exists()
    heard = Notice.objects.filter(purpose="order.stood_down", subject=other.key).first()
    assert heard.recipient.username == "county1.squad.perimeter"
    assert "不必前往" in heard.text_zh
    assert "need not come" in heard.text_en
    assert Quorum.objects.get().met_at == now + timedelta(minutes=1)


def test_who_answers_late_gets_the_sentence(call, say):
    first, other = call()
    say(first, "dialogue")

    with pytest.raises(WrongState, match="不必前往|need not come"):
        say(other, "perimeter")


def test_who_cannot_come_does_not_count(call, say):
    first, other = call()

    say(first, "dialogue", V.DECLINE, note="车坏了")

    other.refresh_from_db()
    assert other.state == S.ISSUED


@pytest.mark.parametrize("enough", [0, 2, 3])
def test_how_many_are_enough_is_fewer_than_are_called(call, enough):
    with pytest.raises(Invalid) as refused:
        call(enough)

    assert "enough" in refused.value.fields
    assert not Entry.objects.filter(kind="order.issued").exists()


def test_nobody_stands_down_by_hand(call, reach, now):
    first, _other = call()

    with pytest.raises(NotAllowed):
        move_order(order_id=first.pk, reach=reach("county1.duty"), verb=V.STAND_DOWN, note="x", now=now)


def test_the_database_wants_somebody_to_be_enough(call):
    call()
    with pytest.raises(IntegrityError), transaction.atomic():
        Quorum.objects.update(needed=0)


def test_over_the_api(alarm, client, cast):
    client.force_login(cast["county1.duty"])
    body = {"to": [f"squad:{one}@C1" for one in SQUADS], "enough": 1, "task": "到一楼大厅"}
    about = {"content_type": "application/json", "headers": {"Idempotency-Key": "k1"}}
    address = f"/api/v1/incidents/{alarm().number}/calls/"
    asked = client.post(address, body, **about)

    assert asked.status_code == 201, asked.content
    assert [one["state"] for one in asked.json()["orders"]] == ["issued", "issued"]
    assert asked.json()["call"] == Quorum.objects.get().pk
    assert client.post(address, body, **about).json() == asked.json()
    client.force_login(cast["county2.duty"])
    assert client.post(address, body, **about | {"headers": {"Idempotency-Key": "k2"}}).status_code == 404


def test_the_page_calls_them(alarm, client, cast):
    client.force_login(cast["county1.duty"])
    address = f"/incidents/{alarm().number}/orders/"
    form = {
        "to": [f"squad:{one}@C1" for one in SQUADS],
        "enough": 2,
        "task": "到一楼大厅",
        "idempotency_key": "k1",
    }

    assert 'name="enough"' in client.get(address).content.decode()
    assert client.post(address, form).status_code == 422
    preview = client.post(address, form | {"enough": 1}).content.decode()
    assert 'name="enough" value="1"' in preview
    assert not Quorum.objects.exists()
    confirmed = form | {"enough": 1, "confirmed": "1", "idempotency_key": "k2"}
    assert client.post(address, confirmed).status_code == 303
    assert Quorum.objects.get().orders.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_comes(call, reach, now):
    orders = call()
    start, said = Barrier(2), []

    def answer(order, squad):
        mine = reach(f"county1.squad.{squad}")
        start.wait()
        try:
            move_order(order_id=order.pk, reach=mine, verb=V.ACKNOWLEDGE, now=now)
            said.append("comes")
        except WrongState as refused:
            said.append(str(refused))
        finally:
            connection.close()

    threads = [Thread(target=answer, args=pair) for pair in zip(orders, SQUADS, strict=True)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert said.count("comes") == 1
    assert len(said) == 2


# --- when somebody who had answered falls out ----------------------------------------------------------------


@pytest.fixture
def fallen_out(call, say):
    """Two are called, one is enough; it acknowledged, the other was stood down, and now it cannot come."""
    first, other = call()
    say(first, "dialogue")
    say(first, "dialogue", V.DECLINE, note="车坏了")
    other.refresh_from_db()
    return first, other


def test_when_too_few_are_left_the_duty_room_hears_how_many_to_call(fallen_out):
    heard = Notice.objects.filter(purpose__startswith="order.short")

    assert {one.recipient.username for one in heard} == {"county1.duty"}
    assert "还差 1 方" in heard[0].text_zh
    assert "1 more to be called" in heard[0].text_en


def test_before_enough_had_answered_nobody_is_told(call, say):
    first, _other = call()
    say(first, "dialogue", V.DECLINE, note="车坏了")

    assert not Notice.objects.filter(purpose__startswith="order.short").exists()


def test_a_recall_counts_as_falling_out(call, say, reach, now):
    first, _other = call()
    say(first, "dialogue")
    move_order(order_id=first.pk, reach=reach("county1.duty"), verb=V.RECALL, note="另有任务", now=now)

    assert Notice.objects.filter(purpose__startswith="order.short").exists()


def test_the_rest_is_called_in_one_act_and_once(fallen_out, reach, now):
    _first, other = fallen_out
    quorum = Quorum.objects.get()
    with pytest.raises(NotAllowed):
        call_rest(quorum_id=quorum.pk, reach=reach("county1.squad.dialogue"), now=now)
    (again,) = call_rest(quorum_id=quorum.pk, reach=reach("county1.duty"), now=now)

    assert (again.target_squad, again.task, again.state) == (other.target_squad, other.task, S.ISSUED)
    quorum.refresh_from_db()
    assert quorum.reopened_at == now
    waiting = Notice.objects.filter(purpose__startswith="order.short", state="queued")
    assert not waiting.exists(), "it is not true any more"
    with pytest.raises(WrongState):
        call_rest(quorum_id=quorum.pk, reach=reach("county1.duty"), now=now)


def test_while_enough_come_the_rest_is_not_called(call, say, reach, now):
    first, _other = call()
    say(first, "dialogue")

    with pytest.raises(WrongState) as refused:
        call_rest(quorum_id=Quorum.objects.get().pk, reach=reach("county1.duty"), now=now)
    assert refused.value.code == "nobody_is_missing"


def test_the_incident_page_and_the_api_call_the_rest(fallen_out, client, cast):
    first, _other = fallen_out
    number, quorum = first.incident.number, Quorum.objects.get()
    address = f"/incidents/{number}/call/{quorum.pk}/rest/"
    client.force_login(cast["county1.squad.perimeter"])
    assert address not in client.get(f"/incidents/{number}/").content.decode()
    client.force_login(cast["county2.duty"])
    elsewhere = client.post(
        f"/api/v1{address.replace('/call/', '/calls/')}",
        content_type="application/json",
        headers={"Idempotency-Key": "c2"},
    )
    assert elsewhere.status_code == 404
    client.force_login(cast["county1.duty"])
    assert address in client.get(f"/incidents/{number}/").content.decode()
    assert client.post(address, {"idempotency_key": "a"}).status_code == 303

    assert address not in client.get(f"/incidents/{number}/").content.decode()
    over_api = client.post(
        f"/api/v1/incidents/{number}/calls/{quorum.pk}/rest/",
        content_type="application/json",
        headers={"Idempotency-Key": "b"},
    )
    assert over_api.status_code == 409


def test_the_rest_is_called_after_it_stood_down(call, now):
    call()
    with pytest.raises(IntegrityError), transaction.atomic():
        Quorum.objects.update(reopened_at=now)
