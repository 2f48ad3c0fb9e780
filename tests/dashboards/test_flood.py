"""A flood: what was signed stands first, the figures are the database's, and every cut list leads to its rest."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clocks.models import Clock
from incidents import queries
from incidents.actions import set_level, take_over

pytestmark = pytest.mark.usefixtures("plan")

BOARDS = {"county1.duty": "/duty/", "county1.director": "/command/"}


def numbers_in(html):
    return re.findall(r'class="card"[^>]*data-key="incident:(\d+)"', html)


def sign(incident, level, reach, now):
    set_level(incident=incident, level=level, reach=reach("county1.director"), now=now, warning="W-1")


def run_out(incident, due_at):
    """A time limit of the incident that ends then; at that moment itself it is still in time."""
    Clock.objects.create(
        plan="p@1", clock_id="C1", title_zh="时限", duration="PT30M", subject=incident.key, thread=incident.key,
        unit=incident.unit, unit_path=incident.unit_path, started_at=due_at - timedelta(minutes=30), due_at=due_at,
    )  # fmt: skip


@pytest.fixture
def flood(alarm, reach, now):
    """Sixty alarms of ten people each; then three of two people, whose warnings have been signed."""

    def pour(many=60):
        signed = [alarm(unit="T11", at=now + timedelta(seconds=3 - n), headcount=2) for n in range(3)]
        later = [alarm(at=now + timedelta(seconds=9 + n), headcount=60) for n in range(many)]
        for incident in signed:
            sign(incident, "yellow", reach, now)
        return signed, later

    return pour


@pytest.mark.parametrize(("username", "page"), BOARDS.items())
def test_signed_warnings_stand_first_in_a_flood(flood, signed_in, username, page):
    signed, _unsigned = flood()

    html = signed_in(username).get(page).content.decode()

    assert numbers_in(html)[:3] == [str(incident.pk) for incident in signed]


@pytest.mark.parametrize(("username", "page"), BOARDS.items())
def test_the_board_says_how_many_there_are_and_leads_to_the_rest(flood, signed_in, username, page):
    flood()
    browser = signed_in(username)

    html = browser.get(page, {"part": "incidents"}).content.decode()

    shown = len(numbers_in(html))
    heading = html[: html.index("<ol")]
    assert ">63<" in heading
    assert shown < 63
    more = re.search(r'<a[^>]*href="([^"]*)"[^>]*data-rest="(\d+)"', html[html.index("</ol>") :])
    assert (more[1], int(more[2])) == (reverse("incidents"), 63 - shown)
    assert f"{63 - shown}" in html[html.index("</ol>") :]


def test_what_another_county_has_is_not_counted(flood, alarm, signed_in):
    alarm("county2.duty", unit="C2")
    flood(4)

    html = signed_in("county1.duty").get("/duty/", {"part": "incidents"}).content.decode()

    assert ">7<" in html[: html.index("<ol")]


def test_the_order_is_level_in_force_overdue_not_taken_over_proposal_newest(alarm, reach, now):
    newest = alarm(at=now + timedelta(minutes=9), headcount=2)
    proposed = alarm(headcount=60)
    taken = alarm(headcount=60, at=now + timedelta(minutes=8))
    take_over(incident_id=taken.pk, reach=reach("county1.duty"), now=now + timedelta(minutes=8))
    late = alarm(headcount=2)
    for incident, due_at in ((late, now - timedelta(seconds=1)), (newest, now)):
        run_out(incident, due_at)
    orange, red = alarm(headcount=2), alarm(headcount=2)
    sign(orange, "orange", reach, now)
    sign(red, "red", reach, now)

    rows = queries.open_incidents(reach("county1.duty"), now)

    assert [row.pk for row in rows] == [row.pk for row in (red, orange, late, proposed, newest, taken)]


def test_a_lifted_level_counts_no_more(alarm, reach, now):
    first, second = alarm(headcount=60), alarm(headcount=2)
    sign(second, "red", reach, now)
    sign(second, "", reach, now)

    assert [row.pk for row in queries.open_incidents(reach("county1.duty"), now)] == [first.pk, second.pk]


def test_alarms_that_are_alike_stand_as_one_and_say_how_many(alarm, reach, now, signed_in):
    for n in range(9):
        alarm(unit="T11", at=now + timedelta(seconds=n), headcount=8)
    endangered = [alarm(unit="T11", headcount=8, life_risk=["suicide_threat"]) for _ in range(5)]

    html = signed_in("county1.duty").get("/duty/", {"part": "incidents"}).content.decode()

    shown = numbers_in(html)
    assert {str(row.pk) for row in endangered} <= set(shown)
    assert len(shown) == 5 + 3
    rest = re.search(r'href="([^"]*)"[^>]*data-alike="(\d+)"', html)
    assert rest[2] == "6"
    listed = signed_in("county1.duty").get(rest[1].replace("&amp;", "&")).content.decode()
    assert len(numbers_in(listed)) == 9


def test_the_list_of_open_incidents_has_the_boards_order(flood, signed_in):
    flood(30)
    browser = signed_in("county1.duty")

    board = numbers_in(browser.get("/duty/", {"part": "incidents"}).content.decode())
    pages = [browser.get("/incidents/", {"page": page}).content.decode() for page in (1, 2)]

    listed = [number for page in pages for number in numbers_in(page)]
    assert len(listed) == 33
    assert listed[:3] == board[:3]
    assert [number for number in listed if number in board] == board
    assert "33" in pages[0][: pages[0].index("<ol")]


def test_the_boards_queries_do_not_grow_with_the_flood(flood, signed_in):
    browser = signed_in("county1.duty")
    counts = []
    for many in (2, 60):
        flood(many)
        browser.get("/duty/", {"part": "incidents"})
        with CaptureQueriesContext(connection) as asked:
            browser.get("/duty/", {"part": "incidents"})
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_signed_incident_has_the_rank_of_its_level(alarm, reach, now):
    incident = alarm(headcount=2)
    assert incident.signed_rank == 99

    sign(incident, "orange", reach, now)

    incident.refresh_from_db()
    assert incident.signed_rank == 2
