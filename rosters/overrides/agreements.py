"""What becomes of a swap when the duty it is about changes: it lapses, and both sides hear it.

Whoever agreed to a duty from 8:30 to 8:30 has not agreed to what an override left of it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from common.states import move
from journal.record import record
from notices.relevance.ending import settle_threads
from rosters import alerts, rules
from rosters.models import Shift, Swap


def lapse_swaps(shifts: Iterable[Shift], now: datetime) -> list[Swap]:
    """End the open swaps about these duties, given or in return, in the transaction that changed them."""
    keys = [shift.pk for shift in shifts]
    rows = (
        Swap.objects.open().select_for_update(of=("self",)).filter(Q(shift__in=keys) | Q(in_return__in=keys))
    )
    found = list(rows.select_related("shift__post__unit", "proposed_by", "other").order_by("pk"))
    for swap in found:
        done = move(swap, rules.SWAPS, rules.LAPSE)
        swap.save(update_fields=["state"])
        _record(swap, done.entry, now)
        settle_threads([swap.key], now)
        alerts.tell_swap(
            swap,
            [swap.proposed_by, swap.other],
            zh="已失效，班次已变更",
            en="lapsed, the duty has changed",
            now=now,
        )
    return found


def _record(swap: Swap, kind: str, now: datetime) -> None:
    content = {"post": swap.shift.post.title, "from": str(swap.proposed_by), "to": str(swap.other)}
    record(
        kind,
        subject=swap.key,
        unit=swap.shift.post.unit,
        actor=None,
        at=now,
        content=content,
    )
