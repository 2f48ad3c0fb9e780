"""What is asked, what was written, what a new draft can be filled with. Every question starts at what is seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import get_language

from accounts.exclusions.queries import accused_pks
from accounts.models import Unit
from accounts.scope import Reach
from cases.matters.models import Matter
from common.dates.periods import Period, parse
from common.errors import not_found
from written_reports import rules
from written_reports.asked.asking import Asking, asked, askings
from written_reports.choices import LineKind, SlotState
from written_reports.models import WrittenReport, WrittenVersion
from zero_reports.counts.queries import get_unit


class Slot(NamedTuple):
    """What one plan asks of one unit for one period, and what there is of it."""

    unit: Unit
    period: Period
    plan: str
    clock: str
    #: None: no plan asks for it any more, the report is there all the same.
    asking: Asking | None
    due_at: datetime
    report: WrittenReport | None = None

    @property
    def title(self) -> str:
        if self.report is not None:
            return self.report.title
        assert self.asking is not None
        return self.asking.line.words.in_language(get_language())

    @property
    def parts(self) -> tuple[str, ...]:
        if self.report is not None:
            return tuple(self.report.parts)
        assert self.asking is not None
        return self.asking.written.parts

    @property
    def line_kind(self) -> str:
        if self.report is not None:
            return self.report.line_kind
        assert self.asking is not None
        return self.asking.written.lines

    @property
    def rev(self) -> int:
        return self.report.rev if self.report else 0

    def state(self, now: datetime) -> SlotState:
        if self.report is not None:
            return self.report.state(now)
        return rules.state_of(
            is_begun=False, handed_in_at=None, received_at=None, due_at=self.due_at, now=now
        )


class Asked(NamedTuple):
    """One kind of written report for one period: what each unit that is asked has done."""

    title: str
    period: Period
    due_at: datetime
    slots: list[Slot]

    @property
    def handed_in(self) -> int:
        return sum(1 for slot in self.slots if slot.report and slot.report.version)

    @property
    def missing(self) -> int:
        return len(self.slots) - self.handed_in


def asked_below(reach: Reach, unit: Unit, now: datetime, ago: int = 0) -> list[Asked]:
    """Everything asked of the unit and those below it, kind by kind. Queries follow the kinds, not the units."""
    found = asked(askings(now), unit, now, ago)
    if not found:
        return []
    periods = Q(pk__in=[])
    for period in {period for _asking, period in found}:
        periods |= Q(cadence=period.cadence, day=period.day)
    rows = WrittenReport.objects.visible_to(reach).filter(periods, unit_path__under=unit.path)
    reports = {(r.unit_id, r.plan, r.clock): r for r in rows}
    lists = []
    for asking, period in found:
        due = asking.due_at(period)
        units = Unit.objects.filter(asking.units(due), path__under=unit.path).order_by("path")
        slots = [_slot(one, asking, period, due, reports) for one in units]
        if slots:
            lists.append(Asked(slots[0].title, period, due, slots))
    return lists


def _slot(unit: Unit, asking: Asking, period: Period, due: datetime, reports: Mapping) -> Slot:
    report = reports.get((unit.pk, *asking.name))
    return Slot(unit, period, *asking.name, asking, report.due_at if report else due, report)


def get_slot(reach: Reach, code: str, plan: str, clock: str, period: str, now: datetime) -> Slot:
    """NotFound where the unit is not asked for it, or this person may not see the unit."""
    return slot_of(get_unit(reach, code), plan, clock, read_period(period), now)


def slot_of(unit: Unit, plan: str, clock: str, period: Period, now: datetime) -> Slot:
    """What is asked of the unit. NotFound where nobody asks it, and nothing was ever written."""
    rows = WrittenReport.objects.of(period).filter(unit=unit, plan=plan, clock=clock)
    report = rows.select_related("unit__parent", "edited_by", "received_by").first()
    asking = _asking_of(unit, plan, clock, period, now)
    if report is not None:
        return Slot(unit, period, plan, clock, asking, report.due_at, report)
    if asking is None:
        raise not_found()
    return Slot(unit, period, plan, clock, asking, asking.due_at(period))


def _asking_of(unit: Unit, plan: str, clock: str, period: Period, now: datetime) -> Asking | None:
    """The plan's clock, if it asks this unit for this period."""
    for asking in askings(now):
        fits = asking.name == (plan, clock) and asking.line.recurrence == period.cadence
        if fits and asking.holds(period) and asking.asks(unit, period):
            return asking
    return None


def read_period(text: str) -> Period:
    """A period of a written report, not too far ahead for a calendar. NotFound for anything else."""
    try:
        period = parse(text)
        period.shifted(1)
    except (ValueError, OverflowError):
        raise not_found() from None
    return period


def versions(slot: Slot) -> list[WrittenVersion]:
    """Everything that was handed in, the last word first."""
    if slot.report is None:
        return []
    found = list(slot.report.versions.select_related("handed_in_by"))
    for version in found:
        version.report = slot.report
    return found


def first_lines(unit: Unit, line_kind: str) -> list[dict]:
    """The open matters of the unit and below: nobody types them twice. Improvements begin empty."""
    if line_kind != LineKind.RISKS:
        return []
    rows = Matter.objects.filter(unit_path__under=unit.path).open().select_related("lead_unit", "unit")
    rows = rows.exclude(pk__in=accused_pks(unit, "matter"))
    return [
        {
            "class": matter.dispute_class,
            "what": matter.note,
            "measure": "",
            "responsible": (matter.lead_unit or matter.unit).name,
            "deadline": matter.due_date.isoformat() if matter.due_date else "",
            "matter": matter.number,
        }
        for matter in rows.order_by("registered_at", "pk")[: rules.MOST_LINES]
    ]


def years(unit: Unit) -> list[int]:
    """The years in which the unit has handed something in, the last first."""
    rows = WrittenReport.objects.filter(unit=unit, version__gte=1).order_by()
    return sorted(set(rows.values_list("year", flat=True)), reverse=True)


def of_year(reach: Reach, unit: Unit, year: int) -> list[WrittenReport]:
    """What the unit handed in for a year, in the order of its numbers."""
    rows = WrittenReport.objects.visible_to(reach).filter(unit=unit, year=year, version__gte=1)
    return list(rows.select_related("unit", "received_by").order_by("serial"))
