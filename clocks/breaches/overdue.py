"""No breach is silent: people are told of a clock that ran out, once, and need not be any more when it is answered.

Who is responsible and who follows is known to the room above that calls this. It is told apart from the breach and
from its effect: one that fails holds up neither, and is tried again.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction

from clocks.breaches.sweep import FIRST_RETRY
from clocks.models import RUNNING, Clock
from clocks.terms.rules import warn_at

log = logging.getLogger(__name__)

Act = Callable[[Clock, datetime], None]


def each_breach(now: datetime, limit: int, *, tell: Act, over: Act) -> int:
    """`tell` of up to `limit` breaches, and call as many `over` that were answered since: stopped, or cancelled.

    Returns how many clocks.
    """
    told = _each(_to_tell(now), partial(_tell, tell), now, limit)
    return told + _each(_answered(), partial(_end, over), now, limit)


def each_warning(now: datetime, limit: int, *, warn: Act) -> int:
    """`warn` of up to `limit` clocks that end soon, once for each step the plan names. Returns how many."""
    return _each(_to_warn(now), partial(_warn, warn), now, limit)


def _to_warn(now: datetime):
    return Clock.objects.running().filter(warn_due_at__lte=now)


def _warn(warn: Act, clock: Clock, now: datetime) -> None:
    clock.warn_due_at = warn_at(due=clock.due_at, before=clock.warn_before, after=now)
    # Past its end already: the breach is told, no warning beside it.
    if clock.due_at is not None and clock.due_at > now:
        warn(clock, now)
    clock.save(update_fields=["warn_due_at"])


def _to_tell(now: datetime):
    return Clock.objects.filter(tell_due_at__lte=now)


def _answered():
    return Clock.objects.filter(told_at__isnull=False).exclude(RUNNING)


def _each(rows, act: Act, now: datetime, limit: int) -> int:
    # A look without a lock: on SQLite every transaction takes the one write lock.
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    for pk in ids:
        try:
            with transaction.atomic():
                clock = rows.select_for_update(skip_locked=True, of=("self",)).select_related("unit")
                if found := clock.filter(pk=pk).first():
                    act(found, now)
        except Exception:
            log.exception("nobody could be told of clock %s", pk)
            Clock.objects.filter(pk=pk, tell_due_at__lte=now).update(tell_due_at=now + FIRST_RETRY)
            Clock.objects.filter(pk=pk, warn_due_at__lte=now).update(warn_due_at=now + FIRST_RETRY)
    return len(ids)


def _tell(tell: Act, clock: Clock, now: datetime) -> None:
    clock.tell_due_at = None
    if clock.is_running:
        clock.told_at = now
        tell(clock, now)
    clock.save(update_fields=["tell_due_at", "told_at"])


def _end(over: Act, clock: Clock, now: datetime) -> None:
    clock.told_at = None
    clock.save(update_fields=["told_at"])
    over(clock, now)
