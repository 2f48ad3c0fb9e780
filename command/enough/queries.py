"""What a page shows of calls of which some are enough."""

from collections.abc import Sequence
from typing import NamedTuple

from command.enough.models import Quorum
from command.orders import rules
from command.orders.choices import OrderState
from command.orders.models import Order
from incidents.models import Incident

_FELL_OUT = (OrderState.DECLINED, OrderState.RECALLED)


class ShortCall(NamedTuple):
    """Enough had answered, and are not enough any more."""

    quorum: Quorum
    #: How many are to be called.
    missing: int
    #: Who had been stood down.
    rest: int


def missing_of(quorum: Quorum) -> int:
    """How many fewer come than are needed."""
    coming = quorum.orders.filter(state__in=rules.COMING).values_list("pk", flat=True)
    return max(quorum.needed - len(coming), 0)


def short_calls(incident: Incident, orders: Sequence[Order]) -> list[ShortCall]:
    """The calls of the incident that are short and whose rest can be called. `orders`: all of the incident; no query
    where nobody was stood down or nobody fell out."""
    states = {order.state for order in orders}
    if OrderState.STOOD_DOWN not in states or not states.intersection(_FELL_OUT):
        return []
    found = []
    calls = Quorum.objects.filter(incident=incident, met_at__isnull=False, reopened_at=None)
    for quorum in calls.prefetch_related("orders").order_by("pk"):
        own = list(quorum.orders.all())
        missing = quorum.needed - len([one for one in own if one.state in rules.COMING])
        rest = len([one for one in own if one.state == OrderState.STOOD_DOWN])
        if missing > 0 and rest:
            found.append(ShortCall(quorum, missing, rest))
    return found
