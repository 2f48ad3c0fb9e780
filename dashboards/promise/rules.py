"""The promise, measured: from entry to the first ear, stage by stage. Plain values in and out."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

#: Stage → from which moment to which. In the order in which they happen.
STAGES = (
    ("proposal", "entry_at", "proposed_at"),
    ("signature", "proposed_at", "signed_at"),
    ("push", "signed_at", "pushed_at"),
    ("ear", "pushed_at", "ear_at"),
)


class Chain(NamedTuple):
    """The moments of one signed warning. `ear_at` None: nobody has been heard of yet."""

    number: str
    entry_at: datetime
    proposed_at: datetime | None
    signed_at: datetime | None
    pushed_at: datetime | None
    ear_at: datetime | None


class Figures(NamedTuple):
    """Seconds. None where nothing was measured."""

    stage: str
    measured: int
    p50: float | None
    p95: float | None
    worst: float | None
    #: The warning with the worst figure.
    worst_number: str


class Promise(NamedTuple):
    stages: list[Figures]
    whole: Figures
    #: The stage with the longest median, "" if nothing was measured.
    slowest: str
    #: Warnings of the period nobody has been heard of.
    unheard: list[str]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed (nearest rank). `values` is sorted, not empty."""
    return values[max(math.ceil(share * len(values)), 1) - 1]


def measured(chains: Iterable[Chain]) -> Promise:
    """Percentiles of each stage and of the whole way. A stage without both moments is left out, never counted as 0."""
    rows = list(chains)
    stages = [_figures(name, rows, start, end) for name, start, end in STAGES]
    timed = [figures for figures in stages if figures.p50 is not None]
    slowest = max(timed, key=lambda figures: figures.p50 or 0.0).stage if timed else ""
    unheard = [chain.number for chain in rows if chain.ear_at is None]
    return Promise(stages, _figures("whole", rows, "entry_at", "ear_at"), slowest, unheard)


def _figures(name: str, chains: list[Chain], start: str, end: str) -> Figures:
    timed = sorted(
        (max((getattr(chain, end) - getattr(chain, start)).total_seconds(), 0.0), chain.number)
        for chain in chains
        if getattr(chain, start) is not None and getattr(chain, end) is not None
    )
    if not timed:
        return Figures(name, 0, None, None, None, "")
    values = [seconds for seconds, _number in timed]
    return Figures(
        name, len(timed), percentile(values, 0.5), percentile(values, 0.95), values[-1], timed[-1][1]
    )


class Bar(NamedTuple):
    """One bar of the picture, in its own units: the page draws it as it stands."""

    stage: str
    y: int
    p50: float
    p95: float
    worst: float


WIDTH, ROW = 600, 44


def bars(promise: Promise) -> list[Bar]:
    """Lengths for a picture of WIDTH units. The scale is logarithmic: seconds stand beside hours."""
    rows = [*promise.stages, promise.whole]
    longest = max((figures.worst or 0.0 for figures in rows), default=0.0)
    return [
        Bar(
            figures.stage,
            index * ROW,
            _length(figures.p50, longest),
            _length(figures.p95, longest),
            _length(figures.worst, longest),
        )
        for index, figures in enumerate(rows)
    ]


def _length(seconds: float | None, longest: float) -> float:
    if seconds is None or longest <= 0:
        return 0.0
    return round(WIDTH * math.log1p(seconds) / math.log1p(longest), 1)


def ticks(promise: Promise) -> list[tuple[float, float]]:
    """(position, seconds) of the marks under the picture: 1 s, 10 s, 1 min, 3 min, 10 min, 1 h, 1 d that fit."""
    longest = max((figures.worst or 0.0 for figures in [*promise.stages, promise.whole]), default=0.0)
    marks = (1, 10, 60, 180, 600, 3600, 86400)
    return [(_length(mark, longest), mark) for mark in marks if mark <= longest]


def last_days(now: datetime, days: int) -> tuple[datetime, datetime]:
    return now - timedelta(days=days), now
