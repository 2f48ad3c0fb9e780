"""三统一: what reports count = what the platform holds = what is on file, per unit × month × class.

Source: Jintan campaign rules 九 5. A gap is not an error: each comes with the reason the rows themselves give.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit
from accounts.scope import Reach
from cases.demands.models import Demand
from cases.matters.choices import MatterState
from cases.matters.models import Matter
from common.database.paths import WIDTH
from zero_reports.filing.classes import class_label, in_order
from zero_reports.filing.models import ReportItem

Key = tuple[int, str]


class Agreement(NamedTuple):
    """One unit and class in one month: the three numbers, and why they differ."""

    unit: Unit
    class_name: str
    reported: int
    registered: int
    filed: int
    reasons: list[str]

    @property
    def agrees(self) -> bool:
        return self.reported == self.registered == self.filed


def agreements(reach: Reach, unit: Unit, month: date) -> list[Agreement]:
    """What this person may count of it: the unit itself and each unit right below it with everything below that one; classes that occur (six queries)."""
    first = month.replace(day=1)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    children = list(Unit.objects.filter(parent=unit).order_by("path"))
    place = {child.path: child for child in children}

    def owner(path: str) -> Unit:
        return place.get(path[: len(unit.path) + WIDTH + 1], unit)

    here = Matter.objects.filter(unit_path__under=unit.path, day__range=(first, last))
    matters = here.filter(reach.open_rows(matter="pk"))
    reported = _sum(_reported(unit, first, last), "report__unit__path", owner)
    registered = _sum(matters, "unit_path", owner)
    filed = _sum(matters.filter(state=MatterState.FILED), "unit_path", owner)
    taken_over = _sum(matters.filter(_still_reported()), "unit_path", owner)
    # Also a demand has been taken over: the platform holds it, and its file waits for the reply.
    asked = Demand.objects.filter(reach.open_rows(demand="pk"), matter=OuterRef("pk")).open()
    demands = _sum(matters.filter(Exists(asked)), "unit_path", owner)
    return [
        _agreement(one, name, (one.pk, name), reported, registered, filed, taken_over, demands)
        for one in [unit, *children]
        for name in _classes({key for some in (reported, registered, filed) for key in some}, one.pk)
    ]


def _agreement(
    unit: Unit,
    name: str,
    key: Key,
    reported: dict[Key, int],
    registered: dict[Key, int],
    filed: dict[Key, int],
    taken_over: dict[Key, int],
    demands: dict[Key, int],
) -> Agreement:
    said, held, done = reported[key], registered[key], filed[key]
    waiting = said - taken_over[key]
    corrected = held - taken_over[key]
    reasons = []
    if waiting > 0:
        reasons.append(
            ngettext(
                "%(n)d reported and not registered yet", "%(n)d reported and not registered yet", waiting
            )
            % {"n": waiting}
        )
    if corrected > 0:
        reasons.append(
            ngettext(
                "%(n)d registered; the report was corrected afterwards",
                "%(n)d registered; the reports were corrected afterwards",
                corrected,
            )
            % {"n": corrected}
        )
    if held > done:
        reasons.append(
            ngettext("%(n)d still under way, no file yet", "%(n)d still under way, no file yet", held - done)
            % {"n": held - done}
        )
    if answering := demands[key]:
        reasons.append(
            ngettext(
                "%(n)d of them answered as a demand, not closed yet",
                "%(n)d of them answered as demands, not closed yet",
                answering,
            )
            % {"n": answering}
        )
    return Agreement(unit, class_label(name) or _("Incidents"), said, held, done, reasons)


def _classes(keys: set[Key], unit_id: int) -> list[str]:
    return in_order({name for pk, name in keys if pk == unit_id})


def _reported(unit: Unit, first: date, last: date) -> QuerySet[ReportItem]:
    return ReportItem.objects.filter(
        report__current=True, report__unit__path__under=unit.path, report__day__range=(first, last)
    )


def _still_reported() -> Exists:
    """Of matters: whether their very words still stand in the unit's current report."""
    same = ReportItem.objects.filter(
        report__current=True,
        report__unit=OuterRef("unit"),
        report__cadence=OuterRef("cadence"),
        report__day=OuterRef("day"),
        dispute_class=OuterRef("dispute_class"),
        note=OuterRef("note"),
        count=OuterRef("count"),
    )
    return Exists(same)


def _sum(rows: QuerySet, path: str, owner: Callable[[str], Unit]) -> dict[Key, int]:
    total: dict[Key, int] = defaultdict(int)
    sums = rows.order_by().values_list(path, "dispute_class").annotate(Sum("count"))
    for at, name, many in sums:
        total[owner(at).pk, name] += many
    return total
