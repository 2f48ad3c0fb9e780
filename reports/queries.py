"""Who has answered, who said what, who is silent. Every question starts at what this person may see."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.choices import HeldAs
from accounts.choices import PostKind as P
from accounts.models import Appointment, Unit, User
from accounts.scope import Reach
from common.api import not_found
from common.paths import prefixes
from common.periods import DAILY, WEEKLY, Period, day_of, period_of
from incidents.choices import State
from incidents.models import Incident
from reports import rules
from reports.cadence import cadence_of, due_by_tier, nearest, stated
from reports.lock.queries import OPEN, Lock, lock_of
from reports.models import Round, Silence, Tally, ZeroReport
from reports.permissions import check_can_view, filing_post
from reports.rules import Counts
from reports.tallies import (
    Scope,
    count_below,
    folded_to,
    parent_of,
    scopes_of,
    silent_units,
    sum_above,
    unfolded,
)

#: So many incidents are offered at most; a unit with more has other worries than the form.
OFFERED = 20
#: How many silent units a list names; the rest is reached through the units below.
NAMED = 100
#: How deep the tree of units is at most.
LEVELS = 6
#: Above so many units the list follows by the minute instead of with every filing.
LIVE_UP_TO = 2000
#: Up to so many units are gone through one by one while the tallies are not to be believed.
COUNTED_ON_THE_SPOT = 5000

# --- one unit ------------------------------------------------------------------------------------------------


def get_unit(reach: Reach, code: str) -> Unit:
    """The unit of that code; of several that bore it, the open or the last one. NotFound outside the scope."""
    bearers = Unit.objects.filter(code=code).select_related("parent")
    unit = max(bearers, key=lambda u: (u.valid_to is None, u.valid_to or day_of(reach.now)), default=None)
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
        .filter(unit=unit, drill=False, recorded_at__gte=period.starts_at, recorded_at__lt=period.ends_at)
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

    def scopes(self) -> list[Scope]:
        return scopes_of(self.rounds) or [Scope(self.unit.path, self._due_by_plan())]

    def _due_by_plan(self) -> dict[str, datetime]:
        if self._built_in is None:
            cadence, _plan = cadence_of(self.unit, self.period.ends_at)
            self._built_in = due_by_tier(cadence, self.period)
        return self._built_in


class Line(NamedTuple):
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
    own: Line
    children: list[Line]
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


def _line(unit: Unit, rounds: Rounds, report: ZeroReport | None, silent: bool, below: Counts) -> Line:
    due = rounds.due_at(unit)
    own = _own_counts(unit, rounds.over(unit), due, report, silent)
    return Line(
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
    if not rounds.are_counted() and _is_small(unit):
        return count_below(rounds.scopes(), period, within=unit.path)
    for _attempt in range(3):
        number = folded_to()
        fresh = unfolded(after=number, period=period, under=unit.path)
        tallies = Tally.objects.of(period).filter(unit__parent=unit).select_related("unit")
        below = defaultdict(Counts, {tally.unit.path: tally.counts for tally in tallies})
        if number == folded_to():
            break
    if fresh.units_changed and _is_small(unit):
        return count_below(rounds.scopes(), period, within=unit.path)
    for path, counts in sum_above(fresh.changes).items():
        if parent_of(path) == unit.path:
            below[path] = below[path].plus(counts)
    return below


def _is_small(unit: Unit) -> bool:
    """Whether everything below may be counted on the spot. Above that, a unit opened this second waits for the fold."""
    return (
        Unit.objects.filter(path__under=unit.path)[: COUNTED_ON_THE_SPOT + 1].count() <= COUNTED_ON_THE_SPOT
    )


def units_to_file_for(reach: Reach, unit: Unit, period: Period) -> list[Line]:
    """The unit itself and those right below it that are asked for the period and that this person may file for."""
    found = summary(unit, period)
    return [
        line
        for line in (found.own, *found.children)
        if (line.is_asked or line.answer) and reach.holds("report.file", line.unit.path)
    ]


# --- who is silent -------------------------------------------------------------------------------------------

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
    """The silent units of a person's scope for one period."""

    period: Period
    due_at: datetime | None
    is_over: bool
    counts: Counts
    #: The person's own units, each followed by those right below it.
    lines: list[Line]
    units: list[MissingUnit]
    #: How many more there are than `units` names.
    more: int

    @property
    def silent_lines(self) -> list[Line]:
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
        if rounds.are_counted() and not _is_small(root):
            where &= _near_silence(root, period)
        for scope in rounds.scopes():
            found += silent_in(scope, period, where)[: NAMED + 1 - len(found)]
    return found


def _near_silence(root: Unit, period: Period) -> Q:
    """Units that can be silent by the tallies, so that a province is not searched village by village.

    Of the parents with somebody silent below, in tree order, each lowest one has a silent child; the others
    are above it, at most one per level. So many parents hold at least NAMED silent units.
    """
    parents = Tally.objects.of(period).filter(unit__path__under=root.path, expected__gt=F("received"))
    near = list(parents.order_by("unit__path").values_list("unit_id", flat=True)[: NAMED * LEVELS])
    return Q(parent__in=near) | Q(pk=root.pk)


def silent_in(scope: Scope, period: Period, where: Q) -> QuerySet[Unit]:
    """The silent units of a round among those of `where`, in tree order."""
    if not scope.fixed:
        units = silent_units(scope, period)
    else:
        answered = ZeroReport.objects.of(period).filter(unit=OuterRef("pk"), current=True, counted=True)
        was_silent = Silence.objects.of(period).filter(unit=OuterRef("pk"))
        units = Unit.objects.filter(Exists(was_silent), ~Exists(answered), path__under=scope.path)
        for other in scope.without:
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
