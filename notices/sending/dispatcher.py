"""The threads that wait for providers. A lane has its own, and looks after what is under way from turn to turn.

Only the thread that turns the lane touches the database: what a sender thread learns waits in its Future.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings

from notices.channels import SendResult, sender_of
from notices.channels.routes import provider_of
from notices.models import Notice
from notices.sending.bundles import Parcel

log = logging.getLogger(__name__)

#: Seconds a turn waits for the answers to what it has just sent; what hangs longer is marked by a later turn.
PATIENCE = 2.0
#: One thread sends one message; they are made as they are needed. Enough for every provider to be full at once:
#: one that hangs takes no other's.
THREADS = 112

#: The rows of one message, what came of it, when.
Answer = tuple[Any, SendResult, datetime]


class Ways(NamedTuple):
    """How rows of one table leave: notices, or what browsers are told (notices.push)."""

    #: The rows of one message, seconds to wait → what came of it.
    send: Callable[[Any, float], SendResult]
    #: Row → whose time it takes.
    provider: Callable[[Any], str]
    #: Whether these rows are still those of the table.
    is_known: Callable[[Any], bool]


class Senders:
    """What one lane has under way. Whoever turns it takes each answer once."""

    def __init__(self, ways: "Ways | None" = None) -> None:
        self._ways = ways or NOTICES
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[Future, Any] = {}
        self._began: tuple[datetime | None, float] = (None, 0.0)

    def count(self) -> int:
        return len(self._under_way)

    def full(self, most: int) -> list[str]:
        """Providers that have as many messages under way as one may have."""
        used = Counter(self._ways.provider(parcel[0]) for parcel in list(self._under_way.values()))
        return [provider for provider, count in used.items() if count >= most]

    def begin(self, parcels: list[Any], now: datetime) -> None:
        self._began = (now, time.monotonic())
        self._pool = self._pool or ThreadPoolExecutor(THREADS, thread_name_prefix="notice")
        for parcel in parcels:
            future = self._pool.submit(_safely, self._ways.send, parcel, settings.NOTICE_LEASE_SECONDS * 0.4)
            self._under_way[future] = parcel

    def answers(self) -> Iterator[Answer]:
        """Each answer as it comes, until all are there or the turn's patience is over."""
        end = time.monotonic() + PATIENCE
        while self._under_way and (left := end - time.monotonic()) > 0:
            wait(list(self._under_way), timeout=left, return_when=FIRST_COMPLETED)
            yield from self._finished()

    def collect(self, now: datetime) -> list[Answer]:
        """The answers that have come since the last turn."""
        self._began = (now, time.monotonic())
        return list(self._finished())

    def _finished(self) -> Iterator[Answer]:
        for future in [future for future in list(self._under_way) if future.done()]:
            parcel = self._under_way.pop(future, None)
            if parcel is None:
                continue
            # A row that is not the one we sent belongs to another database (a restore, the next test).
            if self._ways.is_known(parcel):
                yield parcel, future.result(), self._now()

    def _now(self) -> datetime:
        """The present, counted on from the `now` the turn was given: sending takes time."""
        now, begun = self._began
        assert now is not None, "begin() or collect() comes first"
        return now + timedelta(seconds=time.monotonic() - begun)


def _is_known(parcel: Parcel) -> bool:
    return Notice.objects.filter(key__in=[notice.key for notice in parcel]).count() == len(parcel)


def _send(parcel: Parcel, timeout: float) -> SendResult:
    sender = sender_of(parcel[0].channel)
    return sender(parcel, timeout) if sender else SendResult("never", error="nothing is sent on this channel")


def _safely(send: Callable[[Any, float], SendResult], parcel: Any, timeout: float) -> SendResult:
    """In a thread of its own. Never raises: the turn has to mark something."""
    try:
        return send(parcel, timeout)
    except Exception as error:
        log.exception("%s %s could not be sent", parcel[0]._meta.verbose_name, parcel[0].pk)
        return SendResult("broken", error=type(error).__name__)


NOTICES = Ways(_send, provider_of, _is_known)
