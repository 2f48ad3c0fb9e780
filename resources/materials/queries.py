"""What is kept, what is wanting, and what a kit lacks?"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from common.dates.local_time import day_of
from common.errors import NotFound, not_found
from incidents.models import Incident
from plans.document.kits import Kit, KitItem, kits_of
from plans.lifecycle.queries import versions_in_force
from resources.materials import rules
from resources.materials.choices import Fault, KitAnswer
from resources.materials.models import KitCheck, Material, MaterialMovement


class MissingItem(NamedTuple):
    """An item of a kit that cannot be relied on, and why."""

    item: KitItem
    fault: Fault


class KitState(NamedTuple):
    """A kit at a unit: each item with what is wrong with it (None: nothing), and when it was last gone through."""

    kit: Kit
    lines: list[tuple[KitItem, Fault | None]]
    last: KitCheck | None

    @property
    def is_unchecked(self) -> bool:
        """Nothing at all is known of it: said once, not of every item."""
        return self.last is None and all(fault == Fault.UNCHECKED for _item, fault in self.lines)

    @property
    def missing(self) -> list[MissingItem]:
        return [MissingItem(item, fault) for item, fault in self.lines if fault is not None]


def materials(reach: Reach, *, text: str = "", only_wanting_at: datetime | None = None) -> QuerySet[Material]:
    """The stock this person may look up, unit by unit."""
    rows = Material.objects.visible_to(reach).kept().select_related("unit", "keeper")
    if text:
        rows = rows.filter(name__icontains=text)
    if only_wanting_at is not None:
        rows = rows.wanting(day_of(only_wanting_at))
    return rows.order_by("unit_path", "name", "pk")


def get_material(reach: Reach, pk: int) -> Material:
    """NotFound if there is none or this person may not see it."""
    rows = Material.objects.visible_to(reach).select_related("unit", "keeper")
    material = rows.filter(pk=pk).first()
    if material is None:
        raise not_found()
    return material


def movements_of(material: Material) -> QuerySet[MaterialMovement]:
    """The ledger of one item, newest first."""
    return material.movements.select_related("by").order_by("-pk")


def numbers_seen(reach: Reach, rows: Iterable[MaterialMovement]) -> dict[int, str]:
    """Movement → the number of its incident, of those that this person may see (one query)."""
    rows = list(rows)
    seen = Incident.objects.visible_to(reach).filter(pk__in={row.incident_id for row in rows})
    numbers = dict(seen.values_list("pk", "number"))
    return {row.pk: numbers[row.incident_id] for row in rows if row.incident_id in numbers}


def kits_at(unit: Unit, now: datetime) -> list[Kit]:
    """The kits of the plans that hold for the unit now (one query); a kit that two plans name once."""
    found: dict[str, Kit] = {}
    for version in versions_in_force(unit, now):
        for kit in kits_of(version.document):
            found.setdefault(kit.id, kit)
    return list(found.values())


def kit_named(unit: Unit, kit_id: str, now: datetime) -> Kit:
    """Raises NotFound where no plan of the unit names it."""
    for kit in kits_at(unit, now):
        if kit.id == kit_id:
            return kit
    raise NotFound(
        "no_such_kit",
        _("Nothing was found: no plan that holds for %(unit)s names this kit.") % {"unit": unit},
    )


def missing_for(kit: Kit, unit: Unit, at: datetime) -> list[MissingItem]:
    """Which items of the kit the unit cannot rely on: nothing usable in stock on the day of `at`, or, of items that
    are in no stock, what the last check found. Changes nothing."""
    return kit_states([kit], unit, at)[0].missing


def kit_states(kits: Iterable[Kit], unit: Unit, at: datetime) -> list[KitState]:
    """The same for several kits, with what is in order as well (four queries for any number)."""
    stock: dict[tuple[str, str], list[Material]] = {}
    for material in Material.objects.kept().filter(unit=unit).exclude(kit="").order_by("pk"):
        stock.setdefault((material.kit, material.kit_item), []).append(material)
    done = KitCheck.objects.filter(unit=unit, at__lte=at).order_by()
    newest = [pk for _kit, pk in done.values_list("kit").annotate(Max("pk"))]
    checks = KitCheck.objects.filter(pk__in=newest).select_related("by").prefetch_related("lines")
    last = {check.kit: check for check in checks}
    return [
        KitState(
            kit,
            [(item, _fault(stock.get((kit.id, item.id)), last.get(kit.id), item, at)) for item in kit.items],
            last.get(kit.id),
        )
        for kit in kits
    ]


def _fault(found: list[Material] | None, check: KitCheck | None, item: KitItem, at: datetime) -> Fault | None:
    today = day_of(at)
    if found:
        usable = [
            one
            for one in found
            if rules.is_usable(on_hand=one.on_hand, expires_on=one.expires_on, today=today)
        ]
        if usable:
            return Fault.SHORT if all(one.fault(today) == Fault.SHORT for one in usable) else None
        return Fault.EXPIRED if any(one.on_hand for one in found) else Fault.MISSING
    answers = {line.kit_item: line.answer for line in check.lines.all()} if check else {}
    answer = answers.get(item.id)
    if answer is None:
        return Fault.UNCHECKED
    return None if answer == KitAnswer.THERE else Fault(answer)


def wanting_at(unit: Unit, at: datetime) -> list[tuple[Material, Fault]]:
    """What of the unit's own stock is missing, short or past its date, for who comes on duty (one query)."""
    today = day_of(at)
    rows = Material.objects.kept().filter(unit=unit).wanting(today).order_by("name", "pk")
    return [(one, fault) for one in rows if (fault := one.fault(today)) is not None]


def stock_at(paths: list[str]) -> Waiting:
    """The items in stock or out at and below the units with these paths, which are about to end."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    rows = Material.objects.kept().filter(where).filter(Q(on_hand__gt=0) | Q(out__gt=0))
    return Waiting(_("items in stock"), rows.count())
