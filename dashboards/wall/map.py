"""The map on a wall: what the operator brought in, with open incidents on it in signs that are read from afar."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from accounts.scope import Reach
from dashboards.boards.figures import standings
from dashboards.maps import layers, queries
from dashboards.maps.picture import Picture, Sign, Text, picture_of
from dashboards.maps.projection import WIDTH, Box
from dashboards.wall.schematic import in_letters

#: As high as wide: its column on a wall is.
HEIGHT = WIDTH
#: Signs are drawn three to five times as large as on a desk, and stand for all that is as near as that.
CELL = 170
#: Of a letter on it where a wall's are large, and on a desk: names are kept as far apart as that asks.
LETTERS, DESK = 52, 15


class WallMap(NamedTuple):
    picture: Picture
    #: Open ones that are not on it: without a position, or beyond its edge.
    elsewhere: int
    #: Why some may not be where they are drawn: the sentences, each once.
    warnings: list[str]


def wall_map(reach: Reach, now: datetime) -> WallMap | None:
    """The whole area: nobody moves it there. None without a map. Incidents of drills are on the wall's list alone."""
    shown = layers.shown_layers()
    if not shown:
        return None
    on_map = queries.open_on_map(reach, now, drill=False)
    picture = picture_of(
        shown=shown,
        incidents=on_map.incidents,
        asked=None,
        standings=standings(reach),
        paths_by_name=queries.paths_by_name(reach, shown),
        cell=CELL,
        height=HEIGHT,
    )
    assert picture
    picture = picture._replace(texts=list(_apart(picture.texts, picture.signs)))
    drawn = sum(sign.many for sign in picture.signs)
    warnings = sorted({sign.warning for sign in picture.signs if sign.warning})
    return WallMap(picture, len(on_map.incidents) + on_map.rest - drawn, warnings)


def _apart(names: Sequence[Text], signs: Sequence[Sign]) -> Iterator[Text]:
    """Names that can be read: each moved up or down to where neither a sign nor another name lies, those with something
    in force first; else without its figure; else left out. The lists beside the map have every unit."""
    taken = [_around_sign(sign) for sign in signs]
    for name in sorted(names, key=lambda one: not one.tone):
        place = next((one for one in _places(name) if _is_free(_around_name(one), taken)), None)
        if place is not None:
            taken.append(_around_name(place))
            yield place


def _places(name: Text) -> Iterator[Text]:
    for shown in (name, name._replace(figure="")):
        for lines in (0, -1.25, 1.25, -2.5, 2.5):
            yield shown._replace(y=name.y + lines * LETTERS)


def _is_free(box: Box, taken: Sequence[Box]) -> bool:
    return box.top >= 0 and box.bottom <= HEIGHT and not any(_overlap(box, one) for one in taken)


def _around_name(name: Text) -> Box:
    half = in_letters(f"{name.text} {name.figure}".strip()) * LETTERS / 2
    return Box(name.x - half, name.y - 0.9 * LETTERS, name.x + half, name.y + 0.25 * LETTERS)


def _around_sign(sign: Sign) -> Box:
    """As `map/_sign.html` draws it: a ring, what stands left of it, and the figure right of it."""
    left = 27 if sign.warning else 15
    right = 17 + 9 * len(str(sign.many)) if sign.many > 1 else 15
    grows = LETTERS / DESK
    return Box(sign.x - left * grows, sign.y - 15 * grows, sign.x + right * grows, sign.y + 15 * grows)


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )
