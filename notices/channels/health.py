"""How the providers have been answering lately, as this process has seen it. A hint: a restart forgets it.

A provider that failed three times in a row, or took too long, is poor for a minute; so is one that has been
silent too long right now. Then the next notice begins with the other one.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

FAILURES = 3
POOR_SECONDS = 60.0


class Providers:
    """Safe to use from several threads."""

    def __init__(self, count: Callable[[], float] = time.monotonic):
        self._count = count
        self._lock = threading.Lock()
        self._failures: dict[str, int] = {}
        self._poor_until: dict[str, float] = {}
        self._waiting: dict[object, tuple[str, float]] = {}

    @contextmanager
    def asked(self, url: str) -> Iterator[None]:
        """While a provider has not answered, the others can see for how long."""
        token = object()
        with self._lock:
            self._waiting[token] = (url, self._count())
        try:
            yield
        finally:
            with self._lock:
                del self._waiting[token]

    def answered(self, url: str, seconds: float) -> None:
        """It took the message, or refused it for good: it is well."""
        with self._lock:
            self._failures[url] = 0
            self._poor_until.pop(url, None)
            self._mark_if_slow(url, seconds)

    def failed(self, url: str, seconds: float = 0.0) -> None:
        with self._lock:
            self._failures[url] = self._failures.get(url, 0) + 1
            if self._failures[url] >= FAILURES:
                self._poor_until[url] = self._count() + POOR_SECONDS
            self._mark_if_slow(url, seconds)

    def is_busy(self, url: str, seconds: float) -> None:
        """It asked to be left alone for so long."""
        with self._lock:
            self._poor_until[url] = max(self._poor_until.get(url, 0.0), self._count() + seconds)

    def _mark_if_slow(self, url: str, seconds: float) -> None:
        if seconds > settings.NOTICE_SLOW_SECONDS:
            self._poor_until[url] = self._count() + POOR_SECONDS

    def is_poor(self, url: str) -> bool:
        with self._lock:
            now = self._count()
            silent = any(
                asked == url and now - since > settings.NOTICE_SLOW_SECONDS
                for asked, since in self._waiting.values()
            )
            return silent or self._poor_until.get(url, 0.0) > now


PROVIDERS = Providers()
