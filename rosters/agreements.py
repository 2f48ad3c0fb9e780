"""What becomes of a swap when the duty it is about changes: it lapses, and both sides hear it.

Whoever agreed to a duty from 8:30 to 8:30 has not agreed to what an override left of it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from journal.record import record
from notices.ending import settle
from rosters import alerts
from rosters.choices import SwapState
from rosters.models import Shift, Swap


def lapse_swaps(shifts: Iterable[Shift], now: datetime) -> list[Swap]:
    """End the open swaps about these duties, given or in return, in the transaction that changed them."""
    keys = [shift.pk for shift in shifts]
    rows = (
        Swap.objects.open().select_for_update(of=("self",)).filter(Q(shift__in=keys) | Q(in_return__in=keys))
    )
    found = list(rows.select_related("shift__post__unit", "proposed_by", "other").order_by("pk"))
    for swap in found:
        swap.state = SwapState.LAPSED
        swap.save(update_fields=["state"])
        _record(swap, now)
        settle([swap.key], now)
        alerts.tell_swap(
            swap,
            [swap.proposed_by, swap.other],
            zh="已失效，班次已变更",
            en="lapsed, the duty has changed",
            now=now,
        )
    return found


def _record(swap: Swap, now: datetime) -> None:
    content = {"post": swap.shift.post.title, "from": str(swap.proposed_by), "to": str(swap.other)}
    record(
        "swap.lapsed",
        subject=swap.key,
        unit=swap.shift.post.unit,
        actor=None,
        at=now,
        content=content,
    )
