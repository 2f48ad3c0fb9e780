"""Tiles out of the operator's own file. A file may be wrong or hostile: what it costs is bounded, and a tile that cannot
be read is a tile that is not there.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from math import isfinite
from pathlib import Path
from time import monotonic
from typing import NamedTuple
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from dashboards.maps.geojson import Unreadable
from dashboards.maps.projection import Box, world

#: A tile of 256 or 512 points is some 20 to 200 KB.
MOST_BYTES = 1024 * 1024
DEEPEST = 22
#: Seconds that the file may take for a tile; behind a name there may be a view that never ends.
PATIENCE = 0.5

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"RIFF", "image/webp"),
)
#: What a file calls tiles that are lines and areas, not images.
_VECTOR = ("pbf", "mvt")


class Tiles(NamedTuple):
    """How deep the tiles go, where they are, and what reads one: fn(zoom, x, y) → its bytes or None."""

    box: Box
    lowest: int
    highest: int
    read: Callable[[int, int, int], bytes | None]
    #: Who has to be named below the map.
    attribution: str


class Tile(NamedTuple):
    content: bytes
    kind: str


def tile_of(tiles: Tiles, zoom: int, x: int, y: int) -> Tile | None:
    """None where there is none, or none that a browser shows."""
    if not (tiles.lowest <= zoom <= tiles.highest and 0 <= x < 2**zoom and 0 <= y < 2**zoom):
        return None
    content = tiles.read(zoom, x, y)
    if not content or len(content) > MOST_BYTES:
        return None
    kind = next((kind for begin, kind in _KINDS if content.startswith(begin)), None)
    return Tile(content, kind) if kind else None


def checked(lowest: object, highest: object, bounds: object, attribution: object, read: Callable) -> Tiles:
    """Raises Unreadable."""
    try:
        deep = int(str(lowest)), int(str(highest))
        west, south, east, north = (float(str(one)) for one in bounds)  # type: ignore[attr-defined]
    except (ValueError, TypeError) as error:
        raise Unreadable(_("The file does not say how deep its tiles go and what they cover.")) from error
    is_box = (
        all(map(isfinite, (west, south, east, north)))
        and -180 <= west < east <= 180
        and -90 <= south < north <= 90
    )
    if not (0 <= deep[0] <= deep[1] <= DEEPEST) or not is_box:
        raise Unreadable(_("The file does not say how deep its tiles go and what they cover."))
    return Tiles(Box(*world(west, north), *world(east, south)), *deep, read, _plain(str(attribution or "")))


def _plain(text: str) -> str:
    """Attributions are often links; the words are enough."""
    words, depth = [], 0
    for letter in text[:500]:
        depth += (letter == "<") - (letter == ">")
        if depth == 0 and letter != ">":
            words.append(letter)
    return "".join(words).strip()[:200]


# --- MBTiles: a SQLite database ----------------------------------------------------------------------------


def read_mbtiles(path: Path) -> Tiles:
    """Raises Unreadable."""
    try:
        with closing(_opened(path)) as database:
            said = dict(database.execute("SELECT name, value FROM metadata LIMIT 200").fetchall())
            if str(said.get("format", "")) in _VECTOR:
                raise Unreadable(VECTOR)
            depths = [said.get("minzoom"), said.get("maxzoom")]
            if None in depths:
                depths = list(
                    database.execute("SELECT MIN(zoom_level), MAX(zoom_level) FROM tiles").fetchone()
                )
    except (sqlite3.Error, OverflowError) as error:
        raise Unreadable(_("The file is damaged or is no MBTiles.")) from error
    bounds = str(said.get("bounds") or "-180,-85,180,85").split(",")
    return checked(*depths, bounds, said.get("attribution"), lambda *tile: _tile(path, *tile))


VECTOR = _("The tiles are vectors: bring in a file with images (PNG, JPEG or WebP).")


def _tile(path: Path, zoom: int, x: int, y: int) -> bytes | None:
    try:
        with closing(_opened(path)) as database:
            row = database.execute(
                # Counted from the south; what is too large is not even read.
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? "
                "AND length(tile_data) <= ? LIMIT 1",
                (zoom, x, 2**zoom - 1 - y, MOST_BYTES),
            ).fetchone()
    except (sqlite3.Error, OverflowError):
        return None
    return row[0] if row and isinstance(row[0], bytes) else None


def _opened(path: Path) -> sqlite3.Connection:
    """Read-only, and without the locks and side files of a database that somebody writes."""
    database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    database.execute("PRAGMA trusted_schema = OFF")
    end = monotonic() + PATIENCE
    database.set_progress_handler(lambda: monotonic() > end, 10_000)
    return database
