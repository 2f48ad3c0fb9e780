"""The receipt of an alarm lives on: taken over by whom, a squad under way, arrived; the checklist; 120."""

import re
from datetime import timedelta

import pytest

from command.orders.actions import move_order
from command.orders.choices import OrderVerb
from incidents.actions import retract_incident, take_over

pytestmark = pytest.mark.usefixtures("plan")


@pytest.fixture
def raised(alarm):
    return alarm("town11.clerk", unit="T11", headcount=8, life_risk=["suicide_threat"])


def page_of(signed_in, incident, username="town11.clerk"):
    return signed_in(username).get(f"/alarm/{incident.number}/").content.decode()


@pytest.mark.parametrize("act", ["observe", "retract"])
def test_without_a_script_an_act_leads_back_to_the_page_it_stands_on(wall_clock, raised, signed_in, act):
    clerk, address = signed_in("town11.clerk"), f"/incidents/{raised.number}/{act}/"
    form = {"idempotency_key": act, "what": "又来了五个人"}
    receipt = f"/alarm/{raised.number}/"

    from_the_receipt = clerk.post(address, form, headers={"Referer": f"http://testserver{receipt}"})
    again = clerk.post(address, form)

    assert (from_the_receipt.status_code, from_the_receipt["Location"]) == (303, receipt)
    assert again["Location"] in (receipt, f"/incidents/{raised.number}/")


def test_the_receipt_says_that_nobody_has_taken_over_yet(raised, signed_in):
    html = page_of(signed_in, raised)

    assert raised.number in html
    assert "尚未接手" in html
    assert "尚未派出力量" in html
    assert 'href="tel:120"' in html
    assert re.search(r'href="tel:0500-8\d+"', html)
    assert html.index("已收到") < html.index("生命至上") < html.index("补充现场情况")


def test_it_says_which_numbers_were_masked_and_what_to_do(alarm, signed_in, raised):
    noted = alarm("town11.clerk", unit="T11", what="电话 138****8000")

    assert "已打码：138****8000" in page_of(signed_in, noted)
    assert "data-masked" not in page_of(signed_in, raised)


def test_it_says_by_whom_it_was_taken_over(raised, signed_in, reach, cast, now):
    take_over(incident_id=raised.pk, reach=reach("county1.duty"), now=now + timedelta(minutes=1))

    html = page_of(signed_in, raised)

    assert f"已由 {cast['county1.duty']} 接手" in html
    assert "尚未接手" not in html


def test_it_says_who_is_under_way_and_that_they_arrived(raised, signed_in, reach, now, order_for):
    order = order_for(raised)
    on_the_way = page_of(signed_in, raised)
    for minute, verb in enumerate((OrderVerb.ACKNOWLEDGE, OrderVerb.DEPART, OrderVerb.ARRIVE)):
        move_order(order_id=order.pk, verb=verb, reach=reach("county1.squad.dialogue"), now=now + timedelta(minutes=minute + 1))  # fmt: skip
        if verb == OrderVerb.DEPART:
            departed = page_of(signed_in, raised)
    arrived = page_of(signed_in, raised)

    assert "已出发" in departed
    assert "已出发" not in on_the_way + arrived
    assert "尚未派出力量" not in on_the_way
    assert "已到达" not in on_the_way
    assert "已到达" in arrived


def test_the_receipt_is_live_and_its_parts_equal_the_page(raised, signed_in):
    html = page_of(signed_in, raised)

    assert 'data-part="progress"' in html
    for part in ("progress", "checklist"):
        answer = signed_in("town11.clerk").get(f"/alarm/{raised.number}/", {"part": part})
        assert "X-Journal-Number" in answer


def test_taking_back_is_offered_for_a_moment(raised, signed_in, reach, now):
    from dashboards.incident.receipt import withdraw_until

    assert withdraw_until(raised, now) == now + timedelta(seconds=10)
    assert withdraw_until(raised, now + timedelta(seconds=25)) == now + timedelta(seconds=30)
    assert withdraw_until(raised, now + timedelta(seconds=31)) is None
    retract_incident(incident_id=raised.pk, reach=reach("county1.duty"), now=now)
    raised.refresh_from_db()
    assert withdraw_until(raised, now) is None
    assert "警报已撤回" in page_of(signed_in, raised)


def test_somebody_who_may_not_see_the_incident_gets_no_receipt(raised, signed_in):
    assert signed_in("county2.duty").get(f"/alarm/{raised.number}/").status_code == 404


def test_an_outsider_who_raised_the_alarm_sees_how_it_goes_on(alarm, signed_in):
    incident = alarm("village111.informant", unit="C1")

    html = page_of(signed_in, incident, "village111.informant")

    assert incident.number in html
    assert 'id="observe"' in html


def test_the_alarm_page_has_the_checklist_for_who_has_no_network(plan, signed_in):
    html = signed_in("town11.clerk").get("/alarm/").content.decode()

    pressed = html[html.index("data-pressed") : html.index('id="alarm"')]
    assert pressed.startswith("data-pressed hidden>")
    assert "120" in pressed
    assert pressed.count("<li>") >= 2
    assert "data-again" in pressed
    assert 'data-receipt-url="/alarm/{number}/"' in html


@pytest.mark.parametrize("rows", [1, 3])
def test_the_receipt_asks_the_same_number_of_queries(
    raised, signed_in, order_for, django_assert_max_num_queries, rows
):
    for squad in ("dialogue", "perimeter", "support")[:rows]:
        order_for(raised, squad)
    browser = signed_in("town11.clerk")
    browser.get(f"/alarm/{raised.number}/")

    with django_assert_max_num_queries(20):
        browser.get(f"/alarm/{raised.number}/")
