"""A present that does not jump: deadlines must not fire early because somebody set a clock.

The time comes from the database where engines run on several machines, so that one with a wrong clock
decides nothing. It is compared with the machine's own count of seconds; where the two differ by more than
two seconds, the count goes on from the last good time, and the auditor says so. Starting the engine again
accepts the time as it then is.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

log = logging.getLogger(__name__)

TOLERANCE = timedelta(seconds=2)


def seconds_up() -> float:
    """Seconds counted by the machine, those asleep included (a laptop's lid is no jump of the clock)."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def read_time() -> datetime:
    """The time all engines agree on: the database server's, or this machine's with SQLite."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


class SteadyClock:
    """Safe to read from several threads."""

    def __init__(self, read: Callable[[], datetime] = read_time, count: Callable[[], float] = seconds_up):
        self._read, self._count = read, count
        self._lock = threading.Lock()
        self._last: tuple[datetime, float] | None = None
        self.has_jumped = False

    def now(self) -> datetime:
        # Read first, count after: a slow answer makes the count too late, never the time too early.
        given, counted = self._read(), self._count()
        with self._lock:
            if self._last is None:
                self._last = (given, counted)
                return given
            last, last_counted = self._last
            expected = last + timedelta(seconds=max(0.0, counted - last_counted))
            if abs(given - expected) <= TOLERANCE:
                # Small differences are taken over each time, so that slow drift never adds up to a jump.
                self._say(False, given, expected)
                self._last = (given, counted) if counted > last_counted else self._last
                return given
            self._say(True, given, expected)
            self._last = (expected, counted) if counted > last_counted else self._last
            return expected

    def _say(self, has_jumped: bool, given: datetime, expected: datetime) -> None:
        if has_jumped and not self.has_jumped:
            log.error(
                "the time jumped: %s was expected, the clock says %s; going by the former", expected, given
            )
        elif self.has_jumped and not has_jumped:
            log.warning("the time is right again: %s", given)
        self.has_jumped = has_jumped


#: The clock of this process; the auditor asks it whether the time jumped.
CLOCK = SteadyClock()
