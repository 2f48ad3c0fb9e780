"""Completeness and timeliness over time, by unit and by tier. Read from the tallies, so that a province costs its days."""

from datetime import date
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Sum

from accounts.choices import Tier
from accounts.models import Unit
from common.dates.periods import Period
from zero_reports.counts.models import Tally
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.models import Silence
from zero_reports.rounds.rules import ITEMS, NIL, Counts

#: So many units with others below them are added up tier by tier; above, the picture of a unit below shows it.
PARENTS_BY_TIER = 3000


class HistoryRow(NamedTuple):
    """One line of a picture: a name, and for each period the counts (None = nobody was asked)."""

    name: str
    code: str
    counts: list[Counts | None]


class History(NamedTuple):
    periods: list[Period]
    #: The unit with everything below it.
    whole: HistoryRow
    #: Each unit right below with everything below that one, in the order of the tree.
    units: list[HistoryRow]
    #: Tier by tier; empty where there are too many units to add up here.
    tiers: list[HistoryRow]

    @property
    def has_figures(self) -> bool:
        return any(self.whole.counts)


def history(unit: Unit, periods: list[Period]) -> History:
    """Six queries, whatever the size."""
    children = list(Unit.objects.filter(parent=unit).order_by("path"))
    around = [unit, *children]
    below = _tallies(around, periods)
    own = _own(around, periods)
    days = [period.day for period in periods]
    lines = [_line(str(one), one.code, one.pk, days, below, own) for one in around]
    shown = [line for line in lines[1:] if any(line.counts)]
    return History(periods, lines[0], shown, _tiers(unit, periods))


def counts_of(unit: Unit, periods: list[Period]) -> list[Counts | None]:
    """Of the unit with everything below it, one for each period (three queries)."""
    days = [period.day for period in periods]
    return _line(str(unit), unit.code, unit.pk, days, _tallies([unit], periods), _own([unit], periods)).counts


def _line(name: str, code: str, pk: int, days: list[date], below: dict, own: dict) -> HistoryRow:
    counts = [below.get((pk, day), Counts()).plus(own.get((pk, day), Counts())) for day in days]
    return HistoryRow(name, code, [some if some.expected else None for some in counts])


def _tallies(units: list[Unit], periods: list[Period]) -> dict[tuple[int, date], Counts]:
    rows = Tally.objects.filter(unit__in=units, **_within(periods))
    return {
        (unit_id, day): Counts(*some)
        for unit_id, day, *some in rows.values_list("unit_id", "day", *Counts._fields)
    }


def _own(units: list[Unit], periods: list[Period]) -> dict[tuple[int, date], Counts]:
    """What each unit itself answered, or that its silence was written down."""
    mine = ZeroReport.objects.filter(unit__in=units, current=True, counted=True, **_within(periods))
    found = {(r.unit_id, r.day): _one(r) for r in mine}
    silent = Silence.objects.filter(unit__in=units, **_within(periods)).values_list("unit_id", "day")
    return {**dict.fromkeys(silent, Counts(expected=1)), **found}


def _one(report: ZeroReport) -> Counts:
    return Counts(1, 1, int(report.answer == NIL), int(report.answer == ITEMS), int(report.is_late))


def _tiers(unit: Unit, periods: list[Period]) -> list[HistoryRow]:
    """The units' own counts, tier by tier.

    A tally holds everything below its unit. What stands right below the units of one tier is therefore their
    tallies less the tallies of those units themselves: one sum per tier and day is enough.
    """
    with_below = Unit.objects.filter(path__under=unit.path, children__isnull=False).distinct()
    if with_below[: PARENTS_BY_TIER + 1].count() > PARENTS_BY_TIER:
        return []
    rows = Tally.objects.filter(unit__path__under=unit.path, **_within(periods)).order_by()
    sums = rows.values_list("day", "unit__tier").annotate(*[Sum(name) for name in Counts._fields])
    held = {(day, tier): Counts(*some) for day, tier, *some in sums}
    own = {day: counts for (_pk, day), counts in _own([unit], periods).items()}
    order = list(Tier.values)[list(Tier.values).index(unit.tier) :]
    lines = [HistoryRow(str(Tier(unit.tier).label), unit.tier, [own.get(period.day) for period in periods])]
    for above, tier in pairwise(order):
        counts = [
            held.get((p.day, above), Counts()).minus(held.get((p.day, tier), Counts())) for p in periods
        ]
        lines.append(
            HistoryRow(str(Tier(tier).label), tier, [some if some.expected > 0 else None for some in counts])
        )
    return [line for line in lines if any(line.counts)]


def _within(periods: list[Period]) -> dict:
    return {"cadence": periods[0].cadence, "day__gte": periods[0].day, "day__lte": periods[-1].day}
