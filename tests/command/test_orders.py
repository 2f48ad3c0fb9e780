from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clocks.models import Clock
from command.orders import actions, permissions, queries, rules
from command.orders.choices import OrderState, OrderVerb
from command.orders.models import Order, OrderStep
from common.errors import Invalid, NotAllowed, Refused, WrongState
from incidents.models import Incident
from journal.models import Entry
from notices.models import Notice
from tests.states import all_heard, done_as_in_the_table, nothing_written

V, S = OrderVerb, OrderState


@pytest.fixture
def order(alarm, reach, now):
    """order("squad:dialogue@C1") → an order issued by county 1's duty officer in a new incident."""

    def issue(to="squad:dialogue@C1", incident=None, arrive_by=None):
        incident = incident or alarm()
        return actions.issue_order(
            incident_id=incident.pk,
            reach=reach("county1.duty"),
            target=actions.read_target(to),
            task="到一楼大厅对话",
            arrive_by=arrive_by,
            now=now,
        )

    return issue


@pytest.fixture
def move(reach, now):
    def step(order, username, verb, minutes=1, note="路堵"):
        return actions.move_order(
            order_id=order.pk,
            reach=reach(username),
            verb=verb,
            now=now + timedelta(minutes=minutes),
            note=note,
        )

    return step


def test_a_squad_gets_its_order_its_clocks_and_the_incident(order, reach, now):
    issued = order()

    assert issued.number == "O-C1-20261122-001"
    assert issued.arrive_by == now + timedelta(minutes=30)
    assert list(queries.my_orders(reach("county1.squad.dialogue"))) == [issued]
    assert not queries.my_orders(reach("county1.squad.perimeter")).exists()
    assert Incident.objects.visible_to(reach("county1.squad.dialogue")).get() == issued.incident
    clocks = dict(Clock.objects.filter(subject=issued.key).values_list("clock_id", "due_at"))
    assert clocks == {"C000-P3": now + timedelta(minutes=5), "C000-P4": issued.arrive_by}
    assert Notice.objects.filter(
        purpose="order.issued", recipient__username="county1.squad.dialogue"
    ).exists()


def test_who_is_told_of_an_order_and_of_its_recall_is_in_the_table(order, move, now):
    with done_as_in_the_table(rules.TRANSITIONS, rules.TRANSITIONS.begin.verb, tells=True) as begun:
        issued = order()
        begun.append(issued.key)
    all_heard(issued.key, now)
    with done_as_in_the_table(rules.TRANSITIONS, V.RECALL, subject=issued.key, tells=True):
        move(issued, "county1.duty", V.RECALL)


def test_the_whole_way_of_an_order_stops_its_clocks(order, move, now):
    issued = order()

    for minutes, (who, verb) in enumerate(
        [
            ("county1.squad.dialogue", V.ACKNOWLEDGE),
            ("county1.squad.dialogue", V.DEPART),
            ("county1.squad.dialogue", V.ARRIVE),
            ("county1.duty", V.CONFIRM_ARRIVAL),
            ("county1.squad.dialogue", V.COMPLETE),
        ],
        start=1,
    ):
        move(issued, who, verb, minutes=minutes)

    issued.refresh_from_db()
    assert issued.state == S.COMPLETED
    assert issued.ended_at == now + timedelta(minutes=5)
    assert not Clock.objects.running().filter(subject=issued.key).exists()
    kinds = Entry.objects.filter(subject=issued.key).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [
        "order.issued", "order.acknowledged", "order.under_way", "order.arrived", "order.arrival_confirmed", "order.completed",
    ]  # fmt: skip


def test_the_duty_officer_answers_for_a_squad_and_it_is_marked(order, move):
    issued = order()

    move(issued, "county1.duty", V.ACKNOWLEDGE)

    step = OrderStep.objects.get(order=issued)
    assert step.on_behalf
    assert step.by.username == "county1.duty"


def test_who_says_arrived_does_not_confirm_it(order, move):
    issued = order()
    for verb in (V.ACKNOWLEDGE, V.DEPART, V.ARRIVE):
        move(issued, "county1.duty", verb)

    with pytest.raises(NotAllowed) as refused:
        move(issued, "county1.duty", V.CONFIRM_ARRIVAL)
    assert refused.value.code == "arrival_needs_a_second_person"

    move(issued, "county1.leader", V.CONFIRM_ARRIVAL)


def test_declining_needs_a_reason_and_ends_the_clocks(order, move):
    issued = order()
    with pytest.raises(Invalid):
        move(issued, "county1.squad.dialogue", V.DECLINE, note=" ")

    move(issued, "county1.squad.dialogue", V.DECLINE, note="车坏了")

    assert not Clock.objects.running().filter(subject=issued.key).exists()
    issued.refresh_from_db()
    assert issued.state == S.DECLINED


def test_a_squad_with_a_live_order_gets_no_second_one_in_the_same_incident(order, move):
    first = order()

    with pytest.raises(WrongState, match=first.number):
        order(incident=first.incident)

    move(first, "county1.duty", V.RECALL)
    order(incident=first.incident)


def test_an_order_in_progress_keeps_the_incident_open(order, reach, now):
    from incidents.actions import close_incident

    issued = order()

    with pytest.raises(WrongState) as refused:
        close_incident(incident_id=issued.incident_id, reach=reach("county1.duty"), summary="完", now=now)

    assert [item["key"] for item in refused.value.extra["open"]] == [issued.number]


@pytest.mark.parametrize("to", ["squad:nobody@C1", "squad:@C1", "unit:XX", "person:nobody", "", "C1"])
def test_an_unknown_recipient_is_refused(plan, to):
    with pytest.raises(Invalid) as refused:
        actions.read_target(to)

    assert refused.value.code == "unknown_recipient"


def test_an_arrival_time_that_has_passed_is_refused(order, now):
    with pytest.raises(Invalid):
        order(arrive_by=now)


def test_the_neighbour_neither_sees_nor_moves_it(order, move, reach):
    issued = order()

    assert not queries.orders(reach("county2.duty")).exists()
    with pytest.raises(NotAllowed):
        move(issued, "county2.duty", V.ACKNOWLEDGE)


def test_a_person_and_a_unit_can_be_ordered(order, reach):
    to_unit, to_person = order("unit:T11"), order("person:county1.responder")

    assert list(queries.my_orders(reach("town11.head"))) == [to_unit]
    assert list(queries.my_orders(reach("county1.responder"))) == [to_person]
    assert Incident.objects.visible_to(reach("county1.responder")).get() == to_person.incident


ROLES = [
    "county1.squad.dialogue",
    "county1.squad.perimeter",
    "county1.duty",
    "county1.leader",
    "city.duty",
    "county2.duty",
    "city.audit",
    "town11.clerk",
]


@pytest.mark.slow
def test_every_state_verb_and_role(order, reach, cast, now):
    """Walked from the table; the buttons on the card are exactly what is then allowed."""
    issued = order()
    before = Order.objects.filter(pk=issued.pk)
    for state in S.values:
        for verb in V.values:
            for role in ROLES:
                before.update(state=state, ended_at=None if state in rules.LIVE else now)
                OrderStep.objects.all().delete()
                if state == S.ARRIVED:
                    OrderStep.objects.create(
                        order=issued,
                        verb=V.ARRIVE,
                        state=S.ARRIVED,
                        at=now,
                        by=cast["county1.squad.dialogue"],
                    )
                mine = reach(role)
                card = queries.card(mine, Order.objects.for_lists().get(pk=issued.pk))
                asked = {"order_id": issued.pk, "reach": mine, "verb": verb, "now": now, "note": "因"}
                if verb not in card.verbs:
                    with nothing_written(), pytest.raises(Refused):
                        actions.move_order(**asked)
                else:
                    with done_as_in_the_table(rules.TRANSITIONS, verb, subject=issued.key):
                        actions.move_order(**asked)
                    assert before.get().state == rules.TRANSITIONS.next_state(state, verb)


@pytest.mark.parametrize(
    "change",
    [
        {"target_squad": ""},
        {"target_unit": None},
        {"state": "completed"},
        {"arrive_by": "issued"},
        {"target_kind": "person"},
    ],
)
def test_the_database_keeps_what_must_always_hold(order, now, change):
    issued = order()
    values = {name: (now if value == "issued" else value) for name, value in change.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=issued.pk).update(**values)


def test_a_step_without_its_reason_is_refused_by_the_database(order, cast, now):
    issued = order()

    with pytest.raises(IntegrityError), transaction.atomic():
        OrderStep.objects.create(
            order=issued, verb=V.RECALL, state=S.RECALLED, at=now, by=cast["county1.duty"], note=""
        )


def test_each_state_is_reached_once(order, move, cast, now):
    issued = order()
    move(issued, "county1.squad.dialogue", V.ACKNOWLEDGE)

    with pytest.raises(IntegrityError), transaction.atomic():
        OrderStep.objects.create(
            order=issued, verb=V.ACKNOWLEDGE, state=S.ACKNOWLEDGED, at=now, by=cast["county1.duty"]
        )


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_cards_ask_the_same_number_of_queries_however_many(order, reach, django_assert_num_queries, rows):
    for _ in range(rows):
        order()
    mine = reach("county1.duty")
    assert mine.threads == frozenset()

    with django_assert_num_queries(4):
        cards = queries.cards(mine, queries.live_orders(mine))
        assert len(cards) == rows


def test_permissions_name_the_way_out(order, reach):
    issued = order()

    with pytest.raises(NotAllowed) as refused:
        permissions.check_can_move(reach("town11.clerk"), issued, V.ACKNOWLEDGE)

    assert issued.number in str(refused.value)


@pytest.mark.parametrize("to", ["squad:dialogue@C2", "unit:T21", "person:county2.duty"])
def test_an_order_does_not_show_a_neighbour_what_was_not_shared(order, alarm, to, cast):
    with pytest.raises(NotAllowed) as refused:
        order(to)

    assert refused.value.code == "recipient_elsewhere"


def test_after_sharing_the_neighbour_may_be_ordered(order, alarm, reach, units, now):
    from incidents.sharing import share_incident

    incident = alarm()
    share_incident(
        incident_id=incident.pk, reach=reach("county1.duty"), unit=units["C2"], reason="毗邻", now=now
    )

    assert order("squad:dialogue@C2", incident=incident).target_unit == units["C2"]


@pytest.mark.parametrize("to", ["squad:dialogue@C2", "person:county2.duty", "unit:T11"])
def test_the_bureau_above_both_orders_either(alarm, reach, now, to):
    issued = actions.issue_order(
        incident_id=alarm().pk, reach=reach("city.duty"), target=actions.read_target(to), task="支援",
        arrive_by=None, now=now,
    )  # fmt: skip

    assert issued.pk
