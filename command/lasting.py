"""How long the reasons to tell of orders and duties last. Asked before anything is sent, and by whoever ends one."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from command.models import Handover, Order, Roster, Shift, Swap
from command.rosters.choices import RosterState
from common.local_time import day_of
from journal.keys import pk_of
from notices import still


def orders_live(asked: set[int], now: datetime) -> set[int]:
    """Declined, recalled or completed, an order asks nobody any more."""
    return set(Order.objects.live().filter(pk__in=asked).values_list("pk", flat=True))


def rosters_ahead(asked: set[int], now: datetime) -> set[int]:
    today = day_of(now)
    rows = Roster.objects.filter(pk__in=asked, state=RosterState.PUBLISHED, last_day__gte=today)
    return set(rows.values_list("pk", flat=True))


def shifts_not_over(asked: set[int], now: datetime) -> set[int]:
    """A duty that has passed rings nobody, changed or not confirmed."""
    return set(Shift.objects.filter(pk__in=asked, ends_at__gt=now).values_list("pk", flat=True))


def handovers_open(asked: set[int], now: datetime) -> set[int]:
    left = Handover.objects.filter(Q(taken_at=None) | Q(items__taken_at=None, items__isnull=False))
    return set(left.filter(pk__in=asked).values_list("pk", flat=True))


def while_swap_stands(rows: Sequence[still.Told], now: datetime) -> dict[int, str]:
    """ "swap.accepted" asks for the leader's word until it is given; how a swap ended stays news."""
    asked = {pk_of(row.subject) for row in rows}
    states = dict(Swap.objects.filter(pk__in=asked).values_list("pk", "state"))
    return {
        row.pk: still.OVER for row in rows if states.get(pk_of(row.subject)) != row.purpose.rpartition(".")[2]
    }


#: Purpose → what says how long it lasts.
LASTING: dict[str, still.Check] = {
    "order.issued": still.while_live(orders_live),
    "order.recalled": still.always,
    "roster.published": still.while_live(rosters_ahead),
    "shift.changed": still.while_live(shifts_not_over),
    "shift.stand_in": still.while_live(shifts_not_over),
    "shift.not_confirmed": still.while_live(shifts_not_over),
    "shift.number_silent": still.while_live(shifts_not_over),
    "swap": while_swap_stands,
    "handover.left_open": still.while_live(handovers_open),
    # The code itself is good for ten minutes, and says so (expires_at).
    "contact.code": still.always,
}
