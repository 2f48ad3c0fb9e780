"""Who has answered, who said what, who is silent. Every question starts at what this person may see."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, Value

from accounts.models import Unit
from accounts.scope import Reach
from common.api.doors import not_found
from common.database.composed import Composed
from common.database.paths import prefixes
from common.dates.local_time import day_of
from common.dates.periods import DAILY, WEEKLY, Period, period_of
from common.text.codes import unit_code
from incidents.choices import State
from incidents.models import Incident
from zero_reports.counts.models import Tally
from zero_reports.counts.tallies import (
    Coverage,
    count_below,
    coverages_of,
    folded_to,
    parent_of,
    sum_above,
    unfolded,
)
from zero_reports.filing.models import ZeroReport
from zero_reports.filing.permissions import check_can_view, filing_post
from zero_reports.lock.queries import OPEN, Lock, lock_of
from zero_reports.rounds import rules
from zero_reports.rounds.cadence import cadence_of, due_by_tier, nearest, stated
from zero_reports.rounds.models import Round, Silence
from zero_reports.rounds.rules import Counts

#: So many incidents are offered at most; a unit with more has other worries than the form.
OFFERED = 20
#: Up to so many units are gone through one by one while the tallies are not to be believed.
COUNTED_ON_THE_SPOT = 5000

# --- one unit ------------------------------------------------------------------------------------------------


_BEARERS = Composed(lambda code: Unit.objects.filter(code=Value(code)).select_related("parent"))


def get_unit(reach: Reach, code: str) -> Unit:
    """The unit of that code; of several that bore it, the open or the last one. NotFound outside the reach."""
    unit = max(
        _BEARERS(unit_code(code)),
        key=lambda u: (u.valid_to is None, u.valid_to or day_of(reach.now)),
        default=None,
    )
    if unit is None:
        raise not_found()
    check_can_view(reach, unit)
    return unit


def own_units(reach: Reach) -> list[Unit]:
    """The units this person files for in the first place: those of the posts that file."""
    filing = {post.unit_id for post in reach.posts if reach.holds("report.file", post.unit_path)}
    return list(Unit.objects.filter(pk__in=filing).order_by("path"))


def top_units(reach: Reach) -> list[Unit]:
    """The outermost units whose reports this person reads."""
    return list(Unit.objects.filter(path__in=reach.paths("report.view")).order_by("path"))


class Asked(NamedTuple):
    """What a unit is asked now, and what it has said."""

    unit: Unit
    period: Period
    due_at: datetime
    is_over: bool
    report: ZeroReport | None
    on_behalf: bool
    #: What the unit has recorded in the period and not yet reported.
    incidents: list[Incident]
    lock: Lock = OPEN


def asked_now(reach: Reach, unit: Unit, now: datetime) -> list[Asked]:
    """Everything the unit is asked at `now`: today, this week. Empty = this unit is not asked."""
    found = []
    for cadence in (DAILY, WEEKLY):
        period = period_of(cadence, day_of(now))
        rounds = Rounds(period, unit)
        due = rounds.due_at(unit)
        if due is not None and _exists(unit, due):
            asked = asked_for(reach, unit, period, due, now)
            found.append(asked._replace(lock=lock_of(unit, period, due, rounds.over(unit), now)))
    return found


def asked_for(reach: Reach, unit: Unit, period: Period, due: datetime, now: datetime) -> Asked:
    _post, on_behalf = filing_post(reach, unit)
    report = current_report(unit, period)
    incidents = [] if report else incidents_to_offer(reach, unit, period)
    return Asked(unit, period, due, now > due, report, on_behalf, incidents)


def current_report(unit: Unit, period: Period) -> ZeroReport | None:
    return ZeroReport.objects.of(period).current().filter(unit=unit).first()


def versions(unit: Unit, period: Period) -> list[ZeroReport]:
    """Everything the unit said for the period, the last word first."""
    reports = ZeroReport.objects.of(period).filter(unit=unit)
    return list(
        reports.select_related("unit", "filed_by", "exception__granted_by", "link__issued_by")
        .prefetch_related("items__incident")
        .order_by("-version")
    )


def incidents_to_offer(reach: Reach, unit: Unit, period: Period) -> list[Incident]:
    """What the unit has recorded in the period: it is offered, so that nobody writes the same thing twice."""
    return list(
        Incident.objects.visible_to(reach)
        .real()
        .filter(unit=unit, recorded_at__gte=period.starts_at, recorded_at__lt=period.ends_at)
        .exclude(state__in=[State.RETRACTED, State.MERGED])
        .order_by("recorded_at", "pk")[:OFFERED]
    )


# --- counts --------------------------------------------------------------------------------------------------


class Rounds:
    """The rounds of one period around one unit, read once."""

    def __init__(self, period: Period, unit: Unit):
        self.period = period
        self.unit = unit
        near = Q(unit__path__in=prefixes(unit.path)) | Q(unit__path__under=unit.path)
        self.rounds = list(Round.objects.of(period).filter(near).select_related("unit"))
        self._built_in: dict[str, datetime] | None = None

    def over(self, unit: Unit) -> Round | None:
        return nearest(found for found in self.rounds if unit.path.startswith(found.unit.path))

    def due_at(self, unit: Unit) -> datetime | None:
        over = self.over(unit)
        return (stated(over) if over else self._due_by_plan()).get(unit.tier)

    def last_due_at(self) -> datetime | None:
        """The latest cut-off anywhere around the unit."""
        dues = [found.due_at for found in self.rounds if found.due] or list(self._due_by_plan().values())
        return max(dues, default=None)

    def are_counted(self) -> bool:
        """Whether the tallies at the unit can be believed: a round is open and no unit came or went since."""
        return bool(self.rounds) and not any(found.recount_wanted for found in self.rounds)

    def coverages(self) -> list[Coverage]:
        return coverages_of(self.rounds) or [Coverage(self.unit.path, self._due_by_plan())]

    def _due_by_plan(self) -> dict[str, datetime]:
        if self._built_in is None:
            cadence, _plan = cadence_of(self.unit, self.period.ends_at)
            self._built_in = due_by_tier(cadence, self.period)
        return self._built_in


class UnitRow(NamedTuple):
    """A unit with the counts of itself and everything below it."""

    unit: Unit
    counts: Counts
    #: What the unit itself said: "", "nil" or "items".
    answer: str
    late: bool
    due_at: datetime | None
    #: The unit itself is asked for this period.
    is_asked: bool
    #: Something below it is asked.
    has_below: bool

    def state(self, now: datetime) -> str:
        return rules.cell(
            answer=self.answer, late=self.late, asked=self.is_asked, due_at=self.due_at, now=now
        )


class Summary(NamedTuple):
    unit: Unit
    period: Period
    counts: Counts
    own: UnitRow
    children: list[UnitRow]
    #: The latest cut-off of the period here; None = nothing is asked.
    due_at: datetime | None


def summary(unit: Unit, period: Period) -> Summary:
    """The counts of a unit and of each unit right below it. The cost follows the children, not what is below them."""
    rounds = Rounds(period, unit)
    children = list(Unit.objects.filter(parent=unit).order_by("path"))
    below = _below(unit, period, rounds)
    around = [unit, *children]
    reports = {r.unit_id: r for r in ZeroReport.objects.of(period).current().filter(unit__in=around)}
    silent = set(Silence.objects.of(period).filter(unit__in=around).values_list("unit_id", flat=True))

    own = _line(unit, rounds, reports.get(unit.pk), unit.pk in silent, Counts())
    lines = [
        _line(child, rounds, reports.get(child.pk), child.pk in silent, below.get(child.path, Counts()))
        for child in children
    ]
    lines = [line for line in lines if line.counts.expected or line.answer]
    total = own.counts
    for line in lines:
        total = total.plus(line.counts)
    return Summary(unit, period, total, own, lines, rounds.last_due_at())


def _line(unit: Unit, rounds: Rounds, report: ZeroReport | None, silent: bool, below: Counts) -> UnitRow:
    due = rounds.due_at(unit)
    own = _own_counts(unit, rounds.over(unit), due, report, silent)
    return UnitRow(
        unit=unit,
        counts=own.plus(below),
        answer=report.answer if report else "",
        late=bool(report and report.is_late),
        due_at=due,
        is_asked=bool(own.expected),
        has_below=bool(below.expected),
    )


def _own_counts(
    unit: Unit, over: Round | None, due: datetime | None, report: ZeroReport | None, silent: bool
) -> Counts:
    """What the unit itself adds. Once the counts are fixed, the answers and silences written down decide."""
    if over and over.fixed_at:
        expected = bool(report and report.counted) or silent
    else:
        expected = due is not None and _exists(unit, due)
    if not expected:
        return Counts()
    if report is None or not report.counted:
        return Counts(expected=1)
    said = rules.change_of(was="", answer=report.answer, late=report.is_late)
    return said._replace(expected=1)


def _exists(unit: Unit, due: datetime) -> bool:
    return not rules.why_not_open(unit.valid_from, unit.valid_to, day_of(due))


def _below(unit: Unit, period: Period, rounds: Rounds) -> dict[str, Counts]:
    """Path of each unit right below → the counts of everything below that one."""
    if not rounds.are_counted() and is_small(unit):
        return count_below(rounds.coverages(), period, within=unit.path)
    for _attempt in range(3):
        number = folded_to()
        fresh = unfolded(after=number, period=period, under=unit.path)
        tallies = Tally.objects.of(period).filter(unit__parent=unit).select_related("unit")
        below = defaultdict(Counts, {tally.unit.path: tally.counts for tally in tallies})
        if number == folded_to():
            break
    if fresh.units_changed and is_small(unit):
        return count_below(rounds.coverages(), period, within=unit.path)
    for path, counts in sum_above(fresh.changes).items():
        if parent_of(path) == unit.path:
            below[path] = below[path].plus(counts)
    return below


def is_small(unit: Unit) -> bool:
    """Whether everything below may be counted on the spot. Above that, a unit opened this second waits for the fold."""
    return (
        Unit.objects.filter(path__under=unit.path)[: COUNTED_ON_THE_SPOT + 1].count() <= COUNTED_ON_THE_SPOT
    )


def units_to_file_for(reach: Reach, unit: Unit, period: Period) -> list[UnitRow]:
    """The unit itself and those right below it that are asked for the period and that this person may file for."""
    found = summary(unit, period)
    return [
        line
        for line in (found.own, *found.children)
        if (line.is_asked or line.answer) and reach.holds("report.file", line.unit.path)
    ]
