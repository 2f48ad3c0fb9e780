"""What is drawn: boundaries, names with what is open there, and the open incidents that have a position."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, hypot
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.levels import SHAPES, look_of
from dashboards.boards.figures import TONES, Standing
from dashboards.maps.layers import ADDRESS, Layer
from dashboards.maps.projection import HEIGHT, WIDTH, Box, Frame, world
from dashboards.maps.systems import DIFFERENT, warning_between
from dashboards.maps.tiles import Tiles
from incidents.models import Incident

#: Incidents nearer to each other than that, in units of the drawing, are one sign with a figure.
CELL = 44


class Image(NamedTuple):
    href: str
    x: float
    y: float
    width: float
    height: float


class Sign(NamedTuple):
    """One incident, or several that are too near to be told apart at this zoom."""

    x: float
    y: float
    tone: str
    proposed: bool
    many: int
    label: str
    href: str
    #: Why it may not be where it is drawn; empty where the coordinate systems agree.
    warning: str
    #: Half the accuracy's circle on the drawing; 0 where it is not known or too small to be seen.
    radius: float

    @property
    def shape(self) -> SafeString:
        return mark_safe(SHAPES[self.tone])  # noqa: S308 a constant of ours


class Text(NamedTuple):
    x: float
    y: float
    text: str
    tone: str
    figure: str


class Picture(NamedTuple):
    frame: Frame
    images: list[Image]
    texts: list[Text]
    signs: list[Sign]
    #: Sentences about the map itself.
    notes: list[str]
    #: Who made the map, and its approval number.
    attribution: str
    width: int = WIDTH
    height: int = HEIGHT


def picture_of(
    *,
    shown: Sequence[Layer],
    incidents: Sequence[Incident],
    asked: Frame | None,
    standings: Mapping[str, Standing],
    paths_by_name: Mapping[str, str],
    cell: float = CELL,
    height: int = HEIGHT,
) -> Picture | None:
    """None where the operator has brought in no map: the units are shown as a picture instead."""
    if not shown:
        return None
    frame = asked or Frame.fitting(_extent(shown, incidents), height)
    system = shown[0].crs
    return Picture(
        frame,
        [image for layer in shown for image in _images(layer, frame)],
        list(_texts(shown, frame, standings, paths_by_name)),
        signs(incidents, frame, system, cell),
        _notes(shown),
        " · ".join(
            filter(None, (settings.MAP_ATTRIBUTION, *(one.tiles.attribution for one in shown if one.tiles)))
        ),
        height=frame.height,
    )


def picture_around(incident: Incident, shown: Sequence[Layer]) -> Picture | None:
    """The map with this one incident in its middle; None without a map or without a position."""
    if not shown or incident.latitude is None:
        return None
    middle = Frame(*world(float(incident.longitude), float(incident.latitude)), _AROUND)
    return picture_of(shown=shown, incidents=[incident], asked=middle, standings={}, paths_by_name={})


#: Some two kilometres across.
_AROUND = 15.0


def _extent(shown: Iterable[Layer], incidents: Iterable[Incident]) -> Box:
    """The boundaries; without any what the tiles cover, or the incidents where these cover the world."""
    boxes = [layer.content.box for layer in shown if layer.outline] or [layer.content.box for layer in shown]
    whole = Box(
        *(pick(side) for pick, side in zip((min, min, max, max), zip(*boxes, strict=True), strict=True))
    )
    points = [
        world(float(one.longitude), float(one.latitude)) for one in incidents if one.latitude is not None
    ]
    return Box.around(points) if points and whole.right - whole.left > _NO_PLACE else whole


#: A fiftieth of the way round: what covers more is no place to begin with.
_NO_PLACE = 0.02


def _images(layer: Layer, frame: Frame) -> Iterable[Image]:
    if layer.tiles:
        return _tiles(layer, layer.tiles, frame)
    box = layer.content.box
    x, y = frame.place(box.left, box.top)
    right, bottom = frame.place(box.right, box.bottom)
    href = reverse("map-outline", args=[layer.key])
    return [Image(href, x, y, max(round(right - x, 1), 0.1), max(round(bottom - y, 1), 0.1))]


def _tiles(layer: Layer, tiles: Tiles, frame: Frame) -> Iterator[Image]:
    """Those in sight, from the depth that is nearest; none where they would be too small to be worth it."""
    zoom = max(tiles.lowest, min(tiles.highest, round(frame.zoom)))
    if zoom - frame.zoom > 2:
        return
    many, box = 2**zoom, tiles.box
    half_x, half_y = WIDTH / 2 / frame.scale, frame.height / 2 / frame.scale
    left, right = max(frame.x - half_x, box.left), min(frame.x + half_x, box.right)
    top, bottom = max(frame.y - half_y, box.top), min(frame.y + half_y, box.bottom)
    # A hair larger, or the page shines through between two tiles.
    size = round(frame.scale / many + 0.2, 1)
    for y in range(int(top * many), min(ceil(bottom * many), many)):
        for x in range(int(left * many), min(ceil(right * many), many)):
            yield Image(_tile_address(layer, zoom, x, y), *frame.place(x / many, y / many), size, size)


def _tile_address(layer: Layer, zoom: int, x: int, y: int) -> str:
    if layer.kind == ADDRESS:
        said = settings.MAP_TILES_URL
        return said.replace("{z}", str(zoom)).replace("{x}", str(x)).replace("{y}", str(y))
    return reverse("map-tile", args=[layer.key, zoom, x, y])


def _texts(shown, frame, standings, paths_by_name):
    for layer in shown:
        for name in layer.outline.names if layer.outline else ():
            x, y = frame.place(name.x, name.y)
            if not (0 <= x <= WIDTH and 0 <= y <= frame.height):
                continue
            path = paths_by_name.get(name.code) or paths_by_name.get(name.text)
            below = [one for own, one in standings.items() if path and own.startswith(path)]
            yield Text(x, y, name.text, _highest(below), _figure(below))


def _highest(below: list[Standing]) -> str:
    return next((tone for tone in TONES if any(one.in_force[tone] for one in below)), "")


def _figure(below: list[Standing]) -> str:
    """In force, and after a plus what is only proposed, as on the picture of the units."""
    in_force = sum(one.in_force.total() for one in below)
    proposed = sum(one.proposed.total() for one in below)
    return " ".join(filter(None, (str(in_force or ""), f"+{proposed}" if proposed else "")))


def signs(incidents: Iterable[Incident], frame: Frame, system: str, cell: float = CELL) -> list[Sign]:
    """The most urgent of a group gives its place and colour; `incidents` come the most urgent first."""
    groups: list[list[tuple[Incident, float, float]]] = []
    for incident in incidents:
        if incident.latitude is None:
            continue
        x, y = frame.place(*world(float(incident.longitude), float(incident.latitude)))
        if not (-cell < x < WIDTH + cell and -cell < y < frame.height + cell):
            continue
        near = next((some for some in groups if hypot(some[0][1] - x, some[0][2] - y) < cell), None)
        if near is None:
            groups.append([(incident, x, y)])
        else:
            near.append((incident, x, y))
    # The most urgent last: what is drawn last lies on top.
    return [_sign(some, frame, system) for some in reversed(groups)]


def _sign(some: Sequence[tuple[Incident, float, float]], frame: Frame, system: str) -> Sign:
    incident, x, y = some[0]
    look = look_of(incident.shown_level, incident.plan.document)
    warnings = [warning_between(one.crs, system) for one, _x, _y in some]
    per_unit = frame.metres(1)
    radius = round((incident.accuracy_m or 0) / per_unit) if len(some) == 1 else 0
    return Sign(
        x,
        y,
        look.tone if look else "neutral",
        not incident.level,
        len(some),
        _label(some, look),
        _address(some, frame),
        next(filter(None, warnings), ""),
        min(radius, WIDTH) if radius > 12 else 0,
    )


def _label(some: Sequence[tuple[Incident, float, float]], look: Any) -> str:
    incident = some[0][0]
    word = look.word if look else _("No level")
    if not incident.level:
        word = _("%(level)s, proposed") % {"level": word}
    said = f"{incident.number} {incident.unit} {word}"
    if (more := len(some) - 1) == 0:
        return said
    return f"{said} " + ngettext("and %(more)s more", "and %(more)s more", more) % {"more": more}


def _address(some: Sequence[tuple[Incident, float, float]], frame: Frame) -> str:
    """Of one its page; of several the same place, closer."""
    incident, _x, _y = some[0]
    if len(some) == 1:
        return reverse("incident", args=[incident.number])
    closer = Frame(*world(float(incident.longitude), float(incident.latitude)), min(19.0, frame.zoom + 2))
    return f"?{closer.address}"


def _notes(shown: Sequence[Layer]) -> list[str]:
    first = shown[0].crs
    if not first:
        return [_("The map's coordinate system is not stated: its administrator can name it.")]
    return [str(DIFFERENT)] if any(warning_between(one.crs, first) for one in shown) else []
