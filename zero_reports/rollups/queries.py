"""What would go up, what went up, and what has changed since. The cost follows the children of the asked unit."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.dates.periods import Period
from zero_reports.counts.queries import Summary, UnitRow, summary
from zero_reports.filing.classes import class_label, in_order
from zero_reports.filing.models import ReportItem
from zero_reports.rollups import rules
from zero_reports.rollups.choices import RollUpState
from zero_reports.rollups.models import RollUp
from zero_reports.rollups.rules import BY_CHILD, COUNTED, OWN
from zero_reports.rounds.rules import Counts

#: An item that is an incident without a class of its own.
INCIDENT = "incident"


class Part(NamedTuple):
    """One line of a roll-up: a unit, its figures, and what they rest on."""

    unit: Unit
    counts: Counts
    classes: dict[str, int]
    #: A value of choices.Basis.
    basis: str
    #: The unit's own confirmed roll-up, whatever its state.
    roll_up: RollUp | None = None
    #: What is counted now; differs from `counts` where a report came after the unit had confirmed.
    now: Counts = Counts()

    @property
    def is_open(self) -> bool:
        """It has units below it and has not confirmed."""
        return self.basis == COUNTED

    @property
    def has_drifted(self) -> bool:
        return self.basis == BY_CHILD and self.counts != self.now


class Draft(NamedTuple):
    """What a unit would confirm now."""

    unit: Unit
    period: Period
    parts: list[Part]
    counts: Counts
    classes: dict[str, int]
    live: Summary

    @property
    def open_parts(self) -> list[Part]:
        return [part for part in self.parts if part.is_open]

    @property
    def drifted(self) -> list[Part]:
        return [part for part in self.parts if part.has_drifted]


def draft(unit: Unit, period: Period) -> Draft:
    """The unit's own answer and each unit right below it: what that one confirmed, else what is counted."""
    live = summary(unit, period)
    lines = ([live.own] if live.own.is_asked or live.own.answer else []) + live.children
    confirmed = {
        one.unit_id: one
        for one in RollUp.objects.of(period).current().filter(unit__in=[line.unit for line in live.children])
    }
    single = [line.unit for line in lines if line.unit.pk == unit.pk or not line.has_below]
    said = classes_of(single, period)
    parts = [_part(unit, line, confirmed.get(line.unit.pk), said, period) for line in lines]
    return Draft(
        unit,
        period,
        parts,
        rules.sum_counts(part.counts for part in parts),
        rules.sum_classes(part.classes for part in parts),
        live,
    )


def _part(
    unit: Unit, line: UnitRow, found: RollUp | None, said: dict[int, dict[str, int]], period: Period
) -> Part:
    if line.unit.pk == unit.pk or not line.has_below:
        return Part(line.unit, line.counts, said.get(line.unit.pk, {}), OWN, now=line.counts)
    if found and found.state == RollUpState.CONFIRMED:
        return Part(line.unit, found.counts, found.classes, BY_CHILD, found, line.counts)
    return Part(line.unit, line.counts, classes_below(line.unit, period), COUNTED, found, line.counts)


def classes_of(units: Iterable[Unit], period: Period) -> dict[int, dict[str, int]]:
    """Unit → class → how many matters its own current report counts (one query)."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = _items(period).filter(report__unit__in=list(units))
    for unit_id, name, many in rows.values_list("report__unit_id", "dispute_class").annotate(Sum("count")):
        found[unit_id][name or INCIDENT] = many
    return found


def classes_below(unit: Unit, period: Period) -> dict[str, int]:
    """Class → how many matters at and below the unit, counted from the reports themselves (one query)."""
    rows = _items(period).filter(report__unit__path__under=unit.path)
    return {name or INCIDENT: many for name, many in rows.values_list("dispute_class").annotate(Sum("count"))}


def _items(period: Period) -> QuerySet[ReportItem]:
    return ReportItem.objects.filter(
        report__cadence=period.cadence, report__day=period.day, report__current=True, report__counted=True
    ).order_by("dispute_class")


def class_words(classes: dict[str, int]) -> list[tuple[str, int]]:
    """Class in the reader's language and how many, in the order of the rules (一 3)."""
    counted = [(class_label(name), classes[name]) for name in in_order(classes.keys() - {INCIDENT})]
    if INCIDENT in classes:
        counted.append((_("Incidents"), classes[INCIDENT]))
    return counted


# --- what went up --------------------------------------------------------------------------------------------


def current(unit: Unit, period: Period) -> RollUp | None:
    """The unit's last word on the period, confirmed or returned."""
    return _whole(RollUp.objects.of(period).current().filter(unit=unit)).first()


def versions(unit: Unit, period: Period) -> list[RollUp]:
    """Every version, the last one first."""
    return list(_whole(RollUp.objects.of(period).filter(unit=unit)).order_by("-version"))


def _whole(rows: QuerySet[RollUp]) -> QuerySet[RollUp]:
    return rows.select_related("unit__parent", "confirmed_by", "returned_by")


def is_taken_up(unit: Unit, period: Period) -> bool:
    """Whether the level above has confirmed the period, and so builds on this unit's figures."""
    if unit.parent_id is None:
        return False
    return RollUp.objects.of(period).confirmed().filter(unit_id=unit.parent_id).exists()


def has_drifted(found: RollUp, now: Draft) -> bool:
    """Whether what was confirmed is no longer what would be confirmed."""
    return found.counts != now.counts or found.classes != now.classes


class Year(NamedTuple):
    """A year's volume of a unit: its confirmed roll-ups, oldest first."""

    unit: Unit
    year: int
    roll_ups: list[RollUp]
    counts: Counts
    classes: dict[str, int]


def year_of(reach: Reach, unit: Unit, year: int) -> Year:
    rows = RollUp.objects.visible_to(reach).confirmed().filter(unit=unit, year=year)
    found = list(_whole(rows).order_by("day", "cadence"))
    return Year(
        unit,
        year,
        found,
        rules.sum_counts(one.counts for one in found),
        rules.sum_classes(one.classes for one in found),
    )


def years_with_volumes(unit: Unit) -> list[int]:
    return sorted(
        set(RollUp.objects.confirmed().filter(unit=unit).order_by().values_list("year", flat=True)),
        reverse=True,
    )


def year_of_period(period: Period) -> int:
    """The year a period is bound in."""
    return period.filed_in[0]
