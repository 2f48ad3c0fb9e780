"""Boards: whose they are, what they show, and that their parts equal the page."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from dashboards.boards.boards import BOARDS, boards_of, menu_of, start_of
from dashboards.boards.views import CLOCK_KINDS
from incidents.models import Incident
from journal.numbering import number_new
from plans.document.sections import clocks_of
from plans.document.strict_yaml import read

START = {
    "county1.duty": "/duty/",
    "county1.director": "/command/",
    "city.deputy": "/command/",
    "town11.head": "/command/",
    "county1.squad.dialogue": "/squad/",
    "county1.responder": "/squad/",
    "city.audit": "/journal/",
    "city.secadmin": "/account/people/",
    "city.sysadmin": "/system/",
    "town11.clerk": "/report/",
    "village111.informant": "/report/",
}


def test_every_board_has_an_address():
    assert all(reverse(board.address) for board in BOARDS)


def test_every_board_stands_in_the_menu_once():
    addresses = [board.address for board in BOARDS]
    assert sorted(addresses) == sorted(set(addresses))


@pytest.mark.parametrize(("username", "page"), START.items())
def test_everybody_starts_where_they_are_waited_for(plan, reach, signed_in, username, page):
    assert start_of(reach(username)) == page
    assert signed_in(username).get("/", follow=True).redirect_chain[-1][0] == page


def test_somebody_without_a_post_is_told_so(plan, cast, signed_in):
    from accounts.models import Appointment

    Appointment.objects.filter(person=cast["county1.duty"]).update(
        valid_to="2026-11-22T00:00:01Z", valid_from="2026-11-22T00:00:00Z"
    )

    page = signed_in("county1.duty").get("/")

    assert page.status_code == 200
    assert "岗位" in page.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("username", list(START))
def test_every_board_in_the_menu_opens(plan, reach, signed_in, alarm, username, language):
    alarm(headcount=8)
    browser = signed_in(username)
    browser.cookies["language"] = language

    for board in boards_of(reach(username)):
        page = browser.get(reverse(board.address))
        assert page.status_code == 200, board.address


@pytest.mark.parametrize(
    ("username", "page"),
    [("county1.squad.dialogue", "/duty/"), ("county1.duty", "/journal/"), ("city.audit", "/command/")],
)
def test_somebody_elses_board_is_refused_with_a_sentence(plan, signed_in, username, page):
    answer = signed_in(username).get(page)

    assert answer.status_code == 403
    assert "data-refusal" in answer.content.decode()


PAGES = {
    "county1.duty": "/duty/",
    "county1.director": "/command/",
    "county1.squad.dialogue": "/squad/",
    "city.audit": "/journal/",
}


@pytest.mark.parametrize(("username", "page"), PAGES.items())
def test_a_part_alone_is_what_the_page_shows(plan, alarm, signed_in, username, page):
    from dashboards.boards import views
    from dashboards.journal.views import JournalPage

    alarm(headcount=8)
    browser = signed_in(username)
    view = {
        "/duty/": views.DutyBoard,
        "/command/": views.CommanderBoard,
        "/squad/": views.SquadBoard,
        "/journal/": JournalPage,
    }[page]

    for part in view.parts:
        answer = browser.get(page, {"part": part}, headers={"X-Part": "1"})
        assert answer.status_code == 200
        assert "X-Journal-Number" in answer
        assert answer["Cache-Control"] == "no-store"
    assert browser.get(page, {"part": "nothing"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_duty_board_asks_few_queries_however_many_incidents(
    plan, alarm, signed_in, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        alarm(headcount=8)
    browser = signed_in("county1.duty")
    number_new()
    browser.get("/duty/")

    # Session, person, posts, head, exceptions; warnings, reports, shifts, calls; inbox (3); orders; reports upward.
    with django_assert_max_num_queries(16):
        browser.get("/duty/")


def test_the_incidents_of_a_board_are_asked_once_for_everybody(
    plan, alarm, signed_in, django_assert_max_num_queries
):
    alarm(headcount=8)
    number_new()
    seen = signed_in("county1.duty").get("/duty/", {"part": "incidents"}).content
    browser = signed_in("county1.duty")

    # Session, person, posts, head, exceptions.
    with django_assert_max_num_queries(5):
        answer = browser.get("/duty/", {"part": "incidents"})

    assert answer.content == seen


def test_the_incident_page_shows_number_reasons_and_life_safety_first(plan, alarm, signed_in):
    incident = alarm(headcount=8, life_risk=["suicide_threat"])

    html = signed_in("county1.duty").get(f"/incidents/{incident.number}/").content.decode()

    assert incident.number in html
    assert "§2.3" in html
    assert html.index("生命至上") < html.index("时间线")


def test_an_incident_one_may_not_see_is_not_found(plan, alarm, signed_in):
    incident = alarm()

    assert signed_in("county2.duty").get(f"/incidents/{incident.number}/").status_code == 404


def test_the_forms_of_the_incident_page_do_what_they_say(plan, alarm, signed_in):
    incident = alarm(headcount=2)
    browser = signed_in("county1.duty")
    page = f"/incidents/{incident.number}/"

    assert browser.post(f"{page}take/", {"idempotency_key": "1"}).status_code == 303
    assert (
        browser.post(f"{page}check/", {"item": "L1", "outcome": "done", "idempotency_key": "2"}).status_code
        == 303
    )
    assert (
        browser.post(
            f"{page}observe/", {"what": "增多", "headcount": "6-20", "idempotency_key": "3"}
        ).status_code
        == 303
    )
    assert (
        browser.post(
            f"{page}observe/", {"what": "增多", "headcount": "6-20", "idempotency_key": "3"}
        ).status_code
        == 303
    )
    assert (
        browser.post(f"{page}share/", {"unit": "C2", "reason": "协助", "idempotency_key": "4"}).status_code
        == 303
    )
    left_open = {f"answer-{name}": "not_needed" for name in ("keep_apart", "get_help", "L3", "L4")}
    over = {"summary": "已劝离", "why": "秩序平稳", "idempotency_key": "5", **left_open}
    assert browser.post(f"{page}close/", over).status_code == 303

    incident.refresh_from_db()
    assert incident.state == "closed"
    assert incident.proposed_level == "yellow"
    assert incident.observations.count() == 2


def test_an_observation_states_only_what_its_writer_changed(plan, alarm, signed_in):
    """Two pages open, one saves: the other does not undo it with what it happened to show."""
    incident = alarm(headcount=8, acts=["banner"])
    page = f"/incidents/{incident.number}/"
    shown = {"initial-headcount": "8", "headcount": "8", "initial-acts": "banner", "acts": "banner"}

    first = signed_in("county1.duty").post(
        f"{page}observe/", {**shown, "headcount": "30", "what": "又来二十人", "idempotency_key": "1"}
    )
    second = signed_in("county1.leader").post(
        f"{page}observe/", {**shown, "acts": ["banner", "slogans"], "what": "喊口号", "idempotency_key": "2"}
    )
    third = signed_in("county1.leader").post(
        f"{page}observe/", {**shown, "acts": [], "what": "横幅收起", "idempotency_key": "3"}
    )

    assert (first.status_code, second.status_code, third.status_code) == (303, 303, 303)
    incident.refresh_from_db()
    assert incident.facts["headcount"] == {"low": 30, "high": 30}
    assert incident.facts.get("acts", []) == []
    assert [sorted(seen.facts) for seen in incident.observations.order_by("pk")] == [
        ["acts", "headcount"], ["headcount"], ["acts"], ["acts"],
    ]  # fmt: skip


def test_the_observation_form_carries_what_it_shows(plan, alarm, signed_in):
    incident = alarm(headcount=8, acts=["banner"])

    html = signed_in("county1.duty").get(f"/incidents/{incident.number}/").content.decode()

    assert 'name="initial-headcount" value="8"' in html
    assert 'name="initial-acts" value="banner"' in html


def test_a_close_without_a_summary_says_what_is_missing(plan, alarm, signed_in):
    incident = alarm()

    answer = signed_in("county1.duty").post(f"/incidents/{incident.number}/close/", {"summary": ""})

    assert answer.status_code == 422
    assert "办结说明" in answer.content.decode()


def test_the_phone_page_raises_an_alarm_without_javascript(plan, signed_in):
    browser = signed_in("village111.informant")
    assert browser.get("/alarm/").status_code == 200

    answer = browser.post("/alarm/", {"unit": "V111", "idempotency_key": "k"}, follow=True)

    assert answer.redirect_chain[-1][1] == 303
    assert "V111-" in answer.content.decode()


def test_without_javascript_the_alarm_says_all_that_was_ticked(plan, signed_in):
    page = "/alarm/"
    browser = signed_in("village111.informant")
    ticked = {"facts.headcount": "6-20", "facts.acts": ["banner"], "facts.life_risk": ["suicide_threat"]}
    html = browser.get(page).content.decode()
    assert all(f'name="{name}"' in html for name in ticked)

    again = browser.post(page, {"unit": "NOWHERE", **ticked, "idempotency_key": "k0"})
    answer = browser.post(page, {"unit": "V111", **ticked, "idempotency_key": "k1"})

    assert again.status_code == 422
    assert again.content.decode().count(" checked") == 3
    assert answer.status_code == 303
    incident = Incident.objects.get()
    assert incident.facts == {
        "headcount": {"low": 6, "high": 20}, "acts": ["banner"], "life_risk": ["suicide_threat"],
    }  # fmt: skip
    assert incident.proposed_level == "orange"


def test_the_desk_form_keeps_what_was_typed(plan, signed_in):
    answer = signed_in("county1.duty").post(
        "/incidents/new/",
        {"unit": "C1", "place": "二楼", "what": "争执", "headcount": "很多", "known_at": "2026-11-22T09:00"},
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "二楼" in html
    assert "很多" in html


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "plans/library").glob("*.yaml")), ids=lambda file: file.stem
)
def test_a_board_asks_again_for_whatever_moves_a_time_limit(file):
    """The part is shared: an entry that is not named would leave it as it was for everybody."""
    moves = {
        kind
        for clock in clocks_of(read(file.read_text()).value)
        for kind in (clock.start, clock.stop)
        if kind and not kind.startswith(("zero_report.", "period."))
    }

    assert {kind for kind in moves if not kind.startswith(tuple(CLOCK_KINDS.split()))} == set()


@pytest.mark.parametrize("username", list(START))
def test_six_boards_are_in_sight_and_the_rest_under_a_heading(plan, reach, username):
    menu = menu_of(reach(username), "/somewhere/")

    assert len(menu.main) <= 6
    shown = [item["address"] for item in menu.main]
    shown += [item["address"] for _heading, items in menu.more for item in items]
    assert sorted(shown) == sorted(board.address for board in boards_of(reach(username)))
    assert all(items for _heading, items in menu.more)


def test_the_menu_says_where_one_is(plan, signed_in):
    page = signed_in("county1.duty").get("/plans/").content.decode()

    assert re.search(r'<a href="/plans/" aria-current="page">', page)
