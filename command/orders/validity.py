"""How long the reasons to tell of orders last. Asked before anything is sent, and by whoever ends one."""

from datetime import datetime

from command.orders.models import Order
from notices.relevance import validity


def orders_live(asked: set[int], now: datetime) -> set[int]:
    """Declined, recalled or completed, an order asks nobody any more."""
    return set(Order.objects.live().filter(pk__in=asked).values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    "order.issued": validity.while_live(orders_live),
    "order.recalled": validity.always,
    "order.stood_down": validity.always,
}
