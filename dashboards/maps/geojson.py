"""Boundaries as the operator's GeoJSON has them: checked, and drawn as one SVG without any library."""

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from dashboards.maps.projection import FARTHEST, Box, world

MOST_BYTES = 8 * 1024 * 1024
MOST_POINTS = 300_000
MOST_NAMES = 80
#: Steps of the drawing along its longer side: 3 m in a county of 60 km.
GRID = 20_000

#: Under which names of properties tools write what an area is called and its code.
_NAMES = ("name", "NAME", "Name", "名称")
_CODES = ("code", "adcode", "CODE")
#: The older member "crs", where a tool wrote one.
_SYSTEMS = {"CRS84": "WGS84", "4326": "WGS84", "4490": "CGCS2000"}


class Unreadable(Exception):
    """Why a file is not shown; its one argument is a sentence for the operator, translated when it is read."""


class Name(NamedTuple):
    """What an area is called, and where on the world that is written."""

    text: str
    code: str
    x: float
    y: float


class Outline(NamedTuple):
    box: Box
    svg: bytes
    names: list[Name]
    #: As the file itself says; "" where it does not.
    crs: str


def read_outline(path: Path) -> Outline:
    """Raises Unreadable."""
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(_("The file is larger than 8 MB: simplify the boundaries."))
    try:
        document = json.loads(path.read_bytes(), parse_constant=_refuse)
    except (ValueError, RecursionError, OSError) as error:
        raise Unreadable(_("The file is not JSON.")) from error
    features = list(_features(document))
    shapes = [(feature, list(_lines(feature.get("geometry"), 0))) for feature in features]
    lines = [line for _feature, its in shapes for line in its]
    if not lines:
        raise Unreadable(_("The file has no areas and no lines."))
    if sum(len(points) for points, _closed in lines) > MOST_POINTS:
        raise Unreadable(_("The file has more than 300,000 points: simplify the boundaries."))
    box = Box.around(point for points, _closed in lines for point in points)
    names = [name for feature, its in shapes if its and (name := _name(feature, its))]
    return Outline(box, _svg(lines, box), names[:MOST_NAMES], _system(document))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _features(document: Any) -> Iterator[dict]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        for one in document["features"]:
            if not isinstance(one, dict) or one.get("type") != "Feature":
                raise Unreadable(_("The file is not GeoJSON: a feature is missing its type."))
            yield one
    elif kind == "Feature":
        yield document
    elif kind in _DEPTHS or kind == "GeometryCollection":
        yield {"geometry": document}
    else:
        raise Unreadable(_("The file is not GeoJSON: it has no type that is known."))


#: How deep the lists of a geometry's lines lie; points are not drawn.
_DEPTHS = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2, "Point": None, "MultiPoint": None}  # fmt: skip


def _lines(geometry: Any, depth: int) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """Each line in world coordinates, and whether it is the edge of an area."""
    if geometry is None:
        return
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection" and depth < 3 and isinstance(geometry.get("geometries"), list):
        for one in geometry["geometries"]:
            yield from _lines(one, depth + 1)
        return
    if kind not in _DEPTHS:
        raise Unreadable(_("The file is not GeoJSON: a geometry has no type that is known."))
    levels = _DEPTHS[kind]
    if levels is None:
        return
    found = [geometry.get("coordinates")]
    for _level in range(levels):
        found = [one for some in found for one in _listed(some)]
    for line in found:
        if points := [_point(one) for one in _listed(line)]:
            yield points, "Polygon" in kind


def _listed(given: Any) -> list:
    if not isinstance(given, list):
        raise Unreadable(_("The file is not GeoJSON: coordinates are not lists of numbers."))
    return given


def _point(given: Any) -> tuple[float, float]:
    pair = _listed(given)[:2]
    if len(pair) < 2 or not all(
        type(one) in (int, float) and abs(one) < 1e12 and isfinite(one) for one in pair
    ):
        raise Unreadable(_("The file is not GeoJSON: coordinates are not lists of numbers."))
    longitude, latitude = pair
    if abs(longitude) > 180 or abs(latitude) > FARTHEST:
        raise Unreadable(
            _("Coordinates are not degrees of longitude and latitude: export the file in degrees.")
        )
    return world(longitude, latitude)


def _name(feature: dict, lines: list) -> Name | None:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return None
    said = _first(properties, _NAMES)
    largest = max((Box.around(points) for points, _closed in lines), key=_area)
    middle = ((largest.left + largest.right) / 2, (largest.top + largest.bottom) / 2)
    return Name(said[:40], _first(properties, _CODES)[:40], *middle) if said else None


def _first(properties: dict, names: tuple[str, ...]) -> str:
    return next(
        (str(properties[name]).strip() for name in names if type(properties.get(name)) in (str, int)), ""
    )


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _system(document: dict) -> str:
    said = str(document.get("crs") or "")[:300]
    return next((system for word, system in _SYSTEMS.items() if word in said), "")


def _svg(lines: list, box: Box) -> bytes:
    """In greys that are seen on light and dark; an image knows nothing of the page's theme."""
    step = max(box.right - box.left, box.bottom - box.top, 1e-9) / GRID
    wide = max(1, round((box.right - box.left) / step))
    high = max(1, round((box.bottom - box.top) / step))
    areas = "".join(_path(points, box, step) + "z" for points, closed in lines if closed)
    ways = "".join(_path(points, box, step) for points, closed in lines if not closed)
    look = 'stroke="#6f7f90" stroke-width="1.4" stroke-linejoin="round" vector-effect="non-scaling-stroke"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'preserveAspectRatio="none"><path d="{areas}" fill="#7f93a8" fill-opacity=".16" fill-rule="evenodd" {look}/>'
        f'<path d="{ways}" fill="none" {look}/></svg>'
    ).encode()


def _path(points: list[tuple[float, float]], box: Box, step: float) -> str:
    grid = [(round((x - box.left) / step), round((y - box.top) / step)) for x, y in points]
    said, last = [f"M{grid[0][0]} {grid[0][1]}l"], grid[0]
    for point in grid[1:]:
        if point != last:
            said.append(f"{point[0] - last[0]} {point[1] - last[1]} ")
            last = point
    return "".join(said) if len(said) > 1 else f"{said[0]}0 0"
