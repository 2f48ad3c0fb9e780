"""Counts above the units: a projection of the journal, so that a summary costs its children and nothing more.

A filing writes its report and its journal entry, and no counter: 700,000 units in one hour would queue at
their province's row. The engine folds numbered entries into `Tally` rows, one writer at a time, each entry
once (`Folded.number`). A reader adds the few entries that are not folded yet, so the picture is never behind.

What moves the denominator (units, the opening and the cut-off of a round) is counted anew, in one snapshot,
minus the filings of that snapshot that are still to be folded: tally + unfolded = the count, at every moment.
See docs/adr/0041-tallies-are-folded-from-the-journal.md.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from accounts.models import Unit
from common.database.paths import WIDTH, prefixes
from common.dates.periods import Period, parse
from journal.models import Entry
from journal.numbering import head
from zero_reports.counts.models import Folded, Tally
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.cadence import asked, stated
from zero_reports.rounds.models import Round, Silence
from zero_reports.rounds.rules import ITEMS, NIL, Counts, change_of

log = logging.getLogger(__name__)

FILINGS = ("zero_report.received", "zero_report.corrected")
#: Kinds that may change who is expected.
UNITS = "unit."
#: Journal entries per fold: short enough that a fold never holds anything up.
BATCH = 2000
_CHUNK = 100
#: Up to so many parents whose units changed are followed one by one.
FOLLOWED = 200
FOLLOWED_KINDS = ("unit.created", "unit.closed")

# --- filings not yet counted ---------------------------------------------------------------------------------


class Change(NamedTuple):
    """What one filing changes in the counts above its unit."""

    period: Period
    unit_path: str
    counts: Counts


class Unfolded(NamedTuple):
    changes: list[Change]
    #: Units were opened or closed: the expected numbers are not to be believed until they are made again.
    units_changed: bool


def folded_to() -> int:
    return Folded.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def unfolded(*, after: int, period: Period, under: str = "") -> Unfolded:
    """The filings for `period` below `under` that the tallies do not hold yet (one query)."""
    fresh = Entry.objects.filter(Q(number__gt=after) | Q(number__isnull=True), _COUNTS)
    if under:
        fresh = fresh.filter(unit_path__under=under)
    rows = list(fresh.order_by("id").values_list("kind", "unit_path", "body"))
    changes = [change for change in _changes(rows) if change.period == period]
    return Unfolded(changes, any(kind.startswith(UNITS) for kind, _path, _body in rows))


_COUNTS = Q(kind__in=FILINGS) | Q(kind__startswith=UNITS)


def _changes(rows: Iterable[tuple[str, str, str]]) -> Iterator[Change]:
    for kind, unit_path, body in rows:
        if kind in FILINGS:
            try:
                change = _change(unit_path, json.loads(body)["content"])
            except (LookupError, TypeError, ValueError):
                # A recount makes it good; the counts of everybody else do not wait for it.
                log.exception("a filing below %s cannot be read and is passed over", unit_path)
                continue
            if change:
                yield change


def _change(unit_path: str, said: dict) -> Change | None:
    if not said["counted"]:
        return None
    counts = change_of(was=said["was"], answer=said["answer"], late=said["late"])
    return Change(parse(said["period"]), unit_path, counts)


def sum_above(changes: Iterable[Change]) -> dict[str, Counts]:
    """Path of each unit above → what the changes below it add up to."""
    total: dict[str, Counts] = defaultdict(Counts)
    for change in changes:
        for path in prefixes(change.unit_path)[:-1]:
            total[path] = total[path].plus(change.counts)
    return total


# --- fold ----------------------------------------------------------------------------------------------------


def fold(limit: int = BATCH) -> int:
    """Count the next `limit` journal entries. Returns how many were read; 0 = everything is counted.

    Safe to call from anywhere: one folder works at a time, and the number and the counts commit together.
    """
    if head() <= folded_to():
        return 0
    with one_folder() as folded:
        start, folded.number = folded.number, min(head(), folded.number + limit)
        entries = Entry.objects.filter(_COUNTS, number__gt=start, number__lte=folded.number)
        rows = list(entries.order_by("number").values_list("kind", "unit_path", "body"))
        _add(_changes(rows))
        _follow_units([(kind, path) for kind, path, _body in rows if kind.startswith(UNITS)], folded)
        folded.save(update_fields=["number"])
    return folded.number - start


@contextmanager
def one_folder() -> Iterator[Folded]:
    """A transaction in which nobody else changes tallies, and which sees one moment throughout.

    LOCK TABLE takes no snapshot, so the one of REPEATABLE READ begins after the wait. SQLite has one writer
    and one snapshot anyway. Filings never touch this table and never wait.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                if outermost:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("LOCK TABLE zero_reports_folded IN EXCLUSIVE MODE")
        yield Folded.objects.get_or_create(pk=1)[0]


def _add(changes: Iterable[Change]) -> None:
    by_period: dict[Period, list[Change]] = defaultdict(list)
    for change in changes:
        by_period[change.period].append(change)
    for period, some in by_period.items():
        totals = sum_above(some)
        ids = _unit_ids(totals)
        _upsert(period, {ids[path]: counts for path, counts in totals.items() if path in ids}, add=True)


def _unit_ids(paths: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _chunks(sorted(paths), 900):
        found.update(Unit.objects.filter(path__in=some).values_list("path", "pk"))
    return found


def _upsert(period: Period, counts: dict[int, Counts], *, add: bool) -> None:
    """Write tallies by unit: added to what is there, or in its place."""
    sums = ", ".join(
        f"{name} = {f'zero_reports_tally.{name} + ' if add else ''}excluded.{name}" for name in Counts._fields
    )
    with connection.cursor() as cursor:
        for some in _chunks(sorted(counts.items()), _CHUNK):
            values = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * len(some))
            cursor.execute(
                f"INSERT INTO zero_reports_tally (unit_id, cadence, day, {', '.join(Counts._fields)}) "  # noqa: S608
                f"VALUES {values} ON CONFLICT (unit_id, cadence, day) DO UPDATE SET {sums}",
                [x for pk, c in some for x in (pk, period.cadence, period.day.isoformat(), *c)],
            )


def _chunks(items: list, size: int) -> Iterator[list]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _follow_units(changed: list[tuple[str, str]], folded: Folded) -> None:
    """Make the counts of the siblings of these units anew, for rounds whose number does not stand yet.

    `changed`: kind of entry and path of unit. A few changes cost their siblings; a whole import, or a kind
    that is not known here, is left to `recount`, which counts everything once.
    """
    parents = {parent_of(path) for _kind, path in changed} - {""}
    if len(parents) > FOLLOWED or any(kind not in FOLLOWED_KINDS for kind, _path in changed):
        Round.objects.filter(fixed_at=None).update(recount_wanted=True)
        return
    if not parents:
        return
    for period in {found.period for found in Round.objects.filter(fixed_at=None)}:
        rounds = Round.objects.of(period).select_related("unit")
        live = [coverage for coverage in coverages_of(rounds) if not coverage.fixed]
        fresh = _direct_counts(live, period, parents, folded)
        total: dict[str, Counts] = defaultdict(Counts)
        for parent, change in fresh.items():
            for path in prefixes(parent):
                total[path] = total[path].plus(change)
        ids = _unit_ids(total)
        _upsert(period, {ids[path]: counts for path, counts in total.items()}, add=True)


def _direct_counts(
    coverages: list["Coverage"], period: Period, parents: set[str], folded: Folded
) -> dict[str, Counts]:
    """Parent → what its children's own counts are now, less what the tallies hold of them."""
    change: dict[str, Counts] = defaultdict(Counts)
    for coverage in coverages:
        for query in _live(coverage, period, Q(parent__path__in=parents)):
            for parent, *counts in query:
                change[parent] = change[parent].plus(Counts(*counts))
    for filing in unfolded(after=folded.number, period=period).changes:
        parent = parent_of(filing.unit_path)
        if parent in parents:
            change[parent] = change[parent].minus(filing.counts)
    tallies = Tally.objects.of(period).filter(Q(unit__path__in=parents) | Q(unit__parent__path__in=parents))
    for path, *counts in tallies.values_list("unit__path", *Counts._fields):
        if path in parents:
            change[path] = change[path].minus(Counts(*counts))
        if parent_of(path) in parents:
            change[parent_of(path)] = change[parent_of(path)].plus(Counts(*counts))
    return change


def parent_of(path: str) -> str:
    """The path of the unit above; "" at the root."""
    return path[: -WIDTH - 1]


# --- count anew ----------------------------------------------------------------------------------------------


class Coverage(NamedTuple):
    """The units one round asks: at and below `path`, of the tiers in `due`, without what other rounds ask."""

    path: str
    due: dict[str, datetime]
    fixed: bool = False
    without: tuple[str, ...] = ()


def coverages_of(rounds: Iterable[Round]) -> list[Coverage]:
    rounds = list(rounds)
    paths = [found.unit.path for found in rounds]
    return [
        Coverage(
            found.unit.path,
            stated(found),
            found.fixed_at is not None,
            tuple(p for p in paths if p != found.unit.path and p.startswith(found.unit.path)),
        )
        for found in rounds
    ]


def count_below(coverages: Iterable[Coverage], period: Period, *, within: str = "") -> dict[str, Counts]:
    """Count from the reports themselves: path of each unit → the counts of everything below it."""
    total: dict[str, Counts] = defaultdict(Counts)
    for coverage in coverages:
        for query in _counted(coverage, period, within or coverage.path):
            for parent_path, *counts in query:
                for path in prefixes(parent_path or ""):
                    total[path] = total[path].plus(Counts(*counts))
    return total


def _counted(coverage: Coverage, period: Period, within: str) -> Iterator[QuerySet]:
    if coverage.fixed:
        return _fixed(coverage, period, Q(unit__path__under=within))
    return _live(coverage, period, Q(path__under=within))


def asked_units(coverage: Coverage, period: Period) -> QuerySet[Unit]:
    """The units a round asks as things stand; `report` is the current report of each, if there is one."""
    units = Unit.objects.filter(asked(coverage.due), path__under=coverage.path)
    for other in coverage.without:
        units = units.exclude(path__under=other)
    current = Q(
        zero_reports__cadence=period.cadence, zero_reports__day=period.day, zero_reports__current=True
    )
    return units.annotate(report=FilteredRelation("zero_reports", condition=current))


def silent_units(coverage: Coverage, period: Period) -> QuerySet[Unit]:
    """Those of them without an answer."""
    return asked_units(coverage, period).filter(report=None)  # type: ignore[misc]


def _live(coverage: Coverage, period: Period, where: Q) -> Iterator[QuerySet]:
    """Before the counts are fixed: everybody who exists is expected."""
    yield (
        asked_units(coverage, period)
        .filter(where)
        .values("parent__path")
        .order_by()
        .annotate(
            expected=Count("pk"),
            received=Count("report__pk"),
            nil=Count("report__pk", filter=Q(report__answer=NIL)),
            with_items=Count("report__pk", filter=Q(report__answer=ITEMS)),
            late=Count("report__pk", filter=Q(report__first_received_at__gt=F("report__due_at"))),
        )
        .values_list("parent__path", *Counts._fields)
    )


def _fixed(coverage: Coverage, period: Period, where: Q) -> Iterator[QuerySet]:
    """Afterwards: those who had answered, and those whose silence was written down."""
    here = Q(unit__path__under=coverage.path) & where
    for other in coverage.without:
        here &= ~Q(unit__path__under=other)
    counted = ZeroReport.objects.of(period).filter(current=True, counted=True)
    yield (
        counted.filter(here)
        .values("unit__parent__path")
        .order_by()
        .annotate(
            expected=Count("pk"),
            received=Count("pk"),
            nil=Count("pk", filter=Q(answer=NIL)),
            with_items=Count("pk", filter=Q(answer=ITEMS)),
            late=Count("pk", filter=Q(first_received_at__gt=F("due_at"))),
        )
        .values_list("unit__parent__path", *Counts._fields)
    )
    yield (
        Silence.objects.of(period)
        .filter(here, ~Exists(counted.filter(unit=OuterRef("unit"))))
        .values("unit__parent__path")
        .order_by()
        .annotate(expected=Count("pk"))
        .values_list("unit__parent__path", "expected")
    )


def recount(period: Period) -> None:
    """Make the tallies of a period anew from its reports."""
    with one_folder() as folded:
        count_anew(period, folded)


def count_anew(period: Period, folded: Folded) -> None:
    rounds = list(Round.objects.of(period).select_related("unit"))
    total = count_below(coverages_of(rounds), period)
    for path, counts in sum_above(unfolded(after=folded.number, period=period).changes).items():
        total[path] = total[path].minus(counts)

    ids = _unit_ids(total)
    wanted = {ids[path]: counts for path, counts in total.items()}
    present = {tally.unit_id: tally.counts for tally in Tally.objects.of(period)}
    gone = {unit_id: Counts() for unit_id in present.keys() - wanted.keys()}
    changed = {pk: counts for pk, counts in wanted.items() if present.get(pk) != counts}

    _upsert(period, changed | gone, add=False)
    Round.objects.of(period).filter(recount_wanted=True).update(recount_wanted=False)
