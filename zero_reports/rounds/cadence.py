"""Who is asked when, read out of the plans. The one place of this room that reads a plan."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import Q

from accounts.models import Unit
from clocks import durations
from clocks.working_days.calendar import Calendar
from common.dates.local_time import day_of
from common.dates.periods import DAILY, WEEKLY, Period
from plans.document.sections import ClockLine, clocks_of
from plans.lifecycle.models import PlanVersion
from zero_reports.rounds.models import Round
from zero_reports.rounds.rules import DEFAULT, DEFAULT_CUTOFF, END_OF_DAY, FRIDAY, Ask, Cadence, asking

CLOCK_STOP = "zero_report.received"
_CUTOFF = re.compile(r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?((?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def from_clocks(clocks: Iterable[ClockLine]) -> Cadence:
    """The cadence a plan's clocks state: those that a zero-report stops and that come back daily or weekly.

    A cut-off is written "17:30" or "24:00", in weekly clocks also "Thu 17:30" (without a day: Friday). Where
    the plan gives none, the built-in proposal stands.
    """
    return tuple(_ask(clock) for clock in clocks if is_asked(clock))


def is_asked(clock: ClockLine) -> bool:
    """Whether a clock of a plan asks units for zero-reports."""
    return clock.stop == CLOCK_STOP and clock.recurrence in (DAILY, WEEKLY) and bool(clock.tiers)


def _ask(clock: ClockLine) -> Ask:
    found = _CUTOFF.fullmatch(clock.cutoff)
    weekday, at = found.groups() if found else (None, None)
    return Ask(
        clock.recurrence,
        frozenset(clock.tiers),
        _time(at) if at else DEFAULT_CUTOFF,
        _WEEKDAYS.index(weekday) if weekday else FRIDAY,
        workdays_only=clock.ask_days == "workdays",
        windows=(_window(clock.window),) if clock.window else (),
        lock=clock.lock,
    )


def _time(text: str) -> time:
    return END_OF_DAY if text == "24:00" else time.fromisoformat(text)


def _window(days: tuple[str, str]) -> tuple[date, date]:
    first, last = days
    return date.fromisoformat(first), date.fromisoformat(last)


def cadence_of(unit: Unit, at: datetime) -> tuple[Cadence, str]:
    """The cadence in force for a unit and the plan it comes from: the nearest owner's, else the built-in one ("")."""
    fitting = [
        (len(owner.path) if owner else 0, version.pk, cadence, version.ref)
        for version, owner, cadence in _asking_versions(at)
        if owner is None or unit.path.startswith(owner.path)
    ]
    if not fitting:
        return DEFAULT, ""
    *_nearness, cadence, ref = max(fitting, key=lambda found: found[:2])
    return cadence, ref


def asking_units(at: datetime) -> list[Unit]:
    """The units whose plan asks what lies at and below them: owners of such a plan, and the roots of the trees."""
    roots = Unit.objects.filter(exists_on(day_of(at)), parent=None)
    owners = {owner.pk: owner for _version, owner, _cadence in _asking_versions(at) if owner}
    return sorted({**{unit.pk: unit for unit in roots}, **owners}.values(), key=lambda unit: unit.path)


def _asking_versions(at: datetime) -> list[tuple[PlanVersion, Unit | None, Cadence]]:
    """Plan versions in force that ask for zero-reports (one query; documents come from memory)."""
    still = Q(in_force_to__isnull=True) | Q(in_force_to__gt=at)
    versions = PlanVersion.objects.filter(still, in_force_from__lte=at).select_related("plan__owner_unit")
    read = [(v, v.plan.owner_unit, from_clocks(clocks_of(v.document))) for v in versions.order_by("pk")]
    return [found for found in read if found[2]]


def nearest(rounds: Iterable[Round]) -> Round | None:
    """Of the rounds above a unit the one that asks it."""
    return max(rounds, key=lambda found: len(found.unit.path), default=None)


def due_at(unit: Unit, period: Period, over: Round | None) -> datetime | None:
    """The cut-off for this unit and period; None = it is not asked. An open round's word stands."""
    if over is not None:
        return stated(over).get(unit.tier)
    cadence, _plan = cadence_of(unit, period.ends_at)
    return due_by_tier(cadence, period).get(unit.tier)


def stated(over: Round) -> dict[str, datetime]:
    """Tier → cut-off, as the round wrote it down when it opened."""
    return {tier: datetime.fromisoformat(at) for tier, at in over.due.items()}


def due_by_tier(cadence: Cadence, period: Period) -> dict[str, datetime]:
    """Every tier that is asked for the period, with its cut-off."""
    return {tier: ask.due_at(period) for tier, ask in asking(cadence, period, Calendar()).items()}


def locks_by_tier(cadence: Cadence, period: Period) -> dict[str, datetime]:
    """Tier → when the plan locks the period, for the tiers it gives a time for."""
    calendar = Calendar()
    return {
        tier: at
        for tier, ask in asking(cadence, period, calendar).items()
        if ask.lock and (at := durations.due_at(ask.due_at(period), ask.lock, calendar).at)
    }


def lock_at(unit: Unit, period: Period, over: Round | None) -> datetime | None:
    """When the plan locks this unit's period; None = only the level above does. An open round's word stands."""
    if over is not None:
        at = over.locks.get(unit.tier)
        return datetime.fromisoformat(at) if at else None
    cadence, _plan = cadence_of(unit, period.ends_at)
    return locks_by_tier(cadence, period).get(unit.tier)


def asked(due: dict[str, datetime]) -> Q:
    """Filter over units: those of an asked tier that exist on the day of their cut-off."""
    condition = Q(pk__in=[])
    for day, tiers in _tiers_by_day(due):
        condition |= Q(tier__in=tiers) & exists_on(day)
    return condition


def not_asked(due: dict[str, datetime], prefix: str) -> Q:
    """The opposite, over rows that have a unit at `prefix` ("unit__"). Spelt out: a NOT IN would compare all with all."""
    condition = ~Q(**{f"{prefix}tier__in": list(due)})
    for day, tiers in _tiers_by_day(due):
        absent = Q(**{f"{prefix}valid_from__gt": day}) | Q(**{f"{prefix}valid_to__lte": day})
        condition |= Q(**{f"{prefix}tier__in": tiers}) & absent
    return condition


def _tiers_by_day(due: dict[str, datetime]) -> list[tuple[date, list[str]]]:
    days = sorted({day_of(at) for at in due.values()})
    return [(day, [tier for tier, at in due.items() if day_of(at) == day]) for day in days]


def exists_on(day: date) -> Q:
    """Filter over units: those that exist on the day (`valid_to` is the first day they no longer do)."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return begun & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
