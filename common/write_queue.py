"""Who writes next: first come, first served, and before all those who said that they can wait.

SQLite has no queue: who finds the database locked looks again after 1, 2, 5, 10 … 100 ms, and whoever looks at the right
moment gets in. An alarm may so be overtaken again and again by short transactions that nobody waits for.
"""

import os
import threading
import weakref
from collections import deque

#: Seconds after which one goes on without its turn, and SQLite's own patience begins (config.settings.storage): whoever
#: waits for an answer must not wait for both at length.
LONGEST = 5.0

_this_thread = threading.local()
_all: "weakref.WeakSet[Queue]" = weakref.WeakSet()


def stand_back() -> None:
    """From now on this thread lets all others go first: what it does may be late."""
    _this_thread.can_wait = True


class Queue:
    """Of the threads of one process; other processes are waited for by SQLite itself."""

    def __init__(self) -> None:
        self._forget()
        _all.add(self)

    def _forget(self) -> None:
        # One that is taken twice: a connection nobody closed ends its turn whenever it is cleared away, also in here.
        self._lock = threading.RLock()
        self._is_taken = False
        self._first: deque[threading.Event] = deque()
        self._last: deque[threading.Event] = deque()

    def wait_for_turn(self) -> bool:
        """Return True once it is this thread's turn; False if that did not come within LONGEST seconds."""
        turn = threading.Event()
        waiting = self._last if getattr(_this_thread, "can_wait", False) else self._first
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            waiting.append(turn)
        if turn.wait(LONGEST):
            return True
        with self._lock:
            if turn.is_set():
                return True
            waiting.remove(turn)
            return False

    def end_turn(self) -> None:
        """The next one's. Called once for each True."""
        with self._lock:
            if waiting := self._first or self._last:
                waiting.popleft().set()
            else:
                self._is_taken = False


def _forget_all() -> None:
    for queue in list(_all):
        queue._forget()


# Threads that hold or await a turn are not in the child.
os.register_at_fork(after_in_child=_forget_all)
