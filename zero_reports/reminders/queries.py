"""Who is silent for a step, and who is to hear of it. Every question is one query for many units."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from accounts.choices import HeldAs
from accounts.models import Appointment, Unit
from accounts.posts.duty import meant
from common.database.paths import prefixes
from common.dates.periods import Period
from notices.recipients import Recipient
from zero_reports.counts.silent import ANSWERING, silent_in
from zero_reports.counts.tallies import coverages_of
from zero_reports.filing.models import ZeroReport
from zero_reports.reminders.models import ReminderStep
from zero_reports.reminders.rules import NAMED
from zero_reports.rounds.models import Round

_CHUNK = 500
_ORDER = [HeldAs.HOLDER, HeldAs.DEPUTY, HeldAs.DELEGATE]


def silent_for(step: ReminderStep) -> QuerySet[Unit]:
    """The units of the step's tiers that have not answered, in tree order."""
    return _silent(step.round, Q(tier__in=step.tiers))


def _silent(over: Round, where: Q) -> QuerySet[Unit]:
    rounds = list(Round.objects.of(over.period).select_related("unit"))
    coverage = next(s for found, s in zip(rounds, coverages_of(rounds), strict=True) if found.pk == over.pk)
    return silent_in(coverage, over.period, where)


class Group(NamedTuple):
    """The silent units that one unit is told of."""

    many: int
    #: The first few, as (zh, en).
    names: list[tuple[str, str]]

    def plus(self, other: "Group") -> "Group":
        return Group(self.many + other.many, (self.names + other.names)[:NAMED])


def silent_by_parent(step: ReminderStep) -> dict[str, Group]:
    """Path of each unit with somebody silent right below → how many and who. Read row by row, kept in short."""
    found: dict[str, Group] = {}
    rows = silent_for(step).select_related(None).exclude(parent=None)
    for path, name, name_en in rows.values_list("parent__path", "name", "name_en").iterator(chunk_size=2000):
        before = found.get(path, Group(0, []))
        found[path] = before.plus(Group(1, [(name, name_en or name)]))
    return found


class Target(NamedTuple):
    unit: Unit
    people: list[Recipient]


def answering_for(units: Iterable[Unit], now: datetime) -> dict[int, list[Recipient]]:
    """Unit → who answers for its report now (one query, one more where posts go round)."""
    units = list(units)
    kinds = {kind for unit in units for kind in ANSWERING.get(unit.tier, ())}
    by_unit = _holding(Q(post__unit__in=[unit.pk for unit in units], post__kind__in=kinds), now)
    return {
        unit.pk: next(
            (by_unit[unit.pk][kind] for kind in ANSWERING.get(unit.tier, ()) if by_unit[unit.pk].get(kind)),
            [],
        )
        for unit in units
    }


def targets_above(
    post: str, tier: str, groups: dict[str, Group], now: datetime
) -> Iterator[tuple[Target, Group]]:
    """For a step that climbs: the nearest unit at or above with such a post, and who is silent below it."""
    paths = sorted({path for parent in groups for path in prefixes(parent)})
    seats: dict[str, Target] = {}
    for some in _chunks(paths):
        units = Unit.objects.filter(path__in=some)
        if tier:
            units = units.filter(tier=tier)
        near = list(units)
        by_unit = _holding(Q(post__unit__in=[unit.pk for unit in near], post__kind=post), now)
        seats |= {
            unit.path: Target(unit, by_unit[unit.pk][post]) for unit in near if by_unit[unit.pk].get(post)
        }
    told: dict[str, Group] = {}
    for parent in sorted(groups):
        above = next((path for path in reversed(prefixes(parent)) if path in seats), None)
        if above:
            told[above] = told.get(above, Group(0, [])).plus(groups[parent])
    for path, group in told.items():
        yield seats[path], group


def parents_with(groups: dict[str, Group], now: datetime) -> Iterator[tuple[Target, Group]]:
    """The units of these paths with whoever answers for them."""
    for some in _chunks(sorted(groups)):
        units = list(Unit.objects.filter(path__in=some))
        people = answering_for(units, now)
        for unit in units:
            yield Target(unit, people[unit.pk]), groups[unit.path]


def _holding(where: Q, now: datetime) -> dict[int, dict[str, list[Recipient]]]:
    """Unit → kind of post → whom to tell: the holder, else the standing deputy, else who acts by delegation."""
    rows = Appointment.objects.current(now).filter(where).select_related("person", "post").order_by("pk")
    first: dict[tuple[int, str], int] = {}
    found: dict[int, dict[str, list[Recipient]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(meant(rows, now), key=lambda row: _ORDER.index(HeldAs(row.held_as))):
        place = (row.post.unit_id, row.post.kind)
        rank = _ORDER.index(HeldAs(row.held_as))
        if first.setdefault(place, rank) == rank:
            recipient = Recipient(row.person, row.post.title, row.post.pk)
            found[row.post.unit_id][row.post.kind].append(recipient)
    return found


def _chunks(paths: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(paths), _CHUNK):
        yield paths[start : start + _CHUNK]


# --- still true at the moment of sending? --------------------------------------------------------------------


def answered(period: Period, unit_ids: Iterable[int]) -> set[int]:
    """Of these units those that have answered."""
    reports = ZeroReport.objects.of(period).current().filter(unit__in=list(unit_ids))
    return set(reports.values_list("unit_id", flat=True))


def with_silent_below(period: Period, unit_ids: Iterable[int], now: datetime) -> set[int]:
    """Of these units those with somebody silent at or below them whose cut-off is past.

    One look each, ended by the first one found: a sender's batch names a few units, with a province below them.
    """
    found: set[int] = set()
    units = list(Unit.objects.filter(pk__in=list(unit_ids)))
    for coverage in coverages_of(Round.objects.of(period).select_related("unit")):
        past = Q(tier__in=[tier for tier, at in coverage.due.items() if at < now])
        for unit in units:
            if unit.pk not in found and silent_in(coverage, period, past & Q(path__under=unit.path)).exists():
                found.add(unit.pk)
    return found
