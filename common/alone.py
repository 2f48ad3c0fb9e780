"""A loop that meets its rows each alone: one that raises is set aside and tried again later, and stops no other.

    LATE = Loop("clocks.breach")
    LATE.each(LATE.pick(due.order_by("due_at"), now, limit), act, now)

A row that has raised `SHOWN_AFTER` times stands on the system administrator's page until it goes well or nobody
asks for it any more. A database that is away is nobody's fault: that error goes through.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, models, transaction

from common.models import SetAside

log = logging.getLogger(__name__)

SHOWN_AFTER = 3
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
#: Whoever is still wanted is tried again by then; what is not has been settled or taken back.
FORGOTTEN_AFTER = 2 * LONGEST_WAIT


def is_of_the_row(error: Exception) -> bool:
    """Whether another row may go well: the database answers."""
    return not isinstance(error, OperationalError | InterfaceError)


def may_begin(now: datetime) -> models.Q:
    """Of whoever is told things by one turn at a time: nobody is at it, and it does not rest after a failure.

    Asked when work is handed out, and again by whoever takes it: it may have waited for a thread meanwhile.
    """
    free = models.Q(held_until__isnull=True) | models.Q(held_until__lte=now)
    return free & (models.Q(rests_until__isnull=True) | models.Q(rests_until__lte=now))


class Loop:
    """The rows of one loop, by name."""

    def __init__(self, name: str):
        self.name = name

    def pick(self, due: models.QuerySet, now: datetime, limit: int) -> list[int]:
        """The keys of the first rows that are due and not set aside. One query where none is due."""
        keys = list(due.values_list("pk", flat=True)[:limit])
        if not keys:
            return keys
        resting = self.resting(now)
        if resting.isdisjoint(map(str, keys)):
            return keys
        return list(due.exclude(pk__in=resting).values_list("pk", flat=True)[:limit])

    def resting(self, now: datetime) -> set[str]:
        """What is set aside and not to be tried again yet."""
        return set(SetAside.objects.filter(loop=self.name, again_at__gt=now).values_list("row", flat=True))

    def each(self, rows: Iterable[Any], act: Callable[[Any], int], now: datetime) -> int:
        """Call `act` with each row; returns the sum of what it says. `act` is a transaction by itself."""
        rows = list(rows)
        if not rows:
            return 0
        known = set(SetAside.objects.filter(loop=self.name).values_list("row", flat=True))
        done = 0
        for row in rows:
            try:
                done += act(row) or 0
            except Exception as error:
                if not is_of_the_row(error):
                    raise
                self.put(row, error, now)
            else:
                if str(row) in known:
                    SetAside.objects.filter(loop=self.name, row=str(row)).delete()
        return done

    def each_not_resting(self, rows: Iterable[Any], act: Callable[[Any], int], now: datetime) -> int:
        """The same for rows that are not picked by a query."""
        rows = list(rows)
        resting = self.resting(now) if rows else set()
        return self.each([row for row in rows if str(row) not in resting], act, now)

    def put(self, row: Any, error: Exception | str, now: datetime) -> None:
        """Set a row aside: for ten seconds, twenty, … an hour. `error` as text: the log has it already."""
        if isinstance(error, Exception):
            log.error("%s: %s raised and is set aside", self.name, row, exc_info=error)
        with transaction.atomic():
            made, _new = SetAside.objects.get_or_create(
                loop=self.name, row=str(row)[:80], defaults={"first_at": now, "again_at": now}
            )
            made.tries = min(made.tries + 1, 1000)
            # Its words may quote the row, and this is read by who may not see it.
            made.error = error if isinstance(error, str) else type(error).__name__
            made.again_at = now + min(FIRST_WAIT * 2 ** min(made.tries - 1, 20), LONGEST_WAIT)
            made.save(update_fields=["tries", "error", "again_at"])


def shown(now: datetime) -> list[SetAside]:
    """What has raised again and again, and is still wanted."""
    lasting = SetAside.objects.filter(tries__gte=SHOWN_AFTER, again_at__gt=now - FORGOTTEN_AFTER)
    return list(lasting.order_by("loop", "first_at"))


def forget_settled(now: datetime) -> None:
    """What was not tried again although it was time is not wanted any more."""
    SetAside.objects.filter(again_at__lte=now - FORGOTTEN_AFTER).delete()
