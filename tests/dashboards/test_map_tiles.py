"""Tiles of the operator's own file or of a configured address; a wrong or hostile file costs little and breaks nothing."""

import gzip
import sqlite3
import struct
import subprocess
import sys
import time

import pytest
from django.utils.translation import override

from dashboards.maps.layers import layers, shown_layers
from dashboards.maps.pmtiles import tile_number
from dashboards.maps.tiles import MOST_BYTES, tile_of
from tests.dashboards.test_map import JSON, folder

__all__ = ["folder"]

PNG = b"\x89PNG\r\n\x1a\n" + b"tile"
WORDS = {"format": "png", "minzoom": "8", "maxzoom": "14", "bounds": "114,30.4,114.5,30.8",
         "attribution": "<a href='x'>清河县测绘</a>"}  # fmt: skip


def mbtiles(
    path, tiles=(), table="CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)", **words
):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE metadata (name text, value text)")
    database.executemany("INSERT INTO metadata VALUES (?, ?)", {**WORDS, **words}.items())
    database.execute(table)
    for tile in tiles:
        database.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", tile)
    database.commit()
    database.close()


def varints(*numbers):
    raw = b""
    for number in numbers:
        while number > 127:
            raw += bytes([number & 127 | 128])
            number >>= 7
        raw += bytes([number])
    return raw


def pmtiles(path, tiles, *, kind=2, directory=None):
    """`tiles`: {(zoom, x, y): bytes}, in a leaf below the root."""
    rows = sorted((tile_number(*place), content) for place, content in tiles.items())
    numbers, data = [number for number, _content in rows], b"".join(content for _number, content in rows)
    steps = [number - before for number, before in zip(numbers, [0, *numbers], strict=False)]
    sizes = [len(content) for _number, content in rows]
    leaf = gzip.compress(varints(len(rows), *steps, *[1] * len(rows), *sizes, 1, *[0] * (len(rows) - 1)))
    root = directory if directory is not None else gzip.compress(varints(1, 0, 0, len(leaf), 1))
    places = (127, len(root), 0, 0, 127 + len(root), len(leaf), 127 + len(root) + len(leaf), len(data))
    head = b"PMTiles\x03" + struct.pack("<8Q", *places) + bytes(24) + bytes([1, 2, 1, kind, 0, 14])
    bounds = struct.pack("<4i", 1140000000, 304000000, 1145000000, 308000000)
    path.write_bytes((head + bounds).ljust(127, b"\0") + root + leaf + data)


def test_a_tile_of_mbtiles_is_counted_from_the_south(folder):
    mbtiles(folder / "streets.CGCS2000.mbtiles", [(8, 209, 2**8 - 1 - 105, PNG)])

    (layer,) = layers()

    assert (layer.fault, layer.crs, layer.tiles.lowest, layer.tiles.highest) == ("", "CGCS2000", 8, 14)
    assert layer.tiles.attribution == "清河县测绘"
    assert tile_of(layer.tiles, 8, 209, 105) == (PNG, "image/png")
    for absent in [(8, 209, 104), (7, 0, 0), (15, 0, 0), (8, 256, 0), (8, 0, 2**70)]:
        assert tile_of(layer.tiles, *absent) is None


def test_a_tile_of_pmtiles_is_found_through_its_directories(folder):
    pmtiles(
        folder / "streets.pmtiles",
        {(3, 6, 3): PNG, (8, 209, 105): PNG + b"2", (14, 13380, 6700): b"\xff\xd8\xff3"},
    )

    (layer,) = layers()

    assert layer.fault == ""
    assert tile_of(layer.tiles, 3, 6, 3) == (PNG, "image/png")
    assert tile_of(layer.tiles, 8, 209, 105) == (PNG + b"2", "image/png")
    assert tile_of(layer.tiles, 14, 13380, 6700) == (b"\xff\xd8\xff3", "image/jpeg")
    assert tile_of(layer.tiles, 8, 209, 106) is None


def test_tiles_are_numbered_along_the_curve():
    # From the specification's own table.
    assert [
        tile_number(*one) for one in [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0), (2, 0, 0)]
    ] == list(range(6))
    assert tile_number(12, 3423, 1763) == 19078479


@pytest.mark.parametrize("kind", ["mbtiles", "pmtiles"])
@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0" + b"\xff" * 4000, b"PMTiles\x03" + b"\xff" * 400, b"x" * 999]
)
def test_a_damaged_file_is_a_sentence(folder, kind, content):
    (folder / f"x.{kind}").write_bytes(content)

    with override("zh-hans"):
        (layer,) = layers()
        assert str(layer.fault).startswith(("文件", "瓦片"))
    assert shown_layers() == []


def test_vector_tiles_and_directories_that_swell_are_refused(folder):
    mbtiles(folder / "a.mbtiles", format="pbf")
    pmtiles(folder / "b.pmtiles", {(0, 0, 0): PNG}, kind=1)
    pmtiles(folder / "c.pmtiles", {(0, 0, 0): PNG}, directory=gzip.compress(bytes(64 * 1024 * 1024)))
    mbtiles(folder / "d.mbtiles", bounds="nan,1,2,3")
    mbtiles(folder / "e.mbtiles", maxzoom="900")

    with override("zh-hans"):
        assert [str(layer.fault)[:6] for layer in layers()] == [
            "瓦片是矢量：",
            "瓦片是矢量：",
            "文件已损坏，",
            "文件没有写明",
            "文件没有写明",
        ]


def test_a_huge_tile_and_one_that_is_no_image_are_not_there(folder):
    mbtiles(
        folder / "x.mbtiles",
        [(8, 0, 255, PNG + bytes(MOST_BYTES)), (8, 1, 255, b"<svg/>"), (8, 2, 255, "text")],
    )

    (layer,) = layers()

    assert [tile_of(layer.tiles, 8, x, 0) for x in range(3)] == [None, None, None]


def test_a_view_that_never_ends_is_given_up(folder):
    endless = (
        "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT 8 AS zoom_level, i AS tile_column, 0 AS tile_row, 'x' AS tile_data FROM n WHERE i < 0"
    )
    mbtiles(folder / "x.mbtiles", table=endless)
    (layer,) = layers()

    begun = time.monotonic()
    assert tile_of(layer.tiles, 8, 1, 1) is None
    assert time.monotonic() - begun < 5


@pytest.mark.django_db
def test_a_tile_is_for_whoever_has_the_map_and_kept_by_their_browser(folder, signed_in, client):
    (folder / "county.CGCS2000.geojson").write_text(JSON)
    mbtiles(folder / "streets.CGCS2000.mbtiles", [(11, 1673, 2**11 - 1 - 841, PNG)])
    key = shown_layers()[0].key
    browser = signed_in("county1.duty")

    page = browser.get("/map/").content.decode()
    answer = browser.get(f"/map/tiles/{key}/11/1673/841")
    again = browser.get(f"/map/tiles/{key}/11/1673/841", headers={"If-None-Match": answer["ETag"]})

    assert f'href="/map/tiles/{key}/11/1673/841"' in page
    assert page.index("/map/tiles/") < page.index("/map/outline/")
    assert "清河县测绘" in page
    assert (answer.content, answer["Content-Type"], answer["Cache-Control"]) == (
        PNG,
        "image/png",
        "private, max-age=86400",
    )
    assert again.status_code == 304
    for absent in (f"{key}/11/1673/840", f"{key}/99/0/0", "0123/11/1673/841", f"{key}/10/{'9' * 30}/0"):
        assert browser.get(f"/map/tiles/{absent}").status_code == 404
    assert client.get(f"/map/tiles/{key}/11/1673/841").status_code == 302
    assert signed_in("county1.squad.dialogue").get(f"/map/tiles/{key}/11/1673/841").status_code == 403


@pytest.mark.django_db
def test_a_configured_address_is_asked_by_the_browser(folder, signed_in, settings):
    (folder / "county.CGCS2000.geojson").write_text(JSON)
    settings.MAP_TILES_URL = "https://tiles.example.gov/{z}/{x}/{y}.png"
    settings.MAP_TILES_CRS = "GCJ02"
    settings.MAP_ATTRIBUTION = "审图号：GS(2026)1号"

    text = signed_in("county1.duty").get("/map/").content.decode()

    assert 'href="https://tiles.example.gov/11/1673/841.png"' in text
    assert "坐标系不同" in text  # its boundaries are of another system
    assert "审图号：GS(2026)1号" in text


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://tiles.example.gov:8443/t/{z}/{x}/{y}.png?tk=1", "https://tiles.example.gov:8443"),
        ("https://tiles.example.gov/{z}/{x}.png", None),
        ("ftp://tiles.example.gov/{z}/{x}/{y}", None),
        ("https://*/{z}/{x}/{y}", None),
        ("https://a.example; script-src *//{z}/{x}/{y}", None),
        ("", ""),
    ],
)
def test_only_the_configured_host_is_let_through(address, allowed, tmp_path, settings):
    code = "from config import settings; print(*settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"
    given = {"MAP_TILES_URL": address, "DATA_DIR": str(tmp_path), "PATH": ""}

    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=given,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    if allowed is None:
        assert (ran.returncode, "MAP_TILES_URL=" in ran.stderr) == (1, True)
    else:
        assert ran.stdout.split() == ["'self'", "data:", *([allowed] if allowed else [])]
