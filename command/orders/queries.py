"""What may this person see of orders, in what shape?"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Post, Unit
from accounts.people.names import distinct_names
from accounts.posts.duty import meant
from accounts.scope import Reach
from accounts.verbs import VERBS
from command.orders import permissions, rules
from command.orders.choices import OrderVerb, TargetKind
from command.orders.models import Order
from common.database.paths import prefixes
from common.dates.local_time import day_of
from common.errors import NotAllowed, not_found
from incidents.models import Incident
from incidents.queries import OpenItem
from plans.document.sections import squads_of


def orders(reach: Reach) -> QuerySet[Order]:
    return Order.objects.visible_to(reach).for_lists().order_by("-issued_at", "-pk")


def live_orders(reach: Reach) -> QuerySet[Order]:
    """Orders under way that this person may see, the most urgent arrival first."""
    return Order.objects.visible_to(reach).live().for_lists().order_by("arrive_by", "pk")


def my_orders(reach: Reach) -> QuerySet[Order]:
    """Live orders addressed to this person, their squads or their units."""
    return Order.objects.addressed_to(reach).live().for_lists().order_by("arrive_by", "pk")


def for_incident(incident: Incident) -> QuerySet[Order]:
    return Order.objects.filter(incident=incident).for_lists().order_by("pk")


def get_order(reach: Reach, number: str) -> Order:
    """The order of that number; NotFound if there is none or this person may not see it."""
    found = Order.objects.visible_to(reach).for_lists().filter(number=number).first()
    if found is None:
        raise not_found()
    return found


def key_of_number(text: str) -> str | None:
    """The journal key behind an order's number, for callers of the API."""
    found = Order.objects.filter(number=text).first()
    return found.key if found else None


class Contact(NamedTuple):
    """Somebody behind an order, to telephone."""

    name: str
    phone: str


class OrderCard(NamedTuple):
    """An order with what this reader may do now."""

    order: Order
    #: state, its label, when it was reached (None = not yet), whether on behalf
    steps: list[tuple[str, str, datetime | None, bool]]
    verbs: list[OrderVerb]
    on_behalf: bool
    #: Who answers for the recipient now, for whoever directs a live order; None: not for this reader.
    contacts: list[Contact] | None = None

    @property
    def own_verbs(self) -> list[OrderVerb]:
        """What the reader does in their own name."""
        return [verb for verb in self.verbs if not self._is_for_others(verb)]

    @property
    def verbs_for_others(self) -> list[OrderVerb]:
        """What the reader may say for a recipient who cannot: not the first thing offered, and with a reason."""
        return [verb for verb in self.verbs if self._is_for_others(verb)]

    def _is_for_others(self, verb: OrderVerb) -> bool:
        return self.on_behalf and rules.TRANSITIONS[verb].by == rules.RECIPIENT


def cards(reach: Reach, rows: Iterable[Order]) -> list[OrderCard]:
    """A card for each order; who is behind them is asked once for all."""
    orders = list(rows)
    directed = [order for order in orders if _directs(reach, order)]
    contacts = contacts_of(directed, reach.now)
    return [card(reach, order, contacts.get(order.pk)) for order in orders]


def _directs(reach: Reach, order: Order) -> bool:
    is_theirs = permissions.is_recipient(reach, order)
    return order.is_live and not is_theirs and reach.holds("order.answer_for", order.unit_path)


def contacts_of(orders: Sequence[Order], now: datetime) -> dict[int, list[Contact]]:
    """Order → who answers for its recipient now (one query, and one for rosters)."""
    condition = Q(pk__in=[])
    for order in orders:
        condition |= _behind(order)
    held = Appointment.objects.current(now).filter(condition).select_related("person", "post")
    present = meant(held.order_by("pk"), now) if orders else []
    found: dict[int, list[Contact]] = {}
    for order in orders:
        if order.target_person is not None:
            people = {order.target_person_id: order.target_person}
        else:
            people = {one.person_id: one.person for one in present if _answers(order, one.post)}
        found[order.pk] = [Contact(str(one), one.phone) for one in people.values() if one.is_active]
    return found


def _behind(order: Order) -> Q:
    return Q(post__unit=order.target_unit_id, post__squad=order.target_squad, post__kind__in=_kinds(order))


def _answers(order: Order, post: Post) -> bool:
    where = post.unit_id == order.target_unit_id and post.squad == order.target_squad
    return where and post.kind in _kinds(order)


def _kinds(order: Order) -> Collection[str]:
    return [PostKind.SQUAD] if order.target_squad else VERBS["order.answer"]


def card(reach: Reach, order: Order, contacts: list[Contact] | None = None) -> OrderCard:
    reached = {step.state: step for step in order.steps.all()}
    steps: list[tuple[str, str, datetime | None, bool]] = []
    for state in rules.STEPS:
        step = reached.get(state)
        at = order.issued_at if state == rules.STEPS[0] else step.at if step else None
        steps.append((state, str(state.label), at, bool(step and step.on_behalf)))
    possible = rules.TRANSITIONS.verbs_for(order.state)
    verbs = [OrderVerb(verb) for verb in possible if _may(reach, order, verb, reached)]
    on_behalf = not permissions.is_recipient(reach, order)
    return OrderCard(order, steps, verbs, on_behalf, contacts)


def _may(reach: Reach, order: Order, verb: str, reached: dict) -> bool:
    """The button's twin of permissions.check_can_move, without a query per order."""
    if verb == OrderVerb.CONFIRM_ARRIVAL:
        arrived = reached.get("arrived")
        on_the_spot = (
            reach.holds("incident.observe", order.unit_path) or order.incident.reported_by_id == reach.user.pk
        )
        return on_the_spot and arrived is not None and arrived.by_id != reach.user.pk
    try:
        permissions.check_can_move(reach, order, verb)
    except NotAllowed:
        return False
    return True


class Recipient(NamedTuple):
    """A choice of the order form: `squad:dialogue@C1` and what it is called."""

    value: str
    label: str


def recipients_for(incident: Incident, now: datetime) -> list[Recipient]:
    """Whom an order may go to: the plan's squads of this unit and those above it, then units, then responders."""
    units = list(Unit.objects.filter(path__in=prefixes(incident.unit_path)).order_by("-path"))
    posts = Post.objects.filter(unit__in=units, closed_at__isnull=True, kind=PostKind.SQUAD).select_related(
        "unit"
    )
    named = {squad.id: squad.words for squad in squads_of(incident.plan.document)}
    order = list(named)
    found: dict[str, str] = {}
    for post in sorted(
        posts, key=lambda p: (-len(p.unit.path), order.index(p.squad) if p.squad in order else 99)
    ):
        found.setdefault(TargetKind.SQUAD.named(f"{post.squad}@{post.unit.code}"), f"{post} · {post.unit}")
    below = Unit.objects.open_at(day_of(now)).filter(
        path__under=incident.unit_path, posts__kind=PostKind.OFFICE_HEAD
    )
    for unit in [*below.distinct().order_by("path")[:50]]:
        found[TargetKind.UNIT.named(unit.code)] = str(unit)
    responders = Appointment.objects.current(now).filter(
        post__unit__in=units, post__kind__in=[PostKind.FIRST_RESPONDER, PostKind.EXPERT]
    )
    rows = list(responders.select_related("person", "post").order_by("pk"))
    names = distinct_names(held.person for held in rows)
    for held in rows:
        found[TargetKind.PERSON.named(held.person.username)] = f"{held.post} · {names[held.person.pk]}"
    return [Recipient(value, label) for value, label in found.items()]


def held_open(incident: Incident) -> list[OpenItem]:
    """Orders that keep an incident from closing."""
    return [
        OpenItem(
            "order",
            order.number,
            _("Order %(number)s: %(state)s") % {"number": order.number, "state": order.get_state_display()},
        )
        for order in Order.objects.filter(incident=incident).live().order_by("pk")
    ]
