"""What lies in DATA_DIR/maps, for whoever put it there: each file, and why it is not on the map."""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards.maps.layers import MOST_FILES, Layer, layers, map_files, shown_layers
from incidents.choices import CoordinateSystem

_KINDS: dict[str, Any] = {
    "geojson": _("Boundaries (GeoJSON)"),
    "mbtiles": _("Base map (MBTiles)"),
    "pmtiles": _("Base map (PMTiles)"),
}


class Found(NamedTuple):
    file: str
    kind: str | Promise
    system: str | Promise
    #: Why it is not shown; empty where it is.
    fault: str | Promise


def found_files() -> list[Found]:
    """In the order of their names. A file beyond those that are read is named as well."""
    shown = {layer.key for layer in shown_layers()}
    read = [_found(layer, is_shown=layer.key in shown) for layer in layers()]
    names = {one.file for one in read}
    rest = [path.name for path in _files() if path.name not in names]
    return read + [
        Found(name, "", "", _("Only the first %(most)s files are read.") % {"most": MOST_FILES})
        for name in rest
    ]


def _files():
    try:
        return map_files()
    except OSError:
        return []


def _found(layer: Layer, *, is_shown: bool) -> Found:
    fault = layer.fault
    if not fault and not is_shown:
        fault = _("Another base map comes first: MAP_TILES_URL, or a file before this one by name.")
    system = "" if layer.fault else _system(layer.crs)
    return Found(layer.file, _KINDS.get(layer.kind, ""), system, fault)


def _system(crs: str) -> str | Promise:
    return CoordinateSystem(crs or CoordinateSystem.UNKNOWN).label
