"""What the operator put into DATA_DIR/maps: each file with its kind, its coordinate system, or what is wrong with it.

`NAME[.SYSTEM].KIND`, where SYSTEM is WGS84, CGCS2000, GCJ02 or BD09. Files are read again when they change.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dashboards.maps.geojson import Outline, Unreadable, read_outline
from dashboards.maps.pmtiles import read_pmtiles
from dashboards.maps.projection import Box
from dashboards.maps.tiles import DEEPEST, Tiles, read_mbtiles
from incidents.choices import CoordinateSystem

MOST_FILES = 30
#: What the name of a file may state; one of which nobody knows it states nothing.
SYSTEMS = frozenset(CoordinateSystem.values) - {CoordinateSystem.UNKNOWN}
_FORM = re.compile(r"(?P<name>[\w-]{1,60})(\.(?P<crs>[A-Za-z0-9]+))?\.(?P<kind>[a-z]+)")

#: End of a file's name → what reads it.
READERS: dict[str, Callable[[Path], Any]] = {
    "geojson": read_outline,
    "mbtiles": read_mbtiles,
    "pmtiles": read_pmtiles,
}


class Layer(NamedTuple):
    #: Changes with the file; part of addresses, so that a browser may keep what it got.
    key: str
    file: str
    name: str
    kind: str
    #: "" where neither the file's name nor the file says.
    crs: str
    content: Any
    #: A sentence; empty where the file is in order.
    fault: Any

    @property
    def outline(self) -> Outline | None:
        return self.content if isinstance(self.content, Outline) else None

    @property
    def tiles(self) -> Tiles | None:
        return self.content if isinstance(self.content, Tiles) else None


def layers() -> list[Layer]:
    """The first files of the folder, by name; an empty list where there is no folder."""
    try:
        return [_layer(path, *_stamp(path)) for path in map_files()[:MOST_FILES]]
    except OSError:
        return []


def map_files() -> list[Path]:
    """All of them, by name, also those beyond what is read. Raises OSError where the folder is not to be read."""
    folder = Path(settings.DATA_DIR) / "maps"
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] not in ".~")


def shown_layers() -> list[Layer]:
    """What is drawn, from below: tiles of the configured address or of the first file that has any, then boundaries."""
    sound = [layer for layer in layers() if not layer.fault]
    ground = [layer for layer in (*_address(), *sound) if layer.tiles][:1]
    return ground + [layer for layer in sound if layer.outline]


#: The key of the configured address.
ADDRESS = "address"


def _address() -> list[Layer]:
    """Tiles that the reader's browser fetches itself from MAP_TILES_URL."""
    if not settings.MAP_TILES_URL:
        return []
    content = Tiles(Box(0, 0, 1, 1), 0, DEEPEST, lambda *tile: None, "")
    return [Layer(ADDRESS, "", ADDRESS, ADDRESS, settings.MAP_TILES_CRS, content, "")]


def layer_of(key: str) -> Layer | None:
    return next((layer for layer in shown_layers() if layer.key == key), None)


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=MOST_FILES * 2)
def _layer(path: Path, size: int, changed: int) -> Layer:
    key = sha256(f"{path.name} {size} {changed}".encode()).hexdigest()[:16]
    form = _FORM.fullmatch(path.name)
    kind = form["kind"] if form else ""
    if form is None or kind not in READERS:
        return Layer(
            key, path.name, path.name, kind, "", None, _("Nothing here reads files of this kind or name.")
        )
    crs = (form["crs"] or "").upper()
    if crs and crs not in SYSTEMS:
        fault = _("The name states a coordinate system that is not known.")
        return Layer(key, path.name, form["name"], kind, "", None, fault)
    try:
        content = READERS[kind](path)
    except Unreadable as error:
        return Layer(key, path.name, form["name"], kind, crs, None, error.args[0])
    except OSError:
        return Layer(
            key, path.name, form["name"], kind, crs, None, _("The file is not to be read by this account.")
        )
    return Layer(key, path.name, form["name"], kind, crs or getattr(content, "crs", ""), content, "")
