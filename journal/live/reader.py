"""One look at the journal, and the threads in which the hub reads the database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from django.db import close_old_connections, connection

from journal.numbering import number_new
from journal.queries import Mark, ThinEntry, head_mark, lines_after

#: Entries read in one look.
BATCH = 500
#: Entries kept in memory, so that a thousand screens that come back together ask the database nothing.
TAIL = 512
#: Readers of the database besides the look itself: admissions, rights, deep replays.
READ_THREADS = 4
#: Threads that render parts. The interpreter runs one at a time; the others wait for the database.
RENDER_THREADS = 3
#: Seconds the end of the process waits for a database that does not answer.
STOP_SECONDS = 3.0


class Look(NamedTuple):
    """What one look found: the new mark, the entries up to it, how many of them got their number here."""

    mark: Mark
    lines: list[ThinEntry]
    given: int
    #: The tail of a journal not seen before: the first look, or another database (restored) behind the same name.
    is_fresh: bool
    more: dict


def look(mark: Mark | None, more: Callable[[], dict] | None) -> Look:
    """Number what is new and read what follows `mark`; without a mark, the tail.

    `more` gives further members of the next beat.
    """
    given = number_new()
    head = head_mark()
    further = more() if more else {}
    if head == mark:
        return Look(head, [], given, False, further)
    lines = _lines_since(mark, head) if mark else None
    if lines is None:
        tail = lines_after(max(0, head.number - TAIL), up_to=head.number, limit=TAIL)
        return Look(head, tail, given, True, further)
    end = Mark(lines[-1].number, lines[-1].hash) if lines else mark
    return Look(end, lines, given, False, further)


def _lines_since(mark: Mark, head: Mark) -> list[ThinEntry] | None:
    """What follows the mark, or None if this is not the journal in which the mark was set.

    The entry at the mark is read again: in a restored database it is another one, or not there.
    """
    if head.number < mark.number:
        return None
    if not mark.number:
        return lines_after(0, limit=BATCH)
    at_mark, *lines = lines_after(mark.number - 1, limit=BATCH + 1) or [None]
    return lines if at_mark and Mark(at_mark.number, at_mark.hash) == mark else None


class Threads:
    """Places to wait for the database without holding up the event loop."""

    def __init__(self):
        self._look = ThreadPoolExecutor(1, thread_name_prefix="live-look")
        self._read = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="live-read")
        self._render = ThreadPoolExecutor(RENDER_THREADS, thread_name_prefix="live-render")
        self._under_way: set[Future] = set()

    async def look(self, *args) -> Look:
        return await self._run(self._look, _keeping_connection, look, *args)

    async def read(self, fn, *args):
        return await self._run(self._read, _with_connection, fn, *args)

    async def render(self, fn, *args):
        return await self._run(self._render, _keeping_connection, fn, *args)

    async def stop(self) -> None:
        """Let what is under way end and close its connections; do not wait for a database that hangs."""
        closing = self._look.submit(lambda: connection.close())
        ending = [asyncio.wrap_future(future) for future in [closing, *self._under_way.copy()]]
        await asyncio.wait(ending, timeout=STOP_SECONDS)
        for pool in (self._look, self._read, self._render):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, pool: ThreadPoolExecutor, fn, *args):
        # Not `run_in_executor`: that forgets the thread's work when the one who waits is cancelled.
        future = pool.submit(fn, *args)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return await asyncio.shield(asyncio.wrap_future(future))


def _keeping_connection(fn, *args):
    """For the thread that looks twice a second: keep the connection, but never one that has failed."""
    try:
        return fn(*args)
    except BaseException:
        connection.close()
        raise


def _with_connection(fn, *args):
    close_old_connections()
    try:
        return fn(*args)
    finally:
        close_old_connections()
