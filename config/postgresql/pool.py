"""Connections that wait for the next request instead of being opened anew for each.

Under ASGI every request has a thread of its own, so a connection kept per thread would never be found again.
Opening one costs 5 ms, half of it processor time, and PostgreSQL plans the first statements with empty caches.
Django pools for psycopg 3 only; this is the same protocol (`open`, `getconn`, `putconn`, `close`) for psycopg2.
It never makes anybody wait: beyond those kept, connections are opened and closed as before.
"""

import os
import select
import time
import weakref
from collections import deque
from collections.abc import Callable

from psycopg2 import extensions

#: So many wait at most in one process; more requests at once would only wait for the interpreter.
KEPT = 16
#: Seconds: one that nobody took for so long may be forgotten by a firewall on the way.
RESTED = 60
#: Seconds: a backend's caches only grow, and after a failover old ones should not stay for hours.
LIVED = 600


class Connection(extensions.connection):
    """Knows its pool, as Django expects, and its age."""

    _pool: "Pool"
    born = 0.0
    rests_since = 0.0
    #: Whether a cursor may be open on the server.
    has_named_cursors = False
    #: The statements this session has prepared; see common/database/prepared_statements.py.
    prepared: frozenset[str] = frozenset()


class Pool:
    """`connect` opens a `Connection` and makes it ready. Thread-safe: a deque's ends are."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._kept: deque[Connection] = deque()
        self._is_open = True
        _pools.add(self)

    def open(self) -> None:
        self._is_open = True

    def getconn(self) -> Connection:
        """The one used last, if it still lives; else a new one."""
        while self._kept:
            try:
                found = self._kept.pop()
            except IndexError:  # another thread was faster
                break
            if _is_fresh(found):
                return found
            found.close()
        made = self._connect()
        made._pool, made.born = self, time.monotonic()
        return made

    def putconn(self, connection: Connection) -> None:
        """Keep it for the next one; close it where anything speaks against that."""
        if not (self._is_open and len(self._kept) < KEPT and _is_clean(connection)):
            connection.close()
            return
        connection.rests_since = time.monotonic()
        self._kept.append(connection)
        if not self._is_open:  # closed by another thread in between
            self.close()

    def close(self) -> None:
        self._is_open = False
        while self._kept:
            try:
                self._kept.pop().close()
            except IndexError:  # another thread was faster
                return

    def forget(self) -> None:
        """In a forked process: the connections are the parent's (psycopg2 leaves those alone)."""
        self._kept.clear()


def _is_fresh(connection: Connection) -> bool:
    now = time.monotonic()
    is_young = now - connection.rests_since < RESTED and now - connection.born < LIVED
    return is_young and not connection.closed and not _has_news(connection)


def _has_news(connection: Connection) -> bool:
    """A server that has nothing to answer and speaks all the same says good-bye."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _is_clean(connection: Connection) -> bool:
    return (
        not connection.closed
        and not connection.has_named_cursors
        and connection.get_transaction_status() == extensions.TRANSACTION_STATUS_IDLE
    )


_pools: "weakref.WeakSet[Pool]" = weakref.WeakSet()


def _forget_all() -> None:
    for pool in _pools:
        pool.forget()


os.register_at_fork(after_in_child=_forget_all)
