"""What was reported and not registered yet, what is being worked on."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.exclusions.queries import missing
from accounts.exclusions.things import Thing
from accounts.models import Unit
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from cases.matters.models import Matter
from clocks.models import Clock
from journal.keys import key, pks_of
from plans.document.chapters import Sentence, major_situations_of
from plans.lifecycle.queries import versions_in_force
from zero_reports.filing.models import ReportItem

#: How many unregistered items a page offers at once.
OFFERED = 50


def get_matter(reach: Reach, number: str) -> Matter:
    """NotFound if there is none of that number or this person may not see it."""
    found = Matter.objects.visible_to(reach).filter(number=number)
    matter = found.select_related("unit", "lead_unit", "incident", "item__report").first()
    if matter is None:
        raise missing(reach, "matter", number)
    return matter


def as_thing(matter: Matter) -> Thing:
    lead = matter.lead_unit or matter.unit
    url = reverse("matter", args=[matter.number])
    return Thing(matter.key, matter.number, lead, (matter.unit_path, lead.path), url)


def find_thing(reach: Reach, number: str) -> Thing:
    return as_thing(get_matter(reach, number))


def matters(reach: Reach, unit: Unit | None = None, state: str = "open") -> QuerySet[Matter]:
    """Matters this person may see, the newest first. `state`: "open", "all", "demands" or one state.

    "demands" are those that somebody waits for an answer to.
    """
    rows = Matter.objects.visible_to(reach).select_related("unit", "lead_unit", "incident")
    if unit is not None:
        rows = rows.filter(unit_path__under=unit.path)
    if state == "open":
        rows = rows.open()
    elif state == "demands":
        rows = rows.filter(demands__closed_at=None, demands__isnull=False).distinct()
    elif state != "all":
        rows = rows.filter(state=state)
    return rows.order_by("-registered_at", "-pk")


def unfiled_at(paths: list[str]) -> Waiting:
    """The matters at and below the units with these paths, which are about to end, that nobody has filed yet."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    return Waiting(_("matters that are not filed"), Matter.objects.open().filter(where).count())


def unregistered(reach: Reach, unit: Unit | None = None) -> QuerySet[ReportItem]:
    """Items of current reports that nobody has registered, the oldest first.

    A corrected report repeats its items in new rows: one of the same class and sentence, registered from an
    earlier version, is not asked for again.
    """
    twin = Matter.objects.filter(
        unit=OuterRef("report__unit"),
        cadence=OuterRef("report__cadence"),
        day=OuterRef("report__day"),
        dispute_class=OuterRef("dispute_class"),
        note=OuterRef("note"),
    )
    rows = ReportItem.objects.filter(
        reach.filter("matter.manage", field="report__unit__path"), ~Exists(twin), report__current=True
    )
    if unit is not None:
        rows = rows.filter(report__unit__path__under=unit.path)
    return rows.select_related("report__unit", "incident").order_by(F("report__day").asc(), "pk")


def clocks_of(matters: list[Matter]) -> dict[str, list[Clock]]:
    """Key of each matter → its clocks, oldest first (one query)."""
    found: dict[str, list[Clock]] = {matter.key: [] for matter in matters}
    for clock in Clock.objects.filter(subject__in=list(found)).order_by("started_at", "id"):
        found[clock.subject].append(clock)
    return found


def numbers_of(threads: Iterable[str]) -> dict[str, str]:
    """Threads ("matter:5") → the numbers people know them by. For rows the reader already sees."""
    ids = pks_of(threads, "matter")
    if not ids:
        return {}
    return {
        key("matter", pk): number
        for pk, number in Matter.objects.filter(pk__in=ids).values_list("pk", "number")
    }


def major_situations_for(unit: Unit, now: datetime) -> tuple[Sentence, ...]:
    """The kinds of major situation of the nearest plan in force that has some (三 1)."""
    versions = versions_in_force(unit, now)
    versions.sort(key=lambda v: len(v.plan.owner_unit.path) if v.plan.owner_unit else 0, reverse=True)
    return next((found for version in versions if (found := major_situations_of(version.document))), ())
