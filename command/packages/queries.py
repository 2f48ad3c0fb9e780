"""What is ready to go out for a response at a level, and what went out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.durations import due_at
from clocks.working_days.calendar import Calendar
from command.activation.models import Response
from command.orders.choices import TargetKind
from command.orders.models import Order
from command.orders.permissions import check_can_issue
from command.orders.targets import Target
from command.packages.choices import LineKind
from command.packages.models import Package, PackageLine
from common.errors import is_allowed
from plans.document.general import arrive_within
from plans.document.kits import kits_of
from plans.document.packages import ON_DUTY, PreparedChecklist, PreparedOrder, package_at
from plans.document.sections import role_of, squads_of
from plans.document.words import Words
from plans.engine.evaluation import Document
from plans.people.holders import Bench, Holder
from resources.materials.choices import Fault
from resources.materials.queries import MissingItem, kit_states

#: Where a response at hand keeps what went out for it.
_ISSUED = "issued_packages"


class ReadyOrder(NamedTuple):
    """A prepared order with whom it would go to now."""

    line: PreparedOrder
    #: What the plan calls the recipient.
    who: Words
    #: None where nobody holds it.
    target: Target | None
    #: Who would read it.
    holders: tuple[Holder, ...]
    arrive_by: datetime | None
    #: The order that the squad has in this incident already.
    busy: Order | None = None
    #: What the unit lacks of the kit that goes along, with why.
    missing: tuple[MissingItem, ...] = ()

    @property
    def to(self) -> str:
        """`squad:dialogue@C1` or `person:USERNAME`; empty where nobody holds it."""
        return self.target.typed if self.target else ""

    @property
    def label(self) -> str:
        """The recipient in the reader's language, a person by name too."""
        person = self.target.person if self.target else None
        return " · ".join(map(str, filter(None, (in_words(self.who), person))))

    @property
    def faults(self) -> list[tuple[Fault, list[Words]]]:
        """What is wrong with the kit, the worst first, each said once for all its items."""
        found = {fault: [one.item.words for one in self.missing if one.fault == fault] for fault in Fault}
        return [(fault, items) for fault, items in found.items() if items]

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(f"{one.post} {one.person}" for one in self.holders)

    @property
    def obstacle(self) -> str:
        """Why it cannot go out as it stands; offered as the reason to leave it out."""
        if self.busy:
            return _("has order %(number)s already") % {"number": self.busy.number}
        return "" if self.to else _("nobody holds this post")


class Ready(NamedTuple):
    """What the plan has prepared for the level and has not gone out yet in this response."""

    level: str
    orders: list[ReadyOrder]
    checklists: list[PreparedChecklist]

    def __bool__(self) -> bool:
        return bool(self.orders or self.checklists)


def ready(response: Response, level: str, now: datetime) -> Ready:
    """The queries do not grow with the lines. Empty for a level the plan does not have."""
    document = response.plan.document
    package = package_at(document, level)
    if not package:
        return Ready(level, [], [])
    sent = set(
        PackageLine.objects.filter(response=response, left_out="")
        .exclude(item="")
        .values_list("kind", "item")
    )
    bench = Bench(response.unit, now)
    busy = {
        (order.target_unit_id, order.target_squad): order
        for order in Order.objects.live().filter(incident=response.incident_id).exclude(target_squad="")
    }
    named = {squad.id: squad.words for squad in squads_of(document)}
    calendar = Calendar()
    lacking = _lacking(response, {line.kit for line in package.orders if line.kit}, now)
    orders = [
        _ready(line, document, bench, named, busy, calendar, now)._replace(missing=lacking.get(line.kit, ()))
        for line in package.orders
        if (LineKind.ORDER, line.id) not in sent
    ]
    return Ready(
        level, orders, [one for one in package.checklists if (LineKind.CHECKLIST, one.id) not in sent]
    )


def _ready(
    line: PreparedOrder,
    document: Document,
    bench: Bench,
    named: Mapping[str, Words],
    busy: Mapping[tuple[int | None, str], Order],
    calendar: Calendar,
    now: datetime,
) -> ReadyOrder:
    if line.squad:
        people, pace = bench.squad(line.squad), "squad"
        unit = people[0].post.unit if people else None
        to = Target(TargetKind.SQUAD, unit, line.squad) if unit else None
        who, found = named[line.squad], busy.get((unit.pk, line.squad)) if unit else None
    elif line.duty:
        people, pace, who, found = bench.on_duty(), "squad", ON_DUTY, None
        to = Target(TargetKind.DUTY, people[0].post.unit) if people else None
    else:
        role = role_of(document, line.role)
        people, pace, who, found = bench.holders(role)[:1], "first_responder", role.words, None
        to = Target(TargetKind.PERSON, person=people[0].person) if people else None
    within = line.within or arrive_within(document, pace)
    arrive_by = due_at(now, within, calendar).at if within else None
    return ReadyOrder(line, who, to, tuple(people), arrive_by, found)


def _lacking(response: Response, kits: set[str], now: datetime) -> dict[str, tuple[MissingItem, ...]]:
    found = [kit for kit in kits_of(response.plan.document) if kit.id in kits]
    if not found:
        return {}
    return {state.kit.id: tuple(state.missing) for state in kit_states(found, response.unit, now)}


def issued(response: Response) -> list[Package]:
    """What went out for this response, oldest first, with its lines: read once for a response at hand (two queries)."""
    lines = Prefetch("lines", PackageLine.objects.select_related("order").order_by("pk"))
    rows = Package.objects.select_related("issued_by").prefetch_related(lines).order_by("pk")
    prefetch_related_objects([response], Prefetch("packages", rows, to_attr=_ISSUED))
    return getattr(response, _ISSUED)


class Offer(NamedTuple):
    """A level whose package this person may send out now."""

    level: str
    orders: int


def offer_for(reach: Reach, response: Response, now: datetime) -> Offer | None:
    """`offer_at` for who may send it out."""
    return offer_at(response, now) if is_allowed(check_can_issue, reach, response.incident) else None


def left_behind(reach: Reach, response: Response, issued: Sequence[Package]) -> int:
    """How many orders that were left out this person may still send out."""
    if not response.is_active or not is_allowed(check_can_issue, reach, response.incident):
        return 0
    lines = [line for package in issued for line in package.lines.all() if line.kind == LineKind.ORDER]
    sent = {line.item for line in lines if not line.left_out}
    return len({line.item for line in lines if line.left_out} - sent)


def offer_at(response: Response, now: datetime) -> Offer | None:
    """The package of the response's own level while nothing of it has been said (one query, none where `issued` was
    read)."""
    package = package_at(response.plan.document, response.level)
    if not response.is_active or not package.orders:
        return None
    if (packages := getattr(response, _ISSUED, None)) is not None:
        said = {line.item for one in packages for line in one.lines.all() if line.kind == LineKind.ORDER}
    else:
        lines = PackageLine.objects.filter(response=response, kind=LineKind.ORDER)
        said = set(lines.values_list("item", flat=True))
    waiting = [one for one in package.orders if one.id not in said]
    return Offer(response.level, len(waiting)) if waiting else None


def in_words(words: Words) -> str:
    """In the reader's language."""
    return words.in_language(get_language())
