"""Beside each recipient of an order stands whether they are free, who would read it, and the number to ring."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import Appointment, Post, Unit, User
from command.orders import actions
from command.orders.models import Order
from command.orders.recipients import recipients_for

pytestmark = pytest.mark.usefixtures("wall_clock")

SQUAD = "squad:dialogue@C1"


@pytest.fixture
def order(alarm, reach, now):
    """order("squad:dialogue@C1") → given by county 1's duty officer, in a new incident or in this one."""

    def issue(to=SQUAD, incident=None, **more):
        return actions.issue_order(
            incident_id=(incident or alarm(**more)).pk,
            reach=reach("county1.duty"),
            target=actions.read_target(to),
            task="到一楼大厅",
            now=now,
        )

    return issue


@pytest.fixture
def offered(reach, now):
    """offered(incident) → the recipients by what names them, for county 1's duty officer."""

    def find(incident, username="county1.duty"):
        with override("en"):
            return {one.value: one for one in recipients_for(incident, reach(username), now)}

    return find


def states(found, *names):
    with override("en"):
        return [found[name].state for name in names]


def test_a_recipient_is_free_or_says_how_many_orders_it_carries(alarm, order, offered):
    order(SQUAD)
    order(SQUAD)
    order("role:director@C1")
    order("duty:C1")
    order("unit:T11")

    found = offered(alarm())

    assert states(found, SQUAD, "squad:perimeter@C1") == ["2 orders under way", "free"]
    assert states(found, "role:director@C1", "duty:C1", "unit:T11") == ["1 order under way"] * 3
    assert (found[SQUAD].look, found["squad:perimeter@C1"].look) == ("wait", "ok")


def test_an_order_in_this_incident_is_named_and_an_ended_one_counts_no_more(
    alarm, order, offered, reach, now
):
    incident = alarm()
    issued = order(SQUAD, incident)

    assert states(offered(incident), SQUAD) == [f"has order {issued.number} here"]

    actions.move_order(order_id=issued.pk, reach=reach("county1.duty"), verb="recall", now=now, note="不需要")
    assert states(offered(incident), SQUAD) == ["free"]


def test_a_drill_makes_nobody_busy_for_what_is_real(alarm, order, offered):
    rehearsed, real = alarm(), alarm()
    issued = order(SQUAD, rehearsed)
    Order.objects.filter(pk=issued.pk).update(drill=True)
    type(rehearsed).objects.filter(pk=rehearsed.pk).update(drill=True)
    rehearsed.refresh_from_db()

    assert states(offered(real), SQUAD) == ["free"]
    assert states(offered(rehearsed), SQUAD) == [f"has order {issued.number} here"]


def test_who_holds_two_posts_there_is_named_once(alarm, offered, cast, units, now):
    head = Post.objects.get(unit=units["T11"], kind="office_head")
    Appointment.objects.create(post=head, person=cast["town11.clerk"], valid_from=now)

    people = offered(alarm())["unit:T11"].people

    assert sorted(people) == sorted({str(cast["town11.head"]), str(cast["town11.clerk"])})


def test_nobody_behind_it_is_said(alarm, offered, units):
    Appointment.objects.filter(post__unit=units["C1"], post__squad="dialogue").delete()

    found = offered(alarm())[SQUAD]

    assert (found.look, found.people) == ("bad", ())
    with override("en"):
        assert found.state == "nobody holds it now"


@pytest.mark.control(15)
def test_a_persons_number_is_for_who_answers_for_orders_there_a_desks_for_everybody(alarm, offered, cast):
    Unit.objects.filter(code="C0").update(phone="0391-1111")
    Unit.objects.filter(code="C1").update(phone="0391-2222")
    Unit.objects.filter(code="T11").update(phone="0391-3333")
    for n, user in enumerate(User.objects.all()):
        user.phone = f"1380000{n:04}"
        user.save(update_fields=["phone"])
    cast = {user.username: user for user in User.objects.all()}
    incident = alarm()

    found = offered(incident)
    own, rings = cast["county1.squad.dialogue"].phone, str(cast["county1.squad.dialogue"])
    assert (found[SQUAD].phone, found[SQUAD].rings) == (own, rings)
    assert found["role:director@C1"].phone == cast["county1.director"].phone
    assert found["duty:C1"].phone == "0391-2222"
    assert found["unit:T11"].phone == "0391-3333"
    above = [one for value, one in found.items() if value.endswith("@C0")]
    assert above
    assert {one.phone for one in above} == {"0391-1111"}

    for one in offered(incident, "county1.squad.dialogue").values():
        assert not one.phone.startswith("138")


def test_the_queries_do_not_grow_with_recipients_or_orders(alarm, order, reach, now, cast):
    incident, mine = alarm(), reach("county1.duty")
    recipients_for(incident, mine, now)
    with CaptureQueriesContext(connection) as few:
        recipients_for(incident, mine, now)
    for to in (SQUAD, "squad:perimeter@C1", "unit:T11", "unit:T12", "duty:C1"):
        order(to)
    mine = reach("county1.duty")

    with CaptureQueriesContext(connection) as many:
        found = recipients_for(incident, mine, now)

    assert len(many) == len(few) <= 11
    assert sum(one.orders for one in found) == 5


@pytest.mark.parametrize(("door", "control"), [("order", "radio"), ("orders", "checkbox")])
def test_the_form_shows_it_beside_each_and_chooses_nobody(alarm, order, signed_in, units, door, control):
    Unit.objects.filter(code="T11").update(phone="0391 3333")
    order(SQUAD)
    incident = alarm()

    page = signed_in("county1.duty").get(f"/incidents/{incident.number}/{door}/").content.decode()

    row = re.search(rf'<input type="{control}" name="to" value="{SQUAD}".*?</li>', page, re.S)[0]
    assert "1 条指令在办" in row
    assert "checked" not in row
    assert 'href="tel:03913333"' in page
    assert not re.search(r'name="to"[^>]*checked', page)


def test_what_was_chosen_is_in_sight_after_a_mistake(alarm, signed_in):
    incident = alarm()
    address = f"/incidents/{incident.number}/order/"
    last = re.findall(r'name="to" value="([^"]*)"', signed_in("county1.duty").get(address).content.decode())[
        -1
    ]

    answer = signed_in("county1.duty").post(address, {"to": last, "task": ""})

    assert answer.status_code == 422
    page = answer.content.decode()
    around = page[: page.index(f'value="{last}"')]
    assert around[around.rindex("<details") :].startswith("<details open")


def test_the_package_says_it_of_who_is_called_and_in_its_lists(started, signed_in, order):
    response = started("yellow")
    order(SQUAD)

    page = signed_in("county1.duty").get(f"/responses/{response.number}/packages/yellow/").content.decode()

    assert re.search(r'<option value="squad:dialogue@C1"[^>]*>[^<]*1 条指令在办', page)
    assert re.search(r'<p class="card-meta">.*?空闲', page, re.S)
