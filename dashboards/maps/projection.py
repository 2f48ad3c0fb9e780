"""Where a place is on the picture: Web Mercator, the projection of every tile file, so that all layers fit.

World coordinates run from 0 to 1, from west to east and from north to south.
"""

from collections.abc import Iterable, Mapping
from math import asinh, atan, cos, degrees, floor, isfinite, log2, pi, radians, sinh, tan
from typing import NamedTuple, Self

#: Units of the drawing, as many as pixels on a desk.
WIDTH, HEIGHT = 960, 640
TILE = 256
LOWEST, HIGHEST = 2.0, 19.0
#: Nothing is drawn nearer the poles.
FARTHEST = 85.0
#: A single place is shown with its surroundings, not as one point.
_NEAREST_FIT = 15.0


def world(longitude: float, latitude: float) -> tuple[float, float]:
    latitude = max(-FARTHEST, min(FARTHEST, latitude))
    return (longitude + 180) / 360, (1 - asinh(tan(radians(latitude))) / pi) / 2


def degrees_of(x: float, y: float) -> tuple[float, float]:
    """Longitude, latitude."""
    return x * 360 - 180, degrees(atan(sinh(pi * (1 - 2 * y))))


class Box(NamedTuple):
    """In world coordinates."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, points: Iterable[tuple[float, float]]) -> Self:
        xs, ys = zip(*points, strict=True)
        return cls(min(xs), min(ys), max(xs), max(ys))


class Frame(NamedTuple):
    """What of the world is shown."""

    x: float
    y: float
    zoom: float
    #: Of the drawing, where its place is not as wide as a desk's.
    height: int = HEIGHT

    @classmethod
    def fitting(cls, box: Box, height: int = HEIGHT) -> Self:
        wide, high = max(box.right - box.left, 1e-9), max(box.bottom - box.top, 1e-9)
        zoom = log2(min(WIDTH * 0.92 / wide, height * 0.92 / high) / TILE)
        zoom = max(LOWEST, min(_NEAREST_FIT, floor(zoom * 4) / 4))
        return cls((box.left + box.right) / 2, (box.top + box.bottom) / 2, zoom, height)

    @classmethod
    def asked(cls, given: Mapping[str, str]) -> Self | None:
        """From the address (`at=latitude,longitude&zoom=12`); None where nothing, or nothing to be read, is said."""
        try:
            latitude, longitude = (float(part) for part in given.get("at", "").split(","))
            zoom = float(given.get("zoom", ""))
        except ValueError:
            return None
        if not all(map(isfinite, (latitude, longitude, zoom))) or abs(longitude) > 180 or abs(latitude) > 90:
            return None
        return cls(*world(longitude, latitude), max(LOWEST, min(HIGHEST, zoom)))

    @property
    def scale(self) -> float:
        return TILE * 2**self.zoom

    def place(self, x: float, y: float) -> tuple[float, float]:
        """On the drawing; outside of it too."""
        return (
            round((x - self.x) * self.scale + WIDTH / 2, 1),
            round((y - self.y) * self.scale + self.height / 2, 1),
        )

    def moved(self, right: float = 0, down: float = 0, closer: float = 0) -> "Frame":
        """By parts of the picture, and by steps of zoom."""
        x = min(1.0, max(0.0, self.x + right * WIDTH / self.scale))
        y = min(1.0, max(0.0, self.y + down * self.height / self.scale))
        return Frame(x, y, max(LOWEST, min(HIGHEST, self.zoom + closer)), self.height)

    @property
    def address(self) -> str:
        longitude, latitude = degrees_of(self.x, self.y)
        return f"at={latitude:.6f},{longitude:.6f}&zoom={self.zoom:g}"

    def metres(self, units: float) -> float:
        """How long so many units of the drawing are at its middle."""
        latitude = degrees_of(self.x, self.y)[1]
        return units / self.scale * 40_075_017 * cos(radians(latitude))
