"""Units as their administrator sees them, what is planned for them, and what a change would mean."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Appointment, Reform, Unit
from accounts.reform.choices import ReformState
from accounts.reform.rules import MOST_BELOW
from accounts.reform.waiting import Waiting, waiting_at
from accounts.scope import Reach

#: So many people are named before a change; the rest is a number.
NAMED = 50


def units_of(reach: Reach, text: str = "") -> QuerySet[Unit]:
    """The units this person administers, in tree order, with their parents and who took over."""
    units = Unit.objects.filter(reach.filter("units.manage", field="path"))
    if text:
        units = units.filter(Q(code__istartswith=text) | Q(name__icontains=text) | Q(name_en__icontains=text))
    return units.select_related("parent").prefetch_related("taken_over_by__new").order_by("path")


def open_units_named(reach: Reach, codes: list[str]) -> list[Unit]:
    """Of the open units this person administers those with one of these codes."""
    rows = Unit.objects.filter(
        reach.filter("units.manage", field="path"), code__in=codes, valid_to__isnull=True
    )
    return list(rows.order_by("path"))


def below(unit: Unit) -> list[Unit]:
    """The open units below, parents before children; one more than may go along."""
    rows = Unit.objects.filter(path__under=unit.path, valid_to__isnull=True).exclude(pk=unit.pk)
    return list(rows.order_by("path")[: MOST_BELOW + 1])


class Planned(NamedTuple):
    reform: Reform
    ends: list[Unit]

    @property
    def may_be_cancelled(self) -> bool:
        return self.reform.state in (ReformState.PLANNED, ReformState.FAILED)


def reforms(reach: Reach) -> list[Planned]:
    """The last changes of units this person administers, those still to come first (two queries)."""
    rows = list(Reform.objects.select_related("planned_by").order_by("-day", "-pk")[:100])
    mine = Unit.objects.filter(reach.filter("units.manage", field="path"))
    units = {unit.pk: unit for unit in mine.filter(pk__in=[pk for row in rows for pk in row.olds])}
    found = [Planned(row, [units[pk] for pk in row.olds if pk in units]) for row in rows]
    return [one for one in found if one.ends]


def successors(unit: Unit) -> list[Unit]:
    """Who took over from the unit, over several changes if need be: those that exist still, else the last ones."""
    found: dict[int, Unit] = {}
    waiting = [unit]
    while waiting:
        rows = Unit.objects.filter(took_over__old__in=waiting).exclude(pk__in=found).order_by("path")
        waiting = list(rows.distinct())
        found |= {one.pk: one for one in waiting}
    return [one for one in found.values() if one.valid_to is None] or list(found.values())


class Preview(NamedTuple):
    """What a change would mean, before it is planned."""

    ends: list[Unit]
    goes_along: list[Unit]
    #: Who holds a post of a unit that ends: to be appointed anew by the security administrator.
    appointments: list[Appointment]
    more_appointments: int
    waiting: list[Waiting]


def preview(ends: list[Unit], now: datetime) -> Preview:
    along = [unit for old in ends for unit in below(old)]
    held = Appointment.objects.current(now).filter(post__unit__in=[unit.pk for unit in [*ends, *along]])
    named = list(held.select_related("person", "post__unit").order_by("post__unit__path", "pk")[:NAMED])
    return Preview(
        ends, along, named, max(held.count() - len(named), 0), waiting_at(old.path for old in ends)
    )
