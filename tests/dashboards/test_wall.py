"""The wall: a screen that is nobody's account shows its unit's picture, opens nothing else, and is ended at once."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Screen
from accounts.screens import actions, queries
from accounts.screens.sessions import reach_of_screen
from common.errors import NotAllowed
from dashboards.figures import standings, tone_counts
from dashboards.wall.schematic import MARGIN, MOST, Tile, extent, schematic
from engine.server.socket_auth import read_readers
from incidents.models import Incident
from journal.live.answers import SHARED
from journal.models import Entry
from journal.numbering import number_new
from tests.accounts.test_routes import ALL, example
from tests.incidents.conftest import alarm

__all__ = ["alarm"]
pytestmark = pytest.mark.django_db

LOOK = {"label": "值班室", "scale": "l", "theme": "dark", "language": "zh-hans"}


@pytest.fixture
def registered(reach, units, now):
    """registered() → a new screen of county 1 and its code."""
    return lambda by="county1.duty", unit="C1", **look: actions.register_screen(
        reach=reach(by), unit=units[unit], now=now, **{**LOOK, **look}
    )


@pytest.fixture
def connected(registered, wall_clock):
    """connected() → a browser that is the screen, and the screen's row."""

    def connect(**look):
        _screen, code = registered(**look)
        browser = Client()
        assert browser.post("/wall/connect/", {"code": code.lower()})["Location"] == "/wall/"
        return browser, Screen.objects.latest("pk")

    return connect


def test_a_screen_is_registered_connected_once_and_taken_down_on_pages(signed_in, units, wall_clock, now):
    desk, screen = signed_in("county1.duty", "en"), Client()
    made = desk.post("/account/screens/", {**LOOK, "unit": units["C1"].pk})
    code = re.search(r'class="digits">\s*([A-Z2-9 ]+?)\s*<', made.content.decode())[1]
    row = Screen.objects.get()
    assert made["Cache-Control"].count("no-store") == 1
    assert code.replace(" ", "") not in desk.get("/account/screens/").content.decode() + row.code_hash
    assert screen.get("/wall/")["Location"] == "/wall/connect/"

    refused = screen.post("/wall/connect/", {"code": "ABCD EFGH"})
    assert (refused.status_code, "未接入" in refused.content.decode()) == (422, True)
    assert screen.post("/wall/connect/", {"code": code})["Location"] == "/wall/"
    assert Client().post("/wall/connect/", {"code": code}).status_code == 422
    page = screen.get("/wall/")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'data-scale="l"' in text
    assert 'data-theme="dark"' in text
    assert f'data-wall="screen:{row.pk}"' in text
    assert screen.cookies["session"]["max-age"] == 30 * 24 * 3600
    assert "On" in desk.get("/account/screens/").content.decode()

    assert desk.post(f"/account/screens/{row.pk}/", {**LOOK, "language": "en"}).status_code == 303
    assert screen.get("/wall/").status_code == 302
    in_english = screen.get("/wall/").content.decode()
    assert "Levels in force" in in_english
    assert re.search(r"<h1>\s*([^<]*?)\s*</h1>", in_english)[1] == units["C1"].name_en != units["C1"].name
    assert desk.post(f"/account/screens/{row.pk}/end/").status_code == 303
    assert screen.get("/wall/")["Location"] == "/wall/connect/"
    assert screen.get("/wall/?part=figures").status_code == 302
    kinds = list(
        Entry.objects.filter(subject=f"screen:{row.pk}").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["screen.registered", "screen.connected", "screen.changed", "screen.ended"]


@pytest.mark.control(8)
def test_a_screen_opens_the_wall_and_nothing_else(connected, cast, units):
    screen, _row = connected()
    values = {"unit": "C1", "code": "C1", "period": "2026-11-22", "number": "C1-20261122-001", "slug": "disable",
              "uuid": "00000000-0000-4000-8000-000000000000"}  # fmt: skip
    stranger = Client()

    opened = [
        name
        for pattern, name in ALL
        if name not in ("account_logout", "readyz", "heartbeat")
        and screen.get(example(pattern, values)).status_code == 200
        and stranger.get(example(pattern, values)).status_code != 200
    ]

    assert opened == ["wall"]


@pytest.mark.control(8)
def test_sockets_know_a_screen_until_it_is_ended_or_its_time_is_over(
    connected, reach, monkeypatch, settings, now
):
    _browser, row = connected()
    (reader,) = read_readers([row.session_key]).values()
    entry = Entry.objects.filter(kind="screen.registered").get()
    assert (reader.user.is_authenticated, [post.kind for post in reader.posts]) == (False, ["screen"])
    assert not reader.sees(entry)
    assert not any(
        reader.has(verb) for verb in ("incident.manage", "incident.report", "order.issue", "people.view")
    )

    monkeypatch.setattr("engine.server.socket_auth.timezone.now", lambda: now + timedelta(days=30))
    assert read_readers([row.session_key]) == {row.session_key: None}
    monkeypatch.undo()
    actions.end_screen(reach=reach("county1.director"), screen_id=row.pk, now=now)
    assert read_readers([row.session_key]) == {row.session_key: None}


def test_a_new_code_takes_the_place_of_the_old_browser_when_it_is_typed(connected, reach, now):
    old, row = connected()
    _row, code = actions.renew_code(reach=reach("county1.duty"), screen_id=row.pk, now=now)
    assert old.get("/wall/").status_code == 200

    new = Client()
    assert new.post("/wall/connect/", {"code": code}).status_code == 303

    assert (old.get("/wall/").status_code, new.get("/wall/").status_code) == (302, 200)


def test_screens_are_kept_by_leaders_and_duty_officers_of_their_unit(
    registered, signed_in, reach, units, now
):
    screen, _code = registered()
    with pytest.raises(NotAllowed):
        registered(by="town11.clerk", unit="T11")
    with pytest.raises(NotAllowed):
        registered(by="county2.duty")
    with pytest.raises(NotAllowed):
        actions.end_screen(reach=reach("county2.duty"), screen_id=screen.pk, now=now)

    assert signed_in("town11.clerk").get("/account/screens/").status_code == 403
    assert signed_in("town11.clerk").get("/wall/").status_code == 403
    assert signed_in("county2.duty").get(f"/account/screens/{screen.pk}/").status_code == 404
    assert signed_in("county1.duty").get("/wall/").status_code == 200
    assert [one.state for one in queries.screens(reach("city.director"), now)] == ["waiting"]


def test_many_wrong_codes_from_one_address_have_to_wait(registered, wall_clock):
    _screen, code = registered()
    browser = Client()
    answers = [browser.post("/wall/connect/", {"code": "WRONG"}).status_code for _try in range(21)]

    assert answers == [422] * 20 + [429]
    assert browser.post("/wall/connect/", {"code": code}).status_code == 429


def test_the_wall_counts_signed_and_proposed_apart_and_shows_nothing_that_was_typed(
    connected, alarm, units, settings, now
):
    screen, row = connected()
    alarm(what="小区业主来访", place="东门", headcount=30, acts=["banner"])
    signed = alarm(unit="T11", what="讨薪", place="大厅", headcount=8)
    Incident.objects.filter(pk=signed.pk).update(level="yellow", signed_rank=3)
    number_new()
    reach = reach_of_screen(row, now)
    found = standings(reach)
    tones = {one.tone: (one.in_force, one.proposed) for one in tone_counts(found.values())}
    picture = schematic(reach, found)

    assert tones["yellow"][0] == 1
    assert sum(proposed for _in_force, proposed in tones.values()) == 1
    assert [(tile.name, tile.tone, tile.in_force) for tile in picture.tiles if tile.in_force] == [
        (units["T11"].name, "yellow", 1)
    ]
    assert [tile.is_root for tile in picture.tiles].count(True) == 1
    text = screen.get("/wall/").content.decode()
    assert signed.number in text
    assert not {"讨薪", "东门", "小区业主来访"} & set(re.findall(r"讨薪|东门|小区业主来访", text))
    settings.WALL_SHOWS_TEXT = True
    SHARED.forget()
    assert "讨薪" in screen.get("/wall/?part=incidents").content.decode()


def test_more_incidents_and_units_need_no_more_queries(connected, alarm, units):
    screen, _row = connected()

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert screen.get("/wall/?part=figures&part=units").status_code == 200
        return len(seen)

    alarm(headcount=8)
    one = cost()
    for unit in ("T11", "V111"):
        alarm(unit=unit, headcount=30)

    assert cost() == one
    assert MOST >= 20


def test_the_database_keeps_a_screen_in_order(connected, registered):
    _browser, row = connected()
    other, _code = registered()

    for change in (
        {"label": ""}, {"code_until": None}, {"session_key": row.session_key, "connected_at": None},
        {"ended_at": row.registered_at}, {"session_key": row.session_key, "connected_at": row.connected_at, "until": row.until},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Screen.objects.filter(pk=other.pk).update(**change)
    assert {constraint.name for constraint in Screen._meta.constraints} == {
        "a_screen_says_where_it_hangs", "a_screens_code_ends", "a_connected_screen_is_connected_until",
        "who_took_a_screen_down_is_known", "one_screen_per_session", "one_screen_per_code",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "width", "lines"),
    [
        ("城关镇司法所", 196, ["城关镇司法所"]),
        ("Township 11 judicial office", 196, ["Township 11", "judicial office"]),
        ("County 1 Justice Bureau", 73, ["County 1", "Justice Bureau"]),
        ("城关镇司法所", 73, ["城关镇", "司法所"]),
    ],
)
def test_the_name_of_a_unit_is_whole_in_its_tile(name, width, lines):
    """The picture is as wide as its place: what does not fit on two lines is drawn narrower, never cut."""
    found = Tile(0, 0, width, 52, name, "", 0, 0, is_root=False).lines

    assert [line.text for line in found] == lines
    for line in found:
        fits = extent(line.text) <= width - MARGIN
        assert line.squeezed == (None if fits else width - MARGIN)
    assert found[-1].y < 52
