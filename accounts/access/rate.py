"""How many calls of the API one person may make in a minute, or looks one address at a page without a sign-in, counted
in this process.

Generous: it stops a loop that went wrong and a stolen token that reads everything at once, not work. Never on
alarms, whose view names no throttle.
"""

import threading
import time
from collections import deque
from collections.abc import Hashable

from django.conf import settings
from rest_framework.throttling import BaseThrottle

MINUTE = 60.0
#: People remembered; the one who called longest ago is forgotten first.
MOST_PEOPLE = 5000

_calls: dict[Hashable, deque[float]] = {}
_lock = threading.Lock()


class PerPerson(BaseThrottle):
    """`API_REQUESTS_PER_MINUTE` for each person, whatever tokens and sessions they use."""

    def allow_request(self, request, view) -> bool:
        limit = settings.API_REQUESTS_PER_MINUTE
        if not limit or not request.user:
            return True
        self._wait = _take(request.user.pk, limit, time.monotonic())
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


def is_too_often(who: str, limit: int) -> bool:
    """Count a look by `who`; whether it is more than `limit` within a minute."""
    return _take(who, limit, time.monotonic()) is not None


def _take(person: Hashable, limit: int, now: float) -> float | None:
    """Count a call; or the seconds until the next one is allowed."""
    with _lock:
        calls = _calls.pop(person, None) or deque()
        _calls[person] = calls
        while len(_calls) > MOST_PEOPLE:
            del _calls[next(iter(_calls))]
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if len(calls) >= limit:
            return calls[0] + MINUTE - now
        calls.append(now)
        return None


def forget() -> None:
    """Begin anew (tests)."""
    with _lock:
        _calls.clear()
