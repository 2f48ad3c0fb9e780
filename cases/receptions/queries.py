"""Receptions that somebody may see, what is prepared for one, what is shown beside it."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Unit, User
from accounts.scope import Reach
from accounts.verbs import EXCLUSIVE
from cases.receptions import rules
from cases.receptions.choices import ReceptionState
from cases.receptions.models import Reception, ReceptionCheck
from clocks.models import Clock, ClockRule
from command.attendance.models import ReceptionOffer
from common.database.paths import prefixes
from common.dates.local_time import LOCAL, day_of
from common.errors import not_found
from incidents.models import Incident
from incidents.queries import OpenItem
from journal.keys import key, pk_of, pks_of
from plans.document.kits import kits_of
from plans.document.sections import Checklist, ChecklistItem, checklists_of
from plans.engine.evaluation import Document
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import versions_in_force
from resources.materials.queries import KitState, kit_states
from rosters.models import Shift
from rosters.queries import OnDuty, on_duty

_ADMINISTRATORS = frozenset().union(*EXCLUSIVE)


def reception_of(name: str) -> list[tuple[str, str, str]]:
    """Where a demand, or those of a matter or an incident, was said: its record holds the words, and is closed with it."""
    demand, matter, incident = (pk_of(name, kind) for kind in ("demand", "matter", "incident"))
    said = Q(points__demand=demand) | Q(points__demand__matter=matter) | Q(points__demand__incident=incident)
    rows = Reception.objects.filter(said | Q(matter=matter) | Q(incident=incident)).distinct()
    return [(row.key, row.number, reverse("reception", args=[row.number])) for row in rows.order_by("pk")]


def get_reception(reach: Reach, number: str) -> Reception:
    """NotFound if there is none of that number or this person may not see it."""
    rows = Reception.objects.visible_to(reach).filter(number=number)
    found = rows.select_related("unit", "incident", "matter", "offer").first()
    if found is None:
        raise not_found()
    return found


DAYS = ("today", "week", "past", "all")


def receptions(
    reach: Reach, *, now: datetime, unit: Unit | None = None, state: str = "", day: str = "all"
) -> QuerySet[Reception]:
    """Receptions this person may see. `day`: "today", "week" (today and six days more), "past" or "all"."""
    rows = Reception.objects.visible_to(reach).select_related("unit", "incident")
    if unit is not None:
        rows = rows.filter(unit_path__under=unit.path)
    if state:
        rows = rows.filter(state=state)
    if day in ("today", "week"):
        return _on_days(rows, now, 1 if day == "today" else 7)
    if day == "past":
        rows = rows.filter(day_at__lt=_midnight(now))
    return rows.order_by("-day_at", "-id")


def _on_days(rows: QuerySet[Reception], now: datetime, days: int) -> QuerySet[Reception]:
    today = _midnight(now)
    return rows.filter(day_at__gte=today, day_at__lt=today + timedelta(days=days)).order_by("day_at", "id")


def _midnight(now: datetime) -> datetime:
    return datetime.combine(day_of(now), time(), LOCAL)


def with_counts(rows: QuerySet[Reception]) -> QuerySet[Reception]:
    """Each with how many points were taken down."""
    return rows.annotate(point_count=Count("points"))


def usual_place(unit: Unit) -> str:
    """Where the unit received last: what is typed once is not typed again."""
    rows = Reception.objects.filter(unit=unit).order_by("-id")
    return rows.values_list("place", flat=True).first() or ""


def todays(reach: Reach, now: datetime) -> QuerySet[Reception]:
    """Today's of one's units, those first that come first, for the boards; cancelled ones are not looked at."""
    rows = Reception.objects.of_units(reach).select_related("unit", "incident")
    return _on_days(rows, now, 1).exclude(state=ReceptionState.CANCELLED)


def of_incident(reach: Reach, incident: Incident) -> list[Reception]:
    rows = Reception.objects.visible_to(reach).filter(incident=incident)
    return list(rows.select_related("unit").order_by("day_at", "id"))


def offers_to_book(
    reach: Reach, incident: Incident, offers: Iterable[ReceptionOffer], now: datetime
) -> set[int]:
    """Of the offers made at the incident, those whose hour is ahead and not booked yet (no query without one)."""
    ahead = {offer.pk for offer in offers if offer.received_from > now}
    if not ahead or not reach.holds("matter.manage", incident.unit_path):
        return set()
    return ahead - set(Reception.objects.filter(offer__in=ahead).values_list("offer", flat=True))


def numbers_of(threads: Iterable[str]) -> dict[str, str]:
    """Threads ("reception:5") → the numbers people know them by. For rows the reader already sees."""
    ids = pks_of(threads, "reception")
    if not ids:
        return {}
    rows = Reception.objects.filter(pk__in=ids).values_list("pk", "number")
    return {key("reception", pk): number for pk, number in rows}


# --- what the plan asks for ----------------------------------------------------------------------------------


class Guide(NamedTuple):
    """The nearest plan in force that says how people are received."""

    version: PlanVersion
    prepared: tuple[Checklist, ...]
    conduct: tuple[ChecklistItem, ...]


def guide_for(unit: Unit, now: datetime) -> Guide | None:
    """None where no plan in force has such checklists."""
    versions = versions_in_force(unit, now)
    versions.sort(key=lambda v: len(v.plan.owner_unit.path) if v.plan.owner_unit else 0, reverse=True)
    return next((found for version in versions if (found := _guide(version))), None)


def _guide(version: PlanVersion) -> Guide | None:
    lists = {one.id: one for one in checklists_of(version.document)}
    prepared = tuple(lists[name] for name in rules.PREPARED if name in lists)
    conduct = lists[rules.CONDUCT].items if rules.CONDUCT in lists else ()
    return Guide(version, prepared, conduct) if prepared else None


def plan_counting_back(unit: Unit, now: datetime) -> str:
    """The nearest plan in force with a clock that counts back from a reception, as "id@version"; "" without one."""
    versions = versions_in_force(unit, now)
    versions.sort(key=lambda v: len(v.plan.owner_unit.path) if v.plan.owner_unit else 0, reverse=True)
    rows = ClockRule.objects.filter(before_kind=rules.APPOINTMENT, plan__in=[one.ref for one in versions])
    having = set(rows.values_list("plan", flat=True))
    return next((one.ref for one in versions if one.ref in having), "")


def document_of(reception: Reception) -> Document | None:
    found = PlanVersion.objects.filter(ref=reception.plan).first() if reception.plan else None
    return found.document if found else None


class PreparedLine(NamedTuple):
    """A line of a checklist; `check`: who went through it and when."""

    key: str
    item: ChecklistItem
    check: ReceptionCheck | None


class Part(NamedTuple):
    checklist: Checklist
    lines: list[PreparedLine]

    @property
    def left(self) -> int:
        return sum(line.check is None for line in self.lines)


class Preparation(NamedTuple):
    """What is made ready before the hour, by when, and what of the kits the stock lacks."""

    guide: Guide
    parts: list[Part]
    ready_by: datetime | None
    kits: list[KitState]

    @property
    def left(self) -> int:
        return sum(part.left for part in self.parts)

    @property
    def lacks(self) -> list[KitState]:
        return [one for one in self.kits if one.missing]


def preparation_of(reception: Reception, now: datetime) -> Preparation | None:
    """None where no plan in force says how a reception is prepared."""
    guide = guide_for(reception.unit, now)
    if guide is None:
        return None
    done = {row.item: row for row in reception.checks.select_related("by")}
    parts = [
        Part(
            one,
            [
                PreparedLine(name, item, done.get(name))
                for item in one.items
                for name in [f"{one.id}:{item.id}"]
            ],
        )
        for one in guide.prepared
    ]
    back = ClockRule.objects.filter(plan=reception.plan, before_kind=rules.APPOINTMENT)
    by = reception.scheduled_at and rules.ready_by(
        reception.scheduled_at, back.values_list("duration", flat=True)
    )
    kits = kit_states(kits_of(guide.version.document), reception.unit, max(now, reception.day_at))
    return Preparation(guide, parts, by, kits)


def clocks_of(reception: Reception) -> list[Clock]:
    return list(Clock.objects.filter(subject=reception.key).order_by("started_at", "id"))


def receiving_at(unit: Unit, at: datetime) -> list[OnDuty]:
    """The leaders on reception duty there at that hour by the roster, else of the nearest unit above that has one."""
    above = sorted(Unit.objects.filter(path__in=prefixes(unit.path)), key=lambda one: len(one.path))
    found = on_duty(above, at, kinds=[PostKind.RECEIVING_LEADER])
    listed = [one for one in found if one.shift is not None]
    nearest = max((len(one.post.unit.path) for one in listed), default=0)
    return [one for one in listed if len(one.post.unit.path) == nearest]


def receiving_on(unit: Unit, now: datetime) -> list[Shift]:
    """Today's reception duty of the unit and those above it, hour by hour: what the counter shows."""
    return _receiving(prefixes(unit.path), now)


def receiving_for(reach: Reach, now: datetime) -> list[Shift]:
    """The same at the units where this person holds a post and those above them, for the boards."""
    return _receiving({path for post in reach.posts for path in prefixes(post.unit_path)}, now)


def _receiving(paths: Iterable[str], now: datetime) -> list[Shift]:
    first = _midnight(now)
    rows = Shift.objects.in_force().overlapping(first, first + timedelta(days=1))
    rows = rows.filter(post__kind=PostKind.RECEIVING_LEADER, post__unit__path__in=list(paths))
    return list(rows.for_lists())


def staff_of(units: Iterable[Unit], now: datetime) -> list[User]:
    """Who may be named to receive: whoever holds a post of one of the units, administrators apart."""
    held = (
        Appointment.objects.current(now).filter(post__unit__in=units).exclude(post__kind__in=_ADMINISTRATORS)
    )
    return list(User.objects.filter(pk__in=held.values("person"), is_active=True).order_by("name", "pk"))


def held_open(incident: Incident) -> list[OpenItem]:
    """Receptions under way. A booked one has its hour and goes on by itself, as a demand does."""
    rows = Reception.objects.filter(incident=incident, state=ReceptionState.UNDER_WAY).order_by("pk")
    return [
        OpenItem(
            "reception",
            row.number,
            _("Reception %(number)s: end it with what came of it") % {"number": row.number},
            reverse("reception", args=[row.number]),
        )
        for row in rows
    ]
