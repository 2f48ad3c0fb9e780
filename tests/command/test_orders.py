from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import Post
from accounts.posts.actions import appoint_person, end_appointment
from clocks.models import Clock
from command.orders import actions, permissions, queries, rules, serializers
from command.orders.choices import OrderState, OrderVerb
from command.orders.issuing import Asked, issue_on_locked
from command.orders.models import Order, OrderStep
from command.orders.on_duty import follow_duty
from command.orders.recipients import recipients_for
from command.orders.targets import no_such_recipient, read_targets, target_of
from common.errors import Invalid, NotAllowed, Refused, WrongState
from incidents.models import Incident, IncidentGroupPermission
from incidents.transitions import lock_incident
from journal.models import Entry
from journal.numbering import number_new
from journal.record import content_of
from journal.verify import verify
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


def test_many_orders_in_one_write_are_as_if_given_one_by_one(alarm, reach, now):
    asked = ["squad:dialogue@C1", "unit:T11", "person:county1.responder", "squad:perimeter@C1"]
    targets = read_targets(asked)
    one_by_one, at_once = alarm(), alarm()
    for text in asked:
        actions.issue_order(
            incident_id=one_by_one.pk,
            reach=reach("county1.duty"),
            target=targets[text],
            task="到一楼",
            now=now,
        )

    with transaction.atomic():
        incident = lock_incident(at_once.pk)
        made = issue_on_locked(
            incident, [Asked(targets[text], "到一楼") for text in asked], reach=reach("county1.duty"), now=now
        )

    assert [order.number[-3:] for order in made] == ["005", "006", "007", "008"]
    assert _written_of(at_once) == _written_of(one_by_one)
    number_new()
    assert verify().broken is None


def _written_of(incident):
    """What orders of an incident have written, without what tells one from the next."""
    found = []
    for order in Order.objects.filter(incident=incident).order_by("pk"):
        entries = [
            (entry.kind, entry.thread == incident.key, entry.level, entry.plan, entry.post,
             {**content_of(entry), "number": ""})
            for entry in Entry.objects.filter(subject=order.key)
        ]  # fmt: skip
        clocks = Clock.objects.filter(subject=order.key).order_by("clock_id")
        assert {clock.start_entry.subject for clock in clocks} <= {order.key}
        told = Notice.objects.filter(subject=order.key).order_by("recipient_id", "channel", "purpose")
        found.append(
            (
                str(target_of(order)), order.arrive_by, order.issuer_post, entries,
                [(one.clock_id, one.due_at, one.generation) for one in clocks],
                [(one.recipient_id, one.channel, one.purpose, one.text_zh.replace(order.number, "")) for one in told],
            )
        )  # fmt: skip
    grants = IncidentGroupPermission.objects.filter(content_object=incident)
    return found, sorted(grants.values_list("group__name", "permission__codename"))


def test_of_many_orders_one_that_cannot_go_out_keeps_all_back(alarm, reach, now):
    incident = alarm()
    targets = read_targets(["squad:dialogue@C1", "unit:C2"])
    asked = [Asked(target, "到一楼") for target in targets.values()]

    with pytest.raises(Invalid, match="unit:C2"), transaction.atomic():
        issue_on_locked(lock_incident(incident.pk), asked, reach=reach("county1.duty"), now=now)
    with pytest.raises(WrongState) as twice, transaction.atomic():
        issue_on_locked(
            lock_incident(incident.pk), [asked[0], asked[0]], reach=reach("county1.duty"), now=now
        )

    assert twice.value.code == "squad_has_an_order"
    assert not Order.objects.exists()
    assert not Notice.objects.filter(purpose="order.issued").exists()


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
    with pytest.raises(Invalid) as refused:
        order(to)

    assert refused.value.code == "unknown_recipient"
    assert str(refused.value) == str(no_such_recipient(to))


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


# --- a post, and whoever is on duty ---------------------------------------------------------------------------------


@pytest.fixture
def relieved(cast, units):
    """relieved("duty_officer", at, "town11.clerk") → somebody else holds the county's post from then on."""

    def act(kind, at, username):
        post = Post.objects.get(unit=units["C1"], kind=kind)
        for held in post.appointments.filter(valid_to=None):
            end_appointment(appointment_id=held.pk, actor=None, now=at)
        appoint_person(person=cast[username], post=post, actor=None, now=at)
        return post

    return act


@pytest.mark.parametrize(
    ("to", "who"), [("duty:C1", "county1.duty"), ("role:petition_director@C1", "county1.petition")]
)
def test_an_order_goes_to_whoever_holds_the_post_or_is_on_duty(order, move, reach, now, to, who):
    issued = order(to)

    assert serializers.target(issued) == to
    told = Notice.objects.filter(subject=issued.key, purpose="order.issued")
    assert {notice.recipient.username for notice in told} == {who}
    assert issued in queries.my_orders(reach(who))
    assert not queries.my_orders(reach("county1.squad.perimeter")).exists()
    assert [one.name for one in queries.contacts_of([issued], now)[issued.pk]] == [str(told[0].recipient)]
    assert not move(issued, who, V.ACKNOWLEDGE).steps.get().on_behalf
    assert follow_duty(now) == 0


@pytest.mark.parametrize(
    ("to", "kind"), [("duty:C1", "duty_officer"), ("role:petition_director@C1", "petition_director")]
)
def test_while_nobody_has_answered_who_comes_next_is_told_too(
    order, move, relieved, cast, reach, now, to, kind
):
    issued = order(to)
    assert follow_duty(now) == 0

    later = now + timedelta(hours=1)
    relieved(kind, later, "town11.clerk")
    later += timedelta(minutes=1)
    assert follow_duty(later) == 1

    entry = Entry.objects.get(kind="order.passed_on")
    assert (entry.subject, entry.actor, content_of(entry)["came"]) == (issued.key, None, ["town11.clerk"])
    assert Notice.objects.filter(subject=issued.key, recipient=cast["town11.clerk"]).exists()
    assert issued in queries.my_orders(reach("town11.clerk", later))
    assert follow_duty(later) == 0


def test_an_answered_order_stays_with_who_answered(order, move, relieved, now):
    issued = order("duty:C1")
    move(issued, "county1.duty", V.ACKNOWLEDGE)
    relieved("duty_officer", now + timedelta(hours=1), "town11.clerk")

    assert follow_duty(now + timedelta(hours=2)) == 0
    assert not Entry.objects.filter(kind="order.passed_on").exists()


def test_nobody_on_duty_is_said_with_what_to_do(alarm, reach, units, now):
    incident, target = alarm(), actions.read_target("duty:C1")
    later = now + timedelta(hours=1)
    for held in Post.objects.get(unit=units["C1"], kind="duty_officer").appointments.all():
        end_appointment(appointment_id=held.pk, actor=None, now=later)

    with pytest.raises(WrongState) as refused:
        actions.issue_order(
            incident_id=incident.pk, reach=reach("county1.leader", later), target=target, task="去", now=later
        )

    assert refused.value.code == "nobody_on_duty"
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "to", ["role:auditor@C1", "role:squad@C1", "role:nobody@C1", "role:director@X9", "duty:V111"]
)
def test_a_post_that_is_not_there_or_not_ordered_is_no_recipient(cast, to):
    with pytest.raises(Invalid) as refused:
        actions.read_target(to)
    assert refused.value.code == "unknown_recipient"


def test_the_form_offers_who_is_on_duty_and_posts(alarm, reach, now):
    mine = reach("county1.duty")
    offered = {one.value: one.label for one in recipients_for(alarm(), mine, now)}

    with override("en"):
        english = {one.value: one.label for one in recipients_for(alarm(), mine, now)}
    assert {"duty:C1", "role:director@C1", "squad:dialogue@C1"} <= set(offered)
    assert english["role:director@C1"].startswith("Director")
    assert not [value for value in offered if "sysadmin" in value or "auditor" in value]


# --- the same order to several ---------------------------------------------------------------------------------------

SEVERAL = ["squad:dialogue@C1", "duty:C1", "role:petition_director@C1"]


def test_several_are_looked_at_by_name_and_issued_in_one_write(alarm, client, cast):
    incident = alarm()
    client.force_login(cast["county1.duty"])
    address = f"/incidents/{incident.number}/orders/"
    typed = {"to": SEVERAL, "task": "到一楼大厅", "minutes": "20"}

    assert client.get(address).status_code == 200
    looked = client.post(address, typed).content.decode()
    assert not Order.objects.exists()
    for text in ("对话", "罗平", "到一楼大厅", 'value="role:petition_director@C1"'):
        assert text in looked
    changed = client.post(address, typed | {"change": "1"})
    done = client.post(address, typed | {"confirmed": "1", "idempotency_key": "k"})
    again = client.post(address, typed | {"confirmed": "1", "idempotency_key": "k"})

    assert (changed.status_code, done.status_code, again.status_code) == (200, 303, 303)
    assert [serializers.target(order) for order in Order.objects.order_by("pk")] == SEVERAL
    refused = client.post(address, typed | {"confirmed": "1"})
    assert (refused.status_code, Order.objects.count()) == (422, 3)
    assert client.post(address, {"task": "x", "confirmed": "1"}).status_code == 422


def test_the_api_issues_the_same_order_to_several(alarm, client, cast):
    incident = alarm()
    client.force_login(cast["county1.duty"])
    body = {"incident": incident.number, "to": SEVERAL, "task": "到一楼大厅"}

    def send(key, **more):
        return client.post(
            "/api/v1/orders/bulk/",
            body | more,
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    looked = send("a", preview=True)
    assert (looked.status_code, [one["to"] for one in looked.json()["orders"]]) == (200, SEVERAL)
    assert all(one["people"] and not one["obstacle"] for one in looked.json()["orders"])
    assert not Order.objects.exists()
    first, again = send("b"), send("b")

    assert (first.status_code, again.json()) == (201, first.json())
    assert [one["to"] for one in first.json()["orders"]] == SEVERAL
    assert Order.objects.count() == 3
    assert send("c").status_code == 409
    assert send("d", to=[]).status_code == 422


def test_who_may_give_no_orders_gets_none_to_several(alarm, client, cast):
    incident = alarm()
    client.force_login(cast["town11.clerk"])

    assert client.get(f"/incidents/{incident.number}/orders/").status_code in (403, 404)
    body = {"incident": incident.number, "to": SEVERAL, "task": "x", "preview": True}
    headers = {"Idempotency-Key": "k"}
    answer = client.post("/api/v1/orders/bulk/", body, content_type="application/json", headers=headers)
    assert answer.status_code in (403, 404)


def test_the_preview_of_several_asks_as_much_as_of_one(alarm, now):
    incident = alarm()
    one, all_ = read_targets(SEVERAL[:1]), read_targets(SEVERAL)
    queries.preview(incident, all_, now)

    with CaptureQueriesContext(connection) as few:
        queries.preview(incident, one, now)
    with CaptureQueriesContext(connection) as many:
        queries.preview(incident, all_, now)
    assert len(few) == len(many)
