"""The line of figures on top of the boards of those who are sent and of the desks that report: their own rights, few queries."""

import re
from datetime import timedelta

import pytest

from accounts.models import Unit
from command.orders import rules
from command.orders.actions import move_order
from command.orders.models import Order
from dashboards.boards.figures import ON_THE_SPOT, ON_THE_WAY, TO_ANSWER, clerk_glance, squad_glance
from tests.cases.conftest import reception, register
from tests.supervision.conftest import campaign, makeup, team
from tests.supervision.test_visits import correct, record

__all__ = ["campaign", "correct", "makeup", "reception", "record", "register", "team"]

SQUAD = "county1.squad.dialogue"
CLERK = "town11.clerk"
#: Own units and their tally, corrections, visits; then the outermost units and the counts below them.
QUERIES = 12


def test_every_state_of_a_live_order_is_one_of_the_figures():
    assert set(rules.LIVE) == TO_ANSWER | ON_THE_WAY | ON_THE_SPOT
    assert not TO_ANSWER & ON_THE_WAY
    assert not ON_THE_WAY & ON_THE_SPOT


def test_a_squad_reads_how_its_orders_stand_and_where_it_is_waited_for_next(
    plan, alarm, order_for, reach, now
):
    squad = reach(SQUAD)
    first, second = order_for(alarm(headcount=2)), order_for(alarm(headcount=2))
    order_for(alarm(headcount=2), "perimeter")
    Order.objects.filter(pk=second.pk).update(arrive_by=now + timedelta(minutes=5))
    Order.objects.filter(pk=first.pk).update(arrive_by=now + timedelta(minutes=20))

    glance = squad_glance(squad, now)
    assert (glance.to_answer, glance.on_the_way, glance.on_the_spot) == (2, 0, 0)
    assert glance.next_arrival == now + timedelta(minutes=5)

    for verb in ("acknowledge", "depart", "arrive"):
        move_order(order_id=second.pk, verb=verb, reach=squad, now=now)
    glance = squad_glance(squad, now)
    assert (glance.to_answer, glance.on_the_way, glance.on_the_spot) == (1, 0, 1)
    # Whoever is there is not waited for.
    assert glance.next_arrival == now + timedelta(minutes=20)


@pytest.mark.parametrize("many", [1, 30])
def test_a_squads_figures_cost_four_queries_however_many_orders(
    plan, many_orders, reach, now, many, django_assert_num_queries
):
    many_orders(many)
    squad = reach(SQUAD)

    with django_assert_num_queries(4):
        glance = squad_glance(squad, now)

    assert glance.to_answer == many


def test_a_squads_board_shows_them_first_and_as_a_part(plan, alarm, order_for, signed_in):
    order_for(alarm(headcount=2))
    browser = signed_in(SQUAD, "en")

    page = browser.get("/squad/").content.decode()

    assert page.index('data-part="glance"') < page.index('data-part="orders"')
    part = browser.get("/squad/", {"part": "glance"}, headers={"X-Part": "1"}).content.decode()
    assert part.strip() in page
    assert "To answer" in part
    assert "To arrive by" in part


@pytest.mark.parametrize(("language", "level"), [("en", "Yellow"), ("zh-hans", "黄色")])
def test_a_squads_order_says_its_level_what_is_known_and_whom_to_ring(
    plan, alarm, order_for, units, signed_in, language, level
):
    incident = alarm(headcount=8, what="十余人在大厅拉横幅")
    order_for(incident)
    Unit.objects.filter(pk=units["C1"].pk).update(phone="0500 8210000")

    page = signed_in(SQUAD, language).get("/squad/").content.decode()
    card = page[page.index('data-key="order:') :]

    assert level in card[: card.index("</h3>")]
    assert f'<a href="/incidents/{incident.number}/">十余人在大厅拉横幅</a>' in card
    assert 'class="button big" href="tel:05008210000"' in card
    assert 'class="card-actions stacked"' in card


def test_a_clerk_reads_what_the_station_owes(
    plan, units, signed_in, reach, register, campaign, record, correct, now
):
    clerk = reach(CLERK)
    before = clerk_glance(clerk, now)
    assert (before.answers.owed, before.corrections, before.visits) == (0, 0, 0)

    register(username="town11.clerk", unit=units["T11"])
    correct(record(unit="T11"))

    glance = clerk_glance(clerk, now)
    assert (glance.answers.owed, glance.corrections, glance.visits) == (1, 1, 1)
    page = signed_in(CLERK, "en").get("/report/").content.decode()
    line = page[page.index('<dl class="glance">') : page.index("</dl>")]
    assert "Answers due" in line
    assert "?show=mine" in line


def test_whoever_only_reports_is_shown_no_line_and_nothing_is_asked_for_them(
    plan, signed_in, reach, now, django_assert_num_queries
):
    informant = reach("village111.informant")

    with django_assert_num_queries(0):
        assert clerk_glance(informant, now).is_empty

    assert "glance" not in signed_in("village111.informant").get("/report/").content.decode().replace(
        "board.css", ""
    )


def test_a_clerks_figures_cost_the_same_for_three_as_for_one(
    plan, units, reach, register, campaign, record, correct, now, django_assert_num_queries
):
    clerk = reach(CLERK)

    def asked():
        with django_assert_num_queries(QUERIES):
            clerk_glance(clerk, now)

    correct(record(unit="T11"))
    register(username=CLERK, unit=units["T11"])
    asked()
    for _ in range(2):
        correct(record(unit="T11"))
        register(username=CLERK, unit=units["T11"])
    asked()


@pytest.mark.parametrize("username", [CLERK, "county1.duty", "village111.informant"])
def test_no_figure_leads_to_a_page_that_is_refused(plan, signed_in, username):
    browser = signed_in(username)
    page = browser.get("/report/").content.decode()
    line = re.search(r'<dl class="glance">.*?</dl>', page, re.DOTALL)

    for address in re.findall(r'href="([^"]+)"', line[0] if line else ""):
        assert browser.get(address).status_code == 200, address
