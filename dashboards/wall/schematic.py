"""The units as a picture: one tile each, in the order of the tree. It needs no map and no internet."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from dashboards.boards.figures import Standing

#: Units of the drawing. It is as wide as its column and as high as its rows ask.
WIDTH, GAP = 400, 8
#: More tiles than that nobody reads from 8 m; the rest is one tile.
MOST = 40
#: Of the letters: their size, the room beside them, and how wide one is beside a Chinese character.
LETTERS, MARGIN, LATIN = 18, 18, 0.55


class NameLine(NamedTuple):
    """One line of a tile's name."""

    text: str
    y: int
    #: The room it has to be drawn in, where it would need more; None where it fits as it is.
    squeezed: int | None

    @property
    def place(self) -> str:
        """How far down it stands, in its own letters: a wall may draw them larger."""
        return f"{self.y / LETTERS:.2f}em"


class Tile(NamedTuple):
    x: int
    y: int
    width: int
    height: int
    name: str
    #: The highest level in force at or below the unit; "" for none.
    tone: str
    in_force: int
    proposed: int
    is_root: bool

    @property
    def open(self) -> int:
        return self.in_force + self.proposed

    @property
    def figure(self) -> str:
        """In force, and after a plus what is only proposed."""
        return " ".join(
            filter(None, (str(self.in_force or ""), f"+{self.proposed}" if self.proposed else ""))
        )

    # Where things stand within the tile.

    @property
    def inner_width(self) -> int:
        return self.width - 3

    @property
    def inner_height(self) -> int:
        return self.height - 3

    @property
    def lines(self) -> list[NameLine]:
        """The whole name: on one line, else on two that part at a word; never cut."""
        room = self.width - MARGIN
        texts = [self.name] if self.is_root or extent(self.name) <= room else in_two(self.name)
        first = 29 if self.is_root else (24 if len(texts) == 1 else 20)
        return [
            NameLine(text, first + place * (LETTERS + 1), room if extent(text) > room else None)
            for place, text in enumerate(texts)
        ]

    @property
    def count_x(self) -> int:
        return self.width - 10

    @property
    def count_y(self) -> int:
        return 30 if self.is_root else self.height - 9


class Schematic(NamedTuple):
    width: int
    height: int
    tiles: list[Tile]


def schematic(reach: Reach, standings: Mapping[str, Standing], highest: int = 110) -> Schematic:
    """The unit of the picture across the top, then those right below it, coloured by what stands at or below them.
    `highest`: of a tile, where there are few."""
    roots = list(Unit.objects.filter(path__in=reach.paths("wall.view")).order_by("path"))
    below = Unit.objects.filter(parent__in=roots, valid_to__isnull=True).order_by("path")
    units = list(below)
    shown, rest = (units, []) if len(units) <= MOST else (units[: MOST - 1], units[MOST - 1 :])
    many = len(shown) + bool(rest)
    columns = _columns(many)
    width, height = (WIDTH - GAP * (columns - 1)) // columns, _height(ceil(many / columns), highest)
    tiles = [
        _tile(str(root), [root.path], standings, (0, n * (44 + GAP), WIDTH, 44), is_root=True)
        for n, root in enumerate(roots)
    ]
    top = len(roots) * (44 + GAP)
    places = [(n % columns, n // columns) for n in range(many)]
    boxes = [(x * (width + GAP), top + y * (height + GAP), width, height) for x, y in places]
    tiles += [_tile(str(unit), [unit.path], standings, box) for unit, box in zip(shown, boxes, strict=False)]
    if rest:
        word = _("%(count)s more") % {"count": len(rest)}
        tiles.append(_tile(word, [unit.path for unit in rest], standings, boxes[-1]))
    return Schematic(WIDTH, max((tile.y + tile.height for tile in tiles), default=44), tiles)


def extent(text: str) -> float:
    """About how wide a text is drawn."""
    return LETTERS * in_letters(text)


def in_letters(text: str) -> float:
    """The same in letters. The server knows no font: a Chinese character is square, a letter half of it."""
    return sum(LATIN if character.isascii() else 1 for character in text)


def in_two(name: str) -> list[str]:
    """Parted between words where the wider half is narrowest; a name without words between characters."""
    places = [n for n, character in enumerate(name) if character == " "] or range(1, len(name))
    halves = [[name[:n].strip(), name[n:].strip()] for n in places]
    return min(halves, key=lambda two: max(map(extent, two)), default=[name])


def _columns(many: int) -> int:
    """Tiles stay wider than high: two columns for a county of a few, five for forty."""
    return max(1, min(5, ceil(many / 5))) if many > 4 else max(1, min(2, many))


def _height(rows: int, highest: int) -> int:
    """Few rows are higher, so that the picture fills its place on the wall."""
    return max(52, min(highest, 380 // max(rows, 1) - GAP))


def _tile(
    name: str,
    paths: Iterable[str],
    standings: Mapping[str, Standing],
    box: tuple[int, int, int, int],
    is_root=False,
) -> Tile:
    paths = tuple(paths)
    mine = [
        one for path, one in standings.items() if path in paths or (not is_root and path.startswith(paths))
    ]
    total = Standing(
        "", sum((one.in_force for one in mine), Counter()), sum((one.proposed for one in mine), Counter())
    )
    return Tile(*box, name, total.highest, total.in_force.total(), total.proposed.total(), is_root)
