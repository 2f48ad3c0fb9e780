"""Who is asked for which written report, read out of the plans. The one place of this room that reads a plan."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Unit
from common.dates.local_time import day_of
from common.dates.periods import Period, period_of
from plans.document.sections import ClockLine, clocks_of
from plans.document.writing import HANDED_IN, Cutoff, Written, cutoff_of
from plans.lifecycle.models import PlanVersion
from written_reports import rules
from zero_reports.rounds.cadence import exists_on


class Asking(NamedTuple):
    """One clock of a plan version that asks for a written report."""

    version: PlanVersion
    line: ClockLine
    cutoff: Cutoff

    @property
    def plan(self) -> str:
        return self.version.plan.plan_id

    @property
    def written(self) -> Written:
        return self.line.written or Written()

    @property
    def name(self) -> tuple[str, str]:
        return self.plan, self.line.id

    def period_at(self, now: datetime, ago: int = 0) -> Period:
        return period_of(self.line.recurrence, day_of(now)).shifted(-ago)

    def due_at(self, period: Period) -> datetime:
        return rules.due_at(period, self.cutoff)

    def holds(self, period: Period) -> bool:
        """Whether the version is in force at the cut-off of the period, on one of the days it holds for."""
        due, version = self.due_at(period), self.version
        day, until = day_of(due), version.in_force_to
        return (
            version.in_force_from is not None
            and version.in_force_from <= due
            and (until is None or until > due)
            and (version.valid_from is None or version.valid_from <= day)
            and (version.valid_to is None or day <= version.valid_to)
            and rules.is_within(day, self.line.window)
        )

    def units(self, due: datetime) -> Q:
        """Filter over units: those it asks, of those that exist on the day of the cut-off."""
        owner, asks = self.version.plan.owner_unit, self.line.asks
        condition = exists_on(day_of(due))
        if asks == "owner":
            condition &= Q(pk=owner.pk) if owner else Q(parent=None)
        elif asks == "below":
            condition &= Q(parent=owner) if owner else Q(parent__isnull=False, parent__parent=None)
        elif owner:
            condition &= Q(path__under=owner.path)
        if self.line.tiers:
            condition &= Q(tier__in=self.line.tiers)
        return condition

    def asks(self, unit: Unit, period: Period) -> bool:
        return Unit.objects.filter(self.units(self.due_at(period)), pk=unit.pk).exists()


def askings(now: datetime) -> list[Asking]:
    """Everything that plans in force now or before have asked for (one query; documents come from memory)."""
    versions = PlanVersion.objects.filter(in_force_from__isnull=False, in_force_from__lte=now)
    return [
        Asking(version, line, cutoff)
        for version in versions.select_related("plan__owner_unit").order_by("plan__plan_id", "pk")
        for line in clocks_of(version.document)
        if (cutoff := _cutoff_asked(line))
    ]


def is_asked(line: ClockLine) -> bool:
    """Whether a clock of a plan asks somebody for a written report."""
    return _cutoff_asked(line) is not None


def _cutoff_asked(line: ClockLine) -> Cutoff | None:
    if line.stop == HANDED_IN and (line.asks or line.tiers):
        return cutoff_of(line.cutoff, line.recurrence)
    return None


def asked(found: Iterable[Asking], unit: Unit, now: datetime, ago: int) -> list[tuple[Asking, Period]]:
    """Of these, what concerns the unit or what lies below it, each with its period `ago` periods before now."""
    some = []
    for asking in found:
        owner = asking.version.plan.owner_unit
        near = owner is None or owner.path.startswith(unit.path) or unit.path.startswith(owner.path)
        if near and asking.holds(period := asking.period_at(now, ago)):
            some.append((asking, period))
    return some
