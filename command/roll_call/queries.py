"""Who is asked, and what the page, the cards and the API show."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from command.orders.choices import OrderState
from command.orders.models import Order
from command.orders.targets import behind, target_of
from command.roll_call.choices import RollCallAnswer, RollCallState
from command.roll_call.models import RollCall, RollCallLine
from common.errors import not_found
from incidents.models import Incident
from incidents.rules import OPEN
from notices.recipients import Recipient

#: An order that has brought its recipients to the spot and has not sent them home.
ON_THE_SPOT = (OrderState.ARRIVED, OrderState.ARRIVAL_CONFIRMED)


class Present(NamedTuple):
    order: Order
    person: Recipient


def on_the_spot(incident: Incident, now: datetime) -> list[Present]:
    """Everybody of ours whom an order has brought there: each once, by the first of their orders."""
    orders = list(
        Order.objects.filter(incident=incident, state__in=ON_THE_SPOT)
        .select_related("target_unit", "target_person")
        .order_by("pk")
    )
    targets = {order.pk: target_of(order) for order in orders}
    people = behind(targets.values(), now).people
    found: dict[int, Present] = {}
    for order in orders:
        for one in people[targets[order.pk]]:
            found.setdefault(one.person.pk, Present(order, one))
    return list(found.values())


class Round(NamedTuple):
    """A roll-call with the lines of its present round."""

    roll_call: RollCall
    lines: list[RollCallLine]

    @property
    def silent(self) -> list[RollCallLine]:
        return [line for line in self.lines if not line.answer]

    @property
    def answered(self) -> list[RollCallLine]:
        return [line for line in self.lines if line.answer]

    @property
    def in_need(self) -> list[RollCallLine]:
        return [line for line in self.lines if line.answer == RollCallAnswer.HELP]


def live_of(incident: Incident) -> RollCall | None:
    if not incident.is_open:
        return None
    rows = RollCall.objects.filter(incident=incident, state=RollCallState.OPEN)
    return rows.select_related("started_by", "incident__unit").first()


def round_of(roll_call: RollCall) -> Round:
    rows = roll_call.lines.filter(round=roll_call.round).select_related("person", "order", "answered_by")
    return Round(roll_call, list(rows))


def rounds_before(incident: Incident) -> list[Round]:
    """What was answered before, newest first."""
    calls = (
        RollCall.objects.filter(incident=incident)
        .order_by("-pk")
        .prefetch_related("lines__person", "lines__answered_by")
    )
    found = []
    for call in calls:
        lines = list(call.lines.all())
        last = call.round - 1 if call.state == RollCallState.OPEN else call.round
        found += [Round(call, [one for one in lines if one.round == n]) for n in range(last, 0, -1)]
    return found


def lines_for(person: int, orders: Collection[int]) -> dict[int, RollCallLine]:
    """Order → the line on which this person is asked now because of it."""
    if not orders:
        return {}
    rows = RollCallLine.objects.filter(
        person=person,
        order__in=orders,
        roll_call__state=RollCallState.OPEN,
        roll_call__incident__state__in=OPEN,
    ).select_related("roll_call")
    return {line.order_id: line for line in rows if line.round == line.roll_call.round}


def get_line(lines: Iterable[RollCallLine], pk: int) -> RollCallLine:
    found = next((line for line in lines if line.pk == pk), None)
    if found is None:
        raise not_found()
    return found
