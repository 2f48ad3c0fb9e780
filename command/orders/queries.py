"""What may this person see of orders, in what shape?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Appointment, Post
from accounts.posts.duty import meant
from accounts.scope import Reach
from command.orders import permissions, rules
from command.orders.choices import OrderVerb, TargetKind
from command.orders.models import Order
from command.orders.targets import Target, behind, kinds_behind
from command.roll_call.models import RollCallLine
from command.roll_call.queries import ON_THE_SPOT, lines_for
from common.errors import NotAllowed, not_found
from incidents.models import Incident
from incidents.queries import OpenItem


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


class ShownStep(NamedTuple):
    """One state on the way of an order that goes well."""

    state: str
    label: str
    #: When it was reached; None: not yet.
    at: datetime | None
    on_behalf: bool = False
    by_link: bool = False
    #: Where the code was shown that confirmed the arrival.
    place: str = ""


class OrderCard(NamedTuple):
    """An order with what this reader may do now."""

    order: Order
    steps: list[ShownStep]
    verbs: list[OrderVerb]
    on_behalf: bool
    #: Who answers for the recipient now, for whoever directs a live order; None: not for this reader.
    contacts: list[Contact] | None = None
    #: The reader may type the code that is shown at the place.
    types_code: bool = False
    #: The reader is asked now whether they are all right.
    asked: RollCallLine | None = None

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
    there = [one.pk for one in orders if one.state in ON_THE_SPOT and permissions.is_recipient(reach, one)]
    asked = lines_for(reach.user.pk, there)
    made = [card(reach, order, contacts.get(order.pk)) for order in orders]
    return [one._replace(asked=asked.get(one.order.pk)) for one in made]


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
    return kinds_behind(order.target_kind, order.target_role)


def card(reach: Reach, order: Order, contacts: list[Contact] | None = None) -> OrderCard:
    reached = {step.state: step for step in order.steps.all()}
    steps: list[ShownStep] = []
    for state in rules.STEPS:
        step = reached.get(state)
        at = order.issued_at if state == rules.STEPS[0] else step.at if step else None
        how = (step.on_behalf, step.by_link, step.place) if step else ()
        steps.append(ShownStep(state, str(state.label), at, *how))
    possible = rules.TRANSITIONS.verbs_for(order.state)
    verbs = [OrderVerb(verb) for verb in possible if _may(reach, order, verb, reached)]
    on_behalf = not permissions.is_recipient(reach, order)
    is_shown_to_them = reach.holds("incident.observe", order.unit_path)
    types_code = order.state in rules.CODE_AT and not (on_behalf or is_shown_to_them)
    return OrderCard(order, steps, verbs, on_behalf, contacts, types_code)


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


class Previewed(NamedTuple):
    """An order that would go out: to whom, who would read it, and what stands in its way."""

    to: str
    label: str
    people: list[str]
    obstacle: str = ""


def preview(
    incident: Incident, targets: Mapping[str, Target], now: datetime, labels: Mapping[str, str] | None = None
) -> list[Previewed]:
    """Each recipient by name. The queries do not grow with them."""
    found = behind(targets.values(), now)
    rows = Order.objects.live().filter(incident=incident, target_kind=TargetKind.SQUAD)
    busy = {(order.target_unit_id, order.target_squad): order.number for order in rows}
    return [
        Previewed(
            text,
            (labels or {}).get(text, target.words),
            [f"{one.post_title} {one.person}".strip() for one in found.people[target]],
            _obstacle(target, busy, is_read=bool(found.people[target])),
        )
        for text, target in targets.items()
    ]


def _obstacle(target: Target, busy: Mapping[tuple[int | None, str], str], *, is_read: bool) -> str:
    number = busy.get((target.unit.pk if target.unit else None, target.squad)) if target.squad else None
    if number:
        return _("has order %(number)s already: recall or complete that one, or leave this recipient out") % {
            "number": number
        }
    return "" if is_read else _("nobody holds it now: nobody would read the order")


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
