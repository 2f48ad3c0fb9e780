"""What passes over at a handover, and what waits for a person at the start of a shift."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import override

from accounts.choices import PostKind
from accounts.models import Post, Unit
from accounts.scope import Reach
from clocks.models import Clock
from command.linkage.models import LinkageOrder
from command.orders.choices import TargetKind
from command.orders.models import Order
from common.drills import marked
from common.errors import not_found
from common.hooks import NamedHook
from duty.shifts import rules
from duty.shifts.choices import ItemKind
from duty.shifts.models import DowntimePack, Handover
from early_warnings.models import EarlyWarning
from early_warnings.rules import PENDING
from incidents.models import Incident
from incidents.queries import numbers_of
from journal.keys import key
from resources.materials.choices import Fault
from resources.materials.queries import wanting_at
from rosters.models import Shift

#: Of each kind at most so many pass over by name; nobody signs a longer list.
MOST = 100


class Passing(NamedTuple):
    """One thing that passes over."""

    kind: str
    subject: str
    title_zh: str
    title_en: str
    url: str = ""


#: What rooms above know that passes over too (units that have not reported), by its kind: fn(unit, now) → things.
PASSING: NamedHook[Callable[[Unit, datetime], list[Passing]]] = NamedHook()


def what_passes(post: Post, now: datetime) -> list[Passing]:
    """What a shift on this post hands to the next one: of each kind its role answers for (`rules.PASSES`)."""
    return [thing for kind in rules.PASSES.get(post.kind, ()) for thing in _things(kind, post, now)]


def _things(kind: ItemKind, post: Post, now: datetime) -> list[Passing]:
    if kind == ItemKind.ORDER:
        return _orders(post)
    if kind in PASSING:
        return PASSING[kind](post.unit, now)
    own = {
        ItemKind.INCIDENT: _incidents,
        ItemKind.WARNING: _warnings,
        ItemKind.LINKAGE: _linkage,
        ItemKind.CLOCK: _clocks,
    }
    if kind == ItemKind.MATERIAL:
        return _materials(post.unit, now)
    return own[kind](post.unit) if kind in own else []


def open_incidents_of(unit: Unit) -> QuerySet[Incident]:
    rows = Incident.objects.open().filter(unit_path__under=unit.path)
    return rows.select_related("unit", "plan").order_by("proposed_rank", "recorded_at", "pk")


def _incidents(unit: Unit) -> list[Passing]:
    return [
        Passing(
            ItemKind.INCIDENT,
            incident.key,
            marked(f"{incident.number} {incident.place}：{incident.what}", incident.drill, "zh")[:300],
            marked(f"{incident.number} {incident.place}: {incident.what}", incident.drill, "en")[:300],
            reverse("incident", args=[incident.number]),
        )
        for incident in open_incidents_of(unit)[:MOST]
    ]


def _warnings(unit: Unit) -> list[Passing]:
    rows = EarlyWarning.objects.filter(unit_path__under=unit.path, state__in=PENDING).order_by("pk")
    return [
        Passing(
            ItemKind.WARNING,
            warning.key,
            marked(f"{warning.number} {warning.matter}", warning.drill, "zh")[:300],
            marked(f"{warning.number} {warning.matter}", warning.drill, "en")[:300],
            reverse("warning", args=[warning.number]),
        )
        for warning in rows[:MOST]
    ]


def _linkage(unit: Unit) -> list[Passing]:
    """Orders of joint command centres that are not answered in full; some are no incident yet."""
    rows = LinkageOrder.objects.live().filter(unit_path__under=unit.path).order_by("received_at", "pk")
    return [
        Passing(
            ItemKind.LINKAGE,
            order.key,
            marked(f"{order.number} {order.asked}（{order.place}）", order.drill, "zh")[:300],
            marked(f"{order.number} {order.asked} ({order.place})", order.drill, "en")[:300],
            reverse("linkage-order", args=[order.number]),
        )
        for order in rows[:MOST]
    ]


def _clocks(unit: Unit) -> list[Passing]:
    """Time limits of incidents; those of the shift itself do not pass over."""
    rows = Clock.objects.running().filter(unit_path__under=unit.path, due_at__isnull=False)
    rows = list(
        rows.exclude(clock_id__in=[rules.CONFIRM_CLOCK, rules.HANDOVER_CLOCK]).order_by("due_at", "pk")[:MOST]
    )
    numbers = numbers_of([clock.thread for clock in rows])
    return [
        Passing(
            ItemKind.CLOCK,
            key("clock", clock.pk),
            _clock_line(clock, clock.title_zh, numbers, "zh"),
            _clock_line(clock, clock.title_en or clock.title_zh, numbers, "en"),
            reverse("incident", args=[numbers[clock.thread]]) if clock.thread in numbers else "",
        )
        for clock in rows
    ]


def _clock_line(clock: Clock, title: str, numbers: dict[str, str], language: str) -> str:
    line = f"{title} {localtime(clock.due_at):%m-%d %H:%M} {numbers.get(clock.thread, '')}".strip()
    return marked(line, clock.drill, language)


def _materials(unit: Unit, now: datetime) -> list[Passing]:
    """What of the unit's stock is missing, short or past its date."""
    return [
        Passing(
            ItemKind.MATERIAL,
            material.key,
            f"{material.name}：{_in('zh-hans', fault)}（{material.place}）"[:300],
            f"{material.name}: {_in('en', fault)} ({material.place})"[:300],
            reverse("material", args=[material.pk]),
        )
        for material, fault in wanting_at(unit, now)[:MOST]
    ]


def _in(language: str, fault: Fault) -> str:
    with override(language):
        return str(fault.label)


def _orders(post: Post) -> list[Passing]:
    """The squad's own, or what was given to the post. What was given to somebody by name stays with that person."""
    own = Q(target_kind=TargetKind.SQUAD, target_squad=post.squad) if post.squad else Q(pk__in=())
    if not post.squad:
        own |= Q(target_kind=TargetKind.ROLE, target_role=post.kind)
    if post.kind == PostKind.DUTY_OFFICER:
        own |= Q(target_kind=TargetKind.DUTY)
    rows = Order.objects.live().filter(own, target_unit=post.unit_id)
    return [
        Passing(
            ItemKind.ORDER,
            order.key,
            marked(f"{order.number} {order.task}（{order.incident.place}）", order.drill, "zh")[:300],
            marked(f"{order.number} {order.task} ({order.incident.place})", order.drill, "en")[:300],
            reverse("incident", args=[order.incident.number]),
        )
        for order in rows.select_related("incident__unit").order_by("issued_at", "pk")[:MOST]
    ]


def to_confirm(reach: Reach, now: datetime) -> QuerySet[Shift]:
    """This person's shifts under way that they have not confirmed."""
    rows = Shift.objects.in_force().filter(
        person=reach.user, began_at__isnull=False, confirmed_at__isnull=True, ends_at__gt=now
    )
    return rows.for_lists()


def my_handovers(reach: Reach, now: datetime) -> QuerySet[Handover]:
    """Open ones this person is a side of, and finished ones with something nobody has taken."""
    mine = Q(outgoing__person=reach.user) | Q(incoming__person=reach.user)
    mine |= Q(incoming__stand_in=reach.user, incoming__stood_in_at__isnull=False)
    unfinished = Q(taken_at__isnull=True) | Q(items__taken_at__isnull=True, items__isnull=False)
    rows = Handover.objects.filter(mine, unfinished, opened_at__gt=now - 2 * rules.PACKS_KEPT)
    return with_people(rows).distinct().order_by("opened_at", "pk")


def with_people(rows: QuerySet[Handover]) -> QuerySet[Handover]:
    return rows.select_related(
        "unit", "outgoing__person", "outgoing__post", "incoming__person", "incoming__stand_in", "incoming__post__unit",
        "given_by", "taken_by",
    )  # fmt: skip


def handovers_of(reach: Reach, unit: Unit) -> QuerySet[Handover]:
    return with_people(Handover.objects.visible_to(reach).filter(unit=unit)).order_by("-opened_at", "-pk")


def get_handover(reach: Reach, pk: int) -> Handover:
    found = with_people(Handover.objects.visible_to(reach)).filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def packs_of(reach: Reach, unit: Unit) -> QuerySet[DowntimePack]:
    return (
        DowntimePack.objects.visible_to(reach)
        .filter(unit=unit)
        .select_related("unit")
        .order_by("-for_at", "-pk")
    )


def get_pack(reach: Reach, pk: int) -> DowntimePack:
    found = DowntimePack.objects.visible_to(reach).select_related("unit").filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found
