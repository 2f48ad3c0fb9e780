"""Who has not answered, and who answers for them. Every question starts at what this person may see."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.choices import HeldAs
from accounts.choices import PostKind as P
from accounts.models import Appointment, Unit, User
from accounts.scope import Reach
from common.dates.local_time import day_of
from common.dates.periods import DAILY, Period, period_of
from zero_reports.counts.models import Tally
from zero_reports.counts.queries import Rounds, UnitRow, is_small, summary, top_units
from zero_reports.counts.tallies import Coverage, silent_units
from zero_reports.filing.models import ZeroReport
from zero_reports.filing.permissions import filing_post
from zero_reports.rounds.models import Silence
from zero_reports.rounds.rules import Counts

#: How many silent units a list names; the rest is reached through the units below.
NAMED = 100
#: How deep the tree of units is at most.
LEVELS = 6
#: Above so many units the list follows by the minute instead of with every filing.
LIVE_UP_TO = 2000

#: Who answers for a unit of each tier, in the order one would phone.
ANSWERING = {
    "village": (P.INFORMANT,),
    "township": (P.CLERK, P.OFFICE_HEAD),
    "county": (P.DUTY_OFFICER,),
    "city": (P.DUTY_OFFICER,),
    "province": (P.DUTY_OFFICER,),
}


class MissingUnit(NamedTuple):
    unit: Unit
    #: Who answers for it, for readers who may see people.
    person: User | None
    may_file: bool
    on_behalf: bool


class Missing(NamedTuple):
    """The silent units within a person's reach for one period."""

    period: Period
    due_at: datetime | None
    is_over: bool
    counts: Counts
    #: The person's own units, each followed by those right below it.
    lines: list[UnitRow]
    units: list[MissingUnit]
    #: How many more there are than `units` names.
    more: int

    @property
    def silent_lines(self) -> list[UnitRow]:
        """Those with somebody silent."""
        return [line for line in self.lines if line.counts.missing]

    @property
    def is_small(self) -> bool:
        """Few enough units that every filing may be shown the moment it comes."""
        return self.counts.expected <= LIVE_UP_TO


def missing_today(reach: Reach, now: datetime) -> Missing:
    """Who below this person's posts has not answered today."""
    return missing(reach, period_of(DAILY, day_of(now)), now)


def missing(reach: Reach, period: Period, now: datetime, *, unit: Unit | None = None) -> Missing:
    """Who has not answered for the period, below `unit` or below this person's own posts."""
    roots = [unit] if unit else top_units(reach)
    summaries = [summary(root, period) for root in roots]
    counts = Counts()
    for part in summaries:
        counts = counts.plus(part.counts)
    due = max((part.due_at for part in summaries if part.due_at), default=None)
    silent = _silent_units(roots, period)
    named = silent[:NAMED]
    return Missing(
        period=period,
        due_at=due,
        is_over=due is not None and now > due,
        counts=counts,
        lines=[
            line
            for part in summaries
            for line in (part.own, *part.children)
            if line.is_asked or line.has_below
        ],
        units=_with_people(reach, named, now),
        more=max(counts.missing - len(named), 0),
    )


def silent_around(unit: Unit, period: Period) -> list[Unit]:
    """The first silent units below `unit`, as many as a list names."""
    return _silent_units([unit], period)[:NAMED]


def _silent_units(roots: Iterable[Unit], period: Period) -> list[Unit]:
    """The first silent units in tree order, one more than a list names."""
    found: list[Unit] = []
    for root in roots:
        rounds = Rounds(period, root)
        where = Q(path__under=root.path)
        if rounds.are_counted() and not is_small(root):
            where &= _near_silence(root, period)
        for coverage in rounds.coverages():
            found += silent_in(coverage, period, where)[: NAMED + 1 - len(found)]
    return found


def _near_silence(root: Unit, period: Period) -> Q:
    """Units that can be silent by the tallies, so that a province is not searched village by village.

    Of the parents with somebody silent below, in tree order, each lowest one has a silent child; the others
    are above it, at most one per level. So many parents hold at least NAMED silent units.
    """
    parents = Tally.objects.of(period).filter(unit__path__under=root.path, expected__gt=F("received"))
    near = list(parents.order_by("unit__path").values_list("unit_id", flat=True)[: NAMED * LEVELS])
    return Q(parent__in=near) | Q(pk=root.pk)


def silent_in(coverage: Coverage, period: Period, where: Q) -> QuerySet[Unit]:
    """The silent units of a round among those of `where`, in tree order."""
    if not coverage.fixed:
        units = silent_units(coverage, period)
    else:
        answered = ZeroReport.objects.of(period).filter(unit=OuterRef("pk"), current=True, counted=True)
        was_silent = Silence.objects.of(period).filter(unit=OuterRef("pk"))
        units = Unit.objects.filter(Exists(was_silent), ~Exists(answered), path__under=coverage.path)
        for other in coverage.without:
            units = units.exclude(path__under=other)
    return units.filter(where).select_related("parent").order_by("path")


def _with_people(reach: Reach, units: list[Unit], now: datetime) -> list[MissingUnit]:
    phoned = {u.pk for u in units if reach.holds("people.view", u.path)}
    kinds = {kind for kinds in ANSWERING.values() for kind in kinds}
    holding = (
        Appointment.objects.current(now)
        .filter(post__unit__in=phoned, post__kind__in=kinds)
        .select_related("person", "post")
        .order_by("id")
    )
    order = (HeldAs.HOLDER, HeldAs.DEPUTY, HeldAs.DELEGATE)
    by_unit: dict[int, dict[str, User]] = defaultdict(dict)
    for appointment in sorted(holding, key=lambda held: order.index(held.held_as)):
        by_unit[appointment.post.unit_id].setdefault(appointment.post.kind, appointment.person)
    return [
        MissingUnit(
            unit,
            next((by_unit[unit.pk][k] for k in ANSWERING.get(unit.tier, ()) if k in by_unit[unit.pk]), None),
            reach.holds("report.file", unit.path),
            filing_post(reach, unit)[1],
        )
        for unit in units
    ]
