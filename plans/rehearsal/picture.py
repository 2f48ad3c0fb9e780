"""A replay as a picture: on the left the levels as they were, on the right as they would be, bands between. Pure.

Coordinates only; the template draws them. Sizes are in units of the picture's own grid, WIDTH × HEIGHT.
"""

from dataclasses import dataclass

from plans.engine.evaluation import Level
from plans.rehearsal.replay import Replay

WIDTH, HEIGHT = 640, 340
_TOP, _BAR, _LEFT, _GAP = 28, 14, 150, 12
#: One incident among ten thousand is still to be seen.
_THINNEST = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    level: Level | None
    count: int
    x: float
    y: float
    height: float
    #: Where its words begin or end.
    text_x: float
    text_y: float


@dataclass(frozen=True, slots=True)
class Band:
    """A stream of incidents from a level to a level; `path` is an SVG path."""

    before: Level | None
    after: Level | None
    count: int
    path: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Picture:
    left: list[Bar]
    right: list[Bar]
    bands: list[Band]
    width: int = WIDTH
    height: int = HEIGHT
    bar: int = _BAR


def picture_of(replay: Replay) -> Picture:
    """Lay out the bars by rank, highest on top, and the bands between them in the same order."""
    before_ids = _by_rank({pair[0] for pair in replay.flows}, replay.before)
    after_ids = _by_rank({pair[1] for pair in replay.flows}, replay.after)
    thick = _thickness(replay, max(len(before_ids), len(after_ids), 1))
    left = _bars(
        before_ids,
        replay.before,
        {one: [thick[p] for p in thick if p[0] == one] for one in before_ids},
        replay,
        0,
    )
    right = _bars(
        after_ids,
        replay.after,
        {one: [thick[p] for p in thick if p[1] == one] for one in after_ids},
        replay,
        1,
    )
    return Picture(
        list(left.values()), list(right.values()), _bands(replay, before_ids, after_ids, left, right, thick)
    )


def _by_rank(ids: set[str], levels: dict[str, Level]) -> list[str]:
    return sorted(ids, key=lambda one: (levels[one].rank if one in levels else 1_000_000, one))


def _thickness(replay: Replay, bars: int) -> dict[tuple[str, str], float]:
    room = HEIGHT - _TOP - _GAP * bars - _THINNEST * len(replay.flows)
    return {pair: _THINNEST + room * count / max(replay.total, 1) for pair, count in replay.flows.items()}


def _bars(
    ids: list[str], levels: dict[str, Level], parts: dict[str, list[float]], replay: Replay, side: int
) -> dict[str, Bar]:
    bars, y = {}, float(_TOP)
    x = _LEFT if side == 0 else WIDTH - _LEFT - _BAR
    for one in ids:
        height = round(sum(parts[one]), 1)
        count = sum(number for pair, number in replay.flows.items() if pair[side] == one)
        text_x = x - 8 if side == 0 else x + _BAR + 8
        bars[one] = Bar(levels.get(one), count, x, round(y, 1), height, text_x, round(y + height / 2 + 4, 1))
        y += height + _GAP
    return bars


def _bands(replay: Replay, before_ids: list[str], after_ids: list[str], left: dict[str, Bar], right: dict[str, Bar],
           thick: dict[tuple[str, str], float]) -> list[Band]:  # fmt: skip
    bands = []
    used = {("l", one): left[one].y for one in left} | {("r", one): right[one].y for one in right}
    for before in before_ids:
        for after in after_ids:
            if not (count := replay.flows.get((before, after), 0)):
                continue
            size, y0, y1 = thick[before, after], used["l", before], used["r", after]
            used["l", before] += size
            used["r", after] += size
            path = _path(_LEFT + _BAR, y0, WIDTH - _LEFT - _BAR, y1, size)
            bands.append(
                Band(replay.before.get(before), replay.after.get(after), count, path, before != after)
            )
    return sorted(bands, key=lambda band: band.is_changed)


def _path(x0: float, y0: float, x1: float, y1: float, size: float) -> str:
    middle = (x0 + x1) / 2
    return (
        f"M{x0:g} {y0:.1f}C{middle:g} {y0:.1f} {middle:g} {y1:.1f} {x1:g} {y1:.1f}"
        f"V{y1 + size:.1f}C{middle:g} {y1 + size:.1f} {middle:g} {y0 + size:.1f} {x0:g} {y0 + size:.1f}Z"
    )
