"""The map: open incidents over what the operator brought in, in a list that holds all of them, and nobody else's."""

import json
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.exclusions.actions import recuse_person
from dashboards.maps.geojson import GRID, Unreadable, read_outline
from dashboards.maps.layers import layers, shown_layers
from dashboards.maps.projection import HEIGHT, WIDTH, Box, Frame, degrees_of, world
from dashboards.maps.systems import warning_between
from incidents.models import Incident
from incidents.positions.actions import correct_position
from incidents.queries import find_thing
from incidents.reporting.actions import Position
from journal.models import Entry
from tests.incidents.conftest import alarm
from tests.live.replay import assert_replay_shows

__all__ = ["alarm"]

COUNTY = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "清河县", "adcode": 420101},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[114.0, 30.4], [114.4, 30.4], [114.4, 30.7], [114.0, 30.7], [114.0, 30.4]]],
            },
        }
    ],
}

JSON = json.dumps(COUNTY, ensure_ascii=False)


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "maps").mkdir()
    return tmp_path / "maps"


@pytest.fixture
def county(folder):
    (folder / "county.WGS84.geojson").write_text(JSON)
    return folder


def placed(incident, latitude="30.55", longitude="114.2", crs="WGS84", accuracy_m=12):
    Incident.objects.filter(pk=incident.pk).update(
        latitude=latitude, longitude=longitude, crs=crs, accuracy_m=accuracy_m
    )
    return incident


# --- systems and projection ---------------------------------------------------------------------------------


@pytest.mark.parametrize("one", ["WGS84", "CGCS2000", "GCJ02", "BD09", "unknown"])
@pytest.mark.parametrize("other", ["WGS84", "CGCS2000", "GCJ02", "BD09", ""])
def test_systems_that_are_apart_are_marked(one, other):
    alike = one != "unknown" and (one == other or {one, other} == {"WGS84", "CGCS2000"})

    with override("zh-hans"):
        said = warning_between(one, other)

    expected = (
        "" if alike else "坐标系未注明" if one == "unknown" or not other else "坐标系不同，位置可能偏差数百米"
    )
    assert said.startswith(expected)
    assert bool(said) == bool(expected)


@pytest.mark.parametrize("place", [(0, 0), (114.3, 30.6), (-179.9, -84), (180, 85)])
def test_a_place_and_back(place):
    assert degrees_of(*world(*place)) == pytest.approx(place)


def test_a_frame_shows_the_whole_box_and_keeps_to_its_limits():
    box = Box(*world(114.0, 30.7), *world(114.4, 30.4))

    frame = Frame.fitting(box)

    corners = [*frame.place(box.left, box.top), *frame.place(box.right, box.bottom)]
    assert all(0 < one < size for one, size in zip(corners, (WIDTH, HEIGHT) * 2, strict=True))
    assert frame.moved(closer=99).zoom == 19
    assert frame.moved(right=1e9).x == 1
    again = Frame.asked(dict(part.split("=") for part in frame.address.split("&")))
    assert again == pytest.approx(frame, abs=1e-8)


@pytest.mark.parametrize(
    "given",
    [{}, {"at": "1"}, {"at": "nan,1", "zoom": "3"}, {"at": "1,1", "zoom": "inf"}, {"at": "91,1", "zoom": "3"},
     {"at": "1,2,3", "zoom": "3"}, {"at": "a,b", "zoom": "c"}],
)  # fmt: skip
def test_an_address_that_says_nothing_readable_shows_the_whole_area(given):
    assert Frame.asked(given) is None


# --- the operator's boundaries --------------------------------------------------------------------------------


def test_boundaries_become_one_drawing_with_their_names(county):
    (layer,) = layers()

    assert (layer.fault, layer.kind, layer.crs, layer.name) == ("", "geojson", "WGS84", "county")
    assert [(name.text, name.code) for name in layer.outline.names] == [("清河县", "420101")]
    svg = layer.outline.svg.decode()
    assert f'width="{GRID}"' in svg
    assert svg.count("<path") == 2
    assert "l20000 0 0 -" in svg


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "不是 JSON"),
        ("[" * 100_000, "不是 JSON"),
        ('{"type": "FeatureCollection", "features": [{"type": NaN}]}', "不是 JSON"),
        ("[]", "没有可识别的类型"),
        ('{"type": "Topology"}', "没有可识别的类型"),
        ('{"type": "FeatureCollection", "features": []}', "没有面"),
        ('{"type": "FeatureCollection", "features": [1]}', "缺少类型"),
        ('{"type": "Feature", "geometry": {"type": "Ball"}}', "几何图形"),
        ('{"type": "Polygon", "coordinates": [[["a", 1]]]}', "数字列表"),
        ('{"type": "Polygon", "coordinates": 7}', "数字列表"),
        ('{"type": "LineString", "coordinates": [[1e999, 1]]}', "数字列表"),
        ('{"type": "LineString", "coordinates": [[true, 1]]}', "数字列表"),
        ('{"type": "LineString", "coordinates": [[500000, 3300000]]}', "不是经纬度"),
        ('{"type": "Point", "coordinates": [1, 1]}', "没有面"),
    ],
)
def test_what_is_wrong_with_a_file_is_a_sentence(folder, text, word):
    (folder / "x.geojson").write_text(text)

    with override("zh-hans"):
        (layer,) = layers()
        assert word in str(layer.fault)
    assert shown_layers() == []


def test_a_file_too_large_or_with_too_many_points_is_refused(folder, monkeypatch):
    path = folder / "x.geojson"
    path.write_text(JSON)

    monkeypatch.setattr("dashboards.maps.geojson.MOST_POINTS", 4)
    with pytest.raises(Unreadable, match="30 万"):
        read_outline(path)
    monkeypatch.setattr("dashboards.maps.geojson.MOST_BYTES", 10)
    with pytest.raises(Unreadable, match="8 MB"):
        read_outline(path)


def test_a_system_stands_in_the_name_or_in_the_file_or_nowhere(folder):
    (folder / "a.gcj02.geojson").write_text(JSON)
    said = {**COUNTY, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}}
    (folder / "b.geojson").write_text(json.dumps(said))
    (folder / "c.geojson").write_text(JSON)
    (folder / "d.mars.geojson").write_text(JSON)
    (folder / "e.exe").write_text("")

    found = {layer.file[0]: layer for layer in layers()}

    assert [found[name].crs for name in "abc"] == ["GCJ02", "CGCS2000", ""]
    assert found["d"].fault
    assert found["e"].fault


def test_the_system_page_says_what_is_wrong_with_each_file(folder, monkeypatch, signed_in):
    monkeypatch.setattr("dashboards.maps.layers.MOST_FILES", 4)
    (folder / "a.geojson").write_text(JSON)
    (folder / "b.GCJ02.geojson").write_text("{")
    (folder / "c.unknown.geojson").write_text(JSON)
    (folder / "d.exe").write_text("")
    (folder / "e<b>.geojson").write_text(JSON)

    page = signed_in("city.sysadmin").get("/system/").content.decode()

    panel = page.partition('id="map-files"')[2].partition("</section>")[0]
    rows = [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in panel.split("<li>")[1:]]
    assert rows[0] == "a.geojson 边界（GeoJSON） · 坐标系未注明 已在图上"
    assert rows[1].startswith("b.GCJ02.geojson")
    assert "不是 JSON" in rows[1]
    assert "坐标系无法识别" in rows[2]
    assert "未显示" in rows[3]
    assert rows[4].startswith("e&lt;b&gt;.geojson 只读取")


def test_the_system_page_without_files_says_so(settings, tmp_path, signed_in):
    settings.DATA_DIR = tmp_path

    assert "没有文件" in signed_in("city.sysadmin").get("/system/").content.decode()


def test_a_changed_file_is_read_again_under_another_address(county):
    (before,) = layers()
    path = county / "county.WGS84.geojson"
    path.write_text(JSON.replace("清河县", "白河县"))
    os.utime(path, ns=(1, 1))

    (after,) = layers()

    assert after.outline.names[0].text == "白河县"
    assert after.key != before.key


# --- the page -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_map_the_units_are_a_picture_and_the_list_is_whole(folder, alarm, signed_in):
    made = placed(alarm(headcount=8))

    text = signed_in("county1.duty").get("/map/").content.decode()

    assert 'class="schematic"' in text
    assert 'class="map"' not in text
    assert made.number in text
    assert "30.550000, 114.200000" in text
    assert "坐标系" not in text
    assert "docs/" not in text


@pytest.mark.django_db
def test_the_list_holds_everything_the_map_does(county, alarm, signed_in, units):
    here, apart = placed(alarm(headcount=8)), placed(alarm(headcount=2), latitude="30.5", crs="GCJ02")
    nowhere, neighbours = alarm(headcount=2), placed(alarm("county2.duty", unit="C2", headcount=8))

    page = signed_in("county1.duty").get("/map/")
    text = page.content.decode()

    drawn, listed = text.split('data-part="list"')
    assert drawn.count('class="map-sign"') == 2
    assert f"/incidents/{here.number}/" in drawn
    assert drawn.count("坐标系不同") == 2  # its name and its tooltip
    assert listed.count("坐标系不同，位置可能偏差数百米") == 1
    assert all(one.number in listed for one in (here, apart, nowhere))
    assert neighbours.number not in text
    assert "1 起事件没有位置" in listed


@pytest.mark.django_db
def test_the_list_beside_the_map_moves_by_keys_within_the_window(county, alarm, signed_in):
    alarm(headcount=2)

    page = signed_in("county1.duty").get("/map/").content.decode()

    tag = re.search(r'<section[^>]*data-part="list"[^>]*>', page)[0]
    assert 'tabindex="0"' in tag
    title = re.search(r'aria-labelledby="([^"]*)"', tag)[1]
    assert f'id="{title}"' in page
    css = (Path(configured.BASE_DIR) / "static/css/map.css").read_text()
    rule = re.search(r"@media screen and \(min-width: 900px\) .*", css)[0]
    assert "max-height" in rule
    assert "overflow-y: auto" in rule


def test_a_drill_is_on_a_map_of_its_own(county, alarm, signed_in):
    real, drill = placed(alarm(headcount=8)), placed(alarm(headcount=8))
    Incident.objects.filter(pk=drill.pk).update(drill=True)
    browser = signed_in("county1.duty")

    ordinary, of_drills = (browser.get(f"/map/{asked}").content.decode() for asked in ("", "?show=drill"))

    assert real.number in ordinary
    assert drill.number not in ordinary
    assert drill.number in of_drills
    assert real.number not in of_drills
    assert "bar-drill" in of_drills
    assert "bar-drill" not in ordinary


@pytest.mark.django_db
def test_incidents_too_near_to_tell_apart_are_one_sign_that_leads_closer(county, alarm, signed_in):
    for _ in range(3):
        placed(alarm(headcount=8))

    text = signed_in("county1.duty", "en").get("/map/").content.decode()

    assert text.count('class="map-sign"') == 1
    assert "and 2 more" in text
    assert "?at=30.550000,114.200000&amp;zoom=" in text


@pytest.mark.django_db
def test_who_recused_sees_nothing_of_it_on_the_map(county, alarm, signed_in, reach, now):
    made = placed(alarm(headcount=8))
    browser = signed_in("county1.duty")
    assert made.number in browser.get("/map/").content.decode()

    recuse_person(
        reach=reach("county1.duty"), thing=find_thing(reach("county1.duty"), made.number),
        person=reach("county1.duty").user, reason="本人亲属", now=now,
    )  # fmt: skip

    assert made.number not in browser.get("/map/").content.decode()


@pytest.mark.django_db
def test_the_outline_is_for_whoever_has_the_map_and_kept_by_their_browser(county, signed_in, client):
    (layer,) = layers()
    address = f"/map/outline/{layer.key}.svg"
    browser = signed_in("county1.duty")

    answer = browser.get(address)
    again = browser.get(address, headers={"If-None-Match": answer["ETag"]})

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "private, max-age=86400"
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get("/map/outline/0123456789abcdef.svg").status_code == 404
    assert client.get(address).status_code == 302
    assert signed_in("county1.squad.dialogue").get(address).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "code"), [("清河县司法局", ""), ("清河县", ""), ("清河", "C1")])
def test_a_name_of_the_map_that_is_a_unit_says_what_is_open_there(county, alarm, signed_in, name, code):
    path = county / "county.WGS84.geojson"
    path.write_text(JSON.replace("清河县", name).replace("420101", f'"{code}"'))
    alarm(headcount=8)

    text = signed_in("county1.duty").get("/map/").content.decode()

    assert re.search(rf">\s*{name} \+1\s*</text>", text)


@pytest.mark.django_db
def test_the_map_costs_the_same_however_much_is_on_it(county, alarm, signed_in):
    browser = signed_in("county1.duty")

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert browser.get("/map/").status_code == 200
        return len(found)

    placed(alarm(headcount=8))
    queries()
    before = queries()
    for _ in range(4):
        placed(alarm(headcount=8))

    assert queries() == before <= 24


@pytest.mark.django_db
def test_the_map_follows_what_happens(county, alarm, signed_in):
    placed(alarm(headcount=8))

    entries = assert_replay_shows(signed_in("county1.duty"), "/map/", lambda: alarm(headcount=30))

    assert entries
    assert Entry.objects.exists()


@pytest.mark.django_db
def test_the_page_of_an_incident_leads_to_its_place_for_whoever_has_the_map(county, alarm, signed_in):
    made = placed(alarm(headcount=8))
    link = 'href="/map/?at=30.550000,114.200000&amp;zoom=15"'

    assert link in signed_in("county1.duty").get(f"/incidents/{made.number}/").content.decode()
    Incident.objects.filter(pk=made.pk).update(drill=True)
    assert (
        f"{link[:-1]}&amp;show=drill"
        in signed_in("county1.duty").get(f"/incidents/{made.number}/").content.decode()
    )
    assert (
        "/map/?at="
        not in signed_in("county1.squad.dialogue").get(f"/incidents/{made.number}/").content.decode()
    )


# --- on the page of an incident ---------------------------------------------------------------------------------------


def where(browser, incident):
    return browser.get(f"/incidents/{incident.number}/", {"part": "where"}).content.decode()


@pytest.mark.django_db
def test_the_page_of_an_incident_shows_where_it_is(county, alarm, signed_in):
    other = placed(alarm(headcount=8), longitude="114.21")

    part = where(signed_in("county1.duty", "en"), placed(alarm(headcount=8)))

    assert part.count('class="map-sign"') == 1
    assert 'aria-label="The map around the incident"' in part
    assert "/map/outline/" in part
    assert other.number not in part
    assert "≠" not in part


@pytest.mark.django_db
def test_there_too_another_system_is_marked_and_said(county, alarm, signed_in):
    part = where(signed_in("county1.duty", "en"), placed(alarm(headcount=8), crs="GCJ02"))

    assert "≠" in part
    assert "the position may be off by several hundred metres" in part.partition("</svg>")[2]


@pytest.mark.django_db
def test_without_a_map_its_figures_are_all_there_is(folder, alarm, signed_in):
    """A picture of all units says nothing about one incident, and a reader cannot bring in a map."""
    part = where(signed_in("county1.duty", "en"), placed(alarm(headcount=8)))

    assert "30.550000, 114.200000" in part
    assert "<svg" not in part.partition('id="where-title"')[2].partition("</p>")[0]
    assert 'class="schematic"' not in part
    assert "No map" not in part


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/map/", "/wall/"])
def test_the_units_have_their_colours_wherever_they_are_drawn(address, folder, alarm, signed_in):
    """Without its rules the picture is a row of black boxes."""
    placed(alarm(headcount=8))

    page = signed_in("county1.duty").get(address).content.decode()

    sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"]*)"', page)
    assert any(
        ".schematic .tile {" in (Path(configured.BASE_DIR) / "static" / one).read_text() for one in sheets
    )


@pytest.mark.django_db
def test_without_a_position_it_can_be_given_one(county, alarm, signed_in):
    incident = alarm(headcount=8)

    part = where(signed_in("county1.duty", "en"), incident)

    assert '<svg class="map"' not in " ".join(part.split())
    assert "No position is known." in part
    assert f"/incidents/{incident.number}/position/" in part


@pytest.mark.django_db
def test_who_has_no_map_reads_the_figures_alone(county, alarm, signed_in):
    incident = placed(alarm("town11.clerk", headcount=8))

    part = where(signed_in("town11.clerk", "en"), incident)

    assert "30.55" in part
    assert "/map/" not in part
    assert "/position/" not in part


@pytest.mark.django_db
def test_the_part_follows_a_correction(county, alarm, signed_in, reach, now):
    incident, browser = placed(alarm(headcount=8)), signed_in("county1.duty", "en")
    before = where(browser, incident)

    correct_position(
        incident_id=incident.pk, reach=reach("county1.duty"), reason="现场核对", now=now,
        position=Position(Decimal("30.5"), Decimal("114.1"), None, "BD09"),
    )  # fmt: skip
    after = where(browser, incident)
    signs = browser.get("/map/", {"part": "list"}).content.decode()

    assert "(WGS84, ±12 m)" in before
    assert "(BD-09)" in after.partition("Before it was put right")[0]
    assert "(WGS84, ±12 m)" in after.partition("Before it was put right")[2]
    assert "(BD-09)" in signs


@pytest.mark.django_db
def test_the_piece_of_map_costs_the_page_nothing(county, alarm, signed_in, plan):
    """It is fetched by itself, after the page; what stands around it is not read for it."""
    incident, browser = placed(alarm(headcount=8)), signed_in("county1.duty", "en")
    where(browser, incident)

    page = browser.get(f"/incidents/{incident.number}/").content.decode()
    with CaptureQueriesContext(connection) as asked:
        where(browser, incident)

    assert 'class="map-sign"' not in page
    assert len(asked) <= 12
