"""The wall: a screen that is nobody's account shows its unit's picture, opens nothing else, and is ended at once."""

import json
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
from dashboards.boards.figures import standings, tone_counts
from dashboards.maps.picture import Sign, Text
from dashboards.wall import map as wall_map
from dashboards.wall.schematic import MARGIN, MOST, Tile, extent, schematic
from engine.server.socket_auth import read_readers
from incidents.models import Incident
from journal.live.answers import SHARED
from journal.models import Entry
from journal.numbering import number_new
from tests.accounts.test_routes import ALL, example
from tests.dashboards.test_map import COUNTY, placed
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


# --- the operator's map ------------------------------------------------------------------------------------------


@pytest.fixture
def county(settings, tmp_path):
    """The operator has brought boundaries in."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "county.WGS84.geojson").write_text(json.dumps(COUNTY))


def on_the_map(browser):
    SHARED.forget()
    return browser.get("/wall/", {"part": "units"}).content.decode()


def test_open_incidents_stand_on_the_operators_map(county, connected, alarm):
    screen, _row = connected()
    here = placed(alarm(headcount=60, what="讨薪", place="东门"))
    far = placed(alarm(unit="T11", headcount=60), longitude="114.35", crs="GCJ02")
    beyond, unplaced = placed(alarm(headcount=60), longitude="116.9"), alarm(headcount=60)
    drill = placed(alarm(headcount=60), latitude="30.42")
    Incident.objects.filter(pk=drill.pk).update(drill=True)
    Incident.objects.filter(pk=here.pk).update(level="red", signed_rank=1)

    part = on_the_map(screen)

    assert part.count('class="map-sign"') == 2
    assert 'class="schematic"' not in part
    assert f"{here.number} " in part
    assert f"{far.number} " in part
    assert not {drill.number, beyond.number, unplaced.number} & set(re.findall(r"[A-Z0-9]+-\d+-\d+", part))
    assert re.search(r'role="img"\s+data-tone="red"\s+aria-label="' + here.number, part)
    assert "另有 2 件在办事件不在图上" in part
    assert not re.search('讨薪|东门|<a |href="/(?!map/outline)', part)
    # Stored as received: drawn where it says, and marked.
    assert part.count("≠</text>") == 1
    assert "≠ 坐标系不同，位置可能偏差数百米" in part


def test_what_is_near_is_one_sign_with_a_figure(county, connected, alarm):
    screen, _row = connected()
    for n in range(5):
        placed(alarm(headcount=60), longitude=f"114.20{n}")

    part = on_the_map(screen)

    assert part.count('class="map-sign"') == 1
    assert re.search(r'<text x="17" y="6">\s*5\s*</text>', part)


def test_names_on_the_map_keep_clear_of_signs_and_of_each_other():
    def sign(x, y, many=1):
        return Sign(x, y, "red", proposed=False, many=many, label="", href="", warning="", radius=0)

    def name(x, y, text="城关镇司法所", tone=""):
        return Text(x, y, text, tone, "3 +4")

    def apart(names, signs=()):
        return list(wall_map._apart(names, signs))

    assert apart([name(480, 480)]) == [name(480, 480)]
    (moved,) = apart([name(480, 480)], [sign(480, 480, many=12)])
    assert (moved.x, abs(moved.y - 480)) == (480, 1.25 * wall_map.LETTERS)
    # What is in force has its place first; the other goes where nothing lies.
    first, second = apart([name(480, 480), name(480, 490, tone="red")])
    assert (first.tone, first.y) == ("red", 490)
    assert abs(second.y - first.y) > wall_map.LETTERS
    # Between signs on both sides there is room for the name alone; with signs all round there is none.
    sides = [sign(x, y) for x in (255, 705) for y in range(0, 960, 60)]
    (bare,) = apart([name(480, 480)], sides)
    assert (bare.text, bare.figure) == ("城关镇司法所", "")
    assert apart([name(480, 480)], [sign(x, y) for x in range(0, 960, 60) for y in range(0, 960, 60)]) == []


def test_the_map_is_as_high_as_its_column(county, connected):
    screen, _row = connected()

    assert 'viewBox="0 0 960 960"' in on_the_map(screen)


def test_without_a_map_the_units_are_the_picture(connected, alarm):
    screen, _row = connected()
    placed(alarm(headcount=60))

    part = on_the_map(screen)

    assert 'class="schematic"' in part
    assert 'class="map"' not in part


@pytest.mark.control(8)
def test_a_screen_reads_the_pictures_of_the_map_and_nothing_more(county, connected, reach, signed_in, now):
    screen, row = connected()
    (outline,) = re.findall(r'href="(/map/outline/[^"]+)"', on_the_map(screen))

    assert screen.get(outline)["Content-Type"] == "image/svg+xml"
    assert signed_in("county1.duty").get(outline).status_code == 200
    assert signed_in("town11.clerk").get(outline).status_code == 403
    assert Client().get(outline).status_code == 302
    assert screen.get("/map/").status_code == 302
    assert screen.post(outline).status_code in (302, 405)
    actions.end_screen(reach=reach("county1.director"), screen_id=row.pk, now=now)
    assert screen.get(outline).status_code == 302


@pytest.mark.parametrize(
    ("scale", "has_map", "turns"), [("m", True, 1), ("l", True, 2), ("l", False, 1), ("xl", True, 3)]
)
def test_a_map_has_the_column_to_itself_where_letters_are_large(scale, has_map, turns, connected, request):
    if has_map:
        request.getfixturevalue("county")
    screen, _row = connected(scale=scale)

    assert screen.get("/wall/").content.decode().count("data-turns") + 1 == turns
