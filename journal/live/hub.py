"""The live hub: reads new journal entries once per process and writes them to every screen that may see them.

One hub per event loop. It looks every `poll_seconds`; a commit in this process or a word from another one
only makes it look sooner. What it sends is thin (journal.live.frames). People, sessions and posts are not known
here: a socket brings a ticket, and `read_readers` says what a ticket may see at this moment.

    commit → wake → look: number and read → if an entry changed rights, read those → write to each screen

An opening socket is registered first and then given what it missed; what is written meanwhile waits for it.
So its entries come in order, without gaps and without repeats, whatever else is going on.
"""

import asyncio
import itertools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from journal.kinds import KINDS
from journal.live import frames, wake
from journal.live.answers import SHARED
from journal.live.batches import Batches
from journal.live.peers import Neighbours
from journal.live.reader import BATCH, RENDER_THREADS, TAIL, Look, Threads
from journal.live.send_queue import Outlet
from journal.live.socket_access import PATIENCE, Admission
from journal.live.subscribers import ReadReaders, Screen, Screens
from journal.numbering import number_new
from journal.queries import Mark, Reader, ThinEntry, lines_after

#: A screen further behind than this fetches its page again instead.
REPLAY = 2000
#: Seconds from the beginning of a look to that of the next. What comes alone is shown at once; commits that come one
#: after the other share a look, which costs as much as half of an alarm.
LOOK_SPACING = 0.02
#: Screens written to before other work gets its turn.
STRIDE = 256
#: Seconds until the rights of every screen are read again.
RIGHTS_SECONDS = 60.0
#: Signing out deletes the session a moment after its entry is written; so look a second time.
RIGHTS_AGAIN_SECONDS = 2.0
#: Open sockets of one ticket.
SCREENS_PER_TICKET = 8

SIGNED_OUT = 4401
RESYNC = 4008

logger = logging.getLogger(__name__)


class SignedOut(Exception):
    """The ticket is not, or no longer, good for anything."""


class TooManyScreens(Exception):
    """The ticket has all the sockets it may have."""


class Hub:
    """See the module. Everything runs on one event loop; only `wake` may be called from any thread."""

    def __init__(
        self,
        *,
        read_readers: ReadReaders,
        answer_many: Callable[[Sequence[Any]], Sequence[Any]],
        poll_seconds: float,
        beat_seconds: float,
        layer=None,
        beat_more: Callable[[], dict] | None = None,
    ):
        self._poll_seconds = poll_seconds
        # A beat follows a look and so may come one poll late: aim early by as much.
        self._beat_seconds = max(beat_seconds - poll_seconds, beat_seconds / 2)
        self._beat_more = beat_more
        self._threads = Threads()
        self._admission = Admission(read_readers, self._threads.read)
        self._neighbours = Neighbours(layer, self.wake)
        self._answering = Batches(partial(self._threads.render, answer_many), RENDER_THREADS)
        self._screens = Screens()

        self._mark: Mark | None = None
        #: The last entries with their messages; their numbers have no gaps.
        self._tail: deque[tuple[ThinEntry, dict]] = deque(maxlen=TAIL)

        self._loop = asyncio.get_running_loop()
        self._running: asyncio.Task | None = None
        self._woken = asyncio.Event()
        self._is_woken = False
        #: Those who wait for the end of a look that has not begun.
        self._awaited: list[asyncio.Future] = []
        self._looked_at: float | None = None
        self._is_failing = False
        self._next_beat = 0.0
        self._closed_slow = 0

        self._rights_lock = asyncio.Lock()
        self._rights_task: asyncio.Task | None = None
        self._rights_next = time.monotonic() + RIGHTS_SECONDS
        #: Entries of sessions that ended a moment ago, and when those are looked at once more.
        self._ending: list[ThinEntry] = []
        self._rights_again = math.inf

    # --- life ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to look. Safe to call again."""
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="live-hub")
            self._neighbours.start()

    async def stop(self) -> None:
        """End every task and thread. Open sockets are the server's to close."""
        await self._neighbours.stop()
        for task in filter(None, (self._running, self._rights_task)):
            task.cancel()
            await asyncio.wait([task])
        await self._admission.stop()
        await self._answering.stop()
        for screen in self._screens.all():
            self.leave(screen)
        await self._threads.stop()

    def wake(self) -> bool:
        """Look now. From any thread; many calls before the look are one. False if the loop has ended."""
        if self._is_woken and not self._loop.is_closed():
            return True
        self._is_woken = True
        try:
            self._loop.call_soon_threadsafe(self._woken.set)
        except RuntimeError:
            return False
        return True

    def status(self) -> dict:
        """For /metrics and /readyz. `looked` is the age of the last good look in seconds, None before one."""
        return {
            "screens": len(self._screens),
            "busy": sum(screen.outlet.busy for screen in self._screens.all()),
            "closed_slow": self._closed_slow,
            "number": self._mark.number if self._mark else 0,
            "looked": None if self._looked_at is None else time.monotonic() - self._looked_at,
            "neighbour_failures": self._neighbours.failures,
        }

    # --- looking -------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            begun = time.monotonic()
            try:
                await self._look()
            except Exception as error:
                self._say_failing(error)
            # Not `wait_for`: until Python 3.12 it forgets to be cancelled by whoever stops the hub, when the event
            # comes at the same moment.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._woken.wait()
            await asyncio.sleep(LOOK_SPACING - (time.monotonic() - begun))

    async def _look(self) -> None:
        self._is_woken = False
        self._woken.clear()
        awaited, self._awaited = self._awaited, []
        is_beat_due = time.monotonic() >= self._next_beat
        try:
            found = await self._threads.look(self._mark, self._beat_more if is_beat_due else None)
            if found.given:
                self._neighbours.tell()
            await self._take(found)
        except BaseException:
            self._awaited += [future for future in awaited if not future.done()]
            raise
        self._say_well()
        for future in awaited:
            if not future.done():
                future.set_result(None)
        if is_beat_due:
            await self._beat(found.more)
        self._read_rights_if_due()
        if len(found.lines) >= BATCH:
            self._woken.set()

    def _say_failing(self, error: Exception) -> None:
        """Once per outage. Screens hear no beat and show it themselves; the hub goes on trying."""
        if not self._is_failing:
            is_bug = not isinstance(error, DatabaseError | InterfaceError | TimeoutError)
            logger.error(
                "the journal cannot be read; screens go stale until it can: %r", error, exc_info=is_bug
            )
            self._is_failing = True

    def _say_well(self) -> None:
        self._looked_at = time.monotonic()
        if self._is_failing:
            logger.info("the journal can be read again")
            self._is_failing = False

    async def _take(self, found: Look) -> None:
        if found.is_fresh:
            self._begin(found)
            return
        changing = [line for line in found.lines if _changes_rights(line)]
        for line in found.lines:
            if changing and line is changing[0]:
                # This entry and what follows goes to whoever may see it after the change.
                await self._rights_changed_by(changing)
            await self._show_alone(line)

    async def _show_alone(self, line: ThinEntry) -> None:
        """One entry that cannot be shown is passed over; the next ones are."""
        try:
            await self._show(line)
        except Exception:
            logger.exception("entry %s cannot be shown", line.number)
            self._mark = Mark(line.number, line.hash)

    def _begin(self, found: Look) -> None:
        """Take the tail as it is: at the start, or because this is another journal than before."""
        if self._mark is not None:
            logger.warning("the journal was replaced (restored?): every screen loads its page again")
            self._rights_next = 0.0
            SHARED.forget()
        self._mark = found.mark
        self._tail.clear()
        self._tail.extend((line, frames.entry(line)) for line in found.lines)
        for screen in self._screens.all():
            screen.last = found.mark.number
            screen.outlet.put(frames.reload(found.mark.number))

    async def _show(self, line: ThinEntry) -> None:
        """Write one entry to every screen that may see it."""
        screens = self._screens.that_see(line)
        message = frames.entry(line, frames.spread_over(len(screens)))
        self._tail.append((line, message))
        self._mark = Mark(line.number, line.hash)
        for count, screen in enumerate(screens, start=1):
            if screen.last < line.number:
                screen.last = line.number
                screen.outlet.put(message)
                if screen.outlet.closed:
                    self._ended(screen)
            if not count % STRIDE:
                await asyncio.sleep(0)

    async def _beat(self, more: dict) -> None:
        """Only after a good look: a beat is the promise that the database was read just now."""
        self._next_beat = time.monotonic() + self._beat_seconds
        message = frames.beat(self._mark.number, timezone.now(), more)
        for count, screen in enumerate(self._screens.all(), start=1):
            screen.outlet.put_if_free(message)
            if not count % STRIDE:
                await asyncio.sleep(0)

    # --- for whoever answers the questions of screens ---

    def reader_of(self, ticket: str) -> Reader | None:
        """What the open screens of this ticket may see now; None where it has none here."""
        return next((screen.reader for screen in self._screens.of(ticket)), None)

    async def settled_number(self) -> int:
        """The number up to which screens have been told, by a look that began after this call: whatever any process
        has committed by now is in it, and in the rights of every reader. Those who ask together share the look.

        Raises TimeoutError while the journal cannot be read.
        """
        await self._next_look()
        assert self._mark is not None
        return self._mark.number

    def is_untouched(self, since: int, kinds: tuple[str, ...], reader: Reader) -> bool:
        """Whether nothing after `since` is of these kinds and to be seen by the reader. False where that is not known."""
        if not self._tail or self._tail[0][0].number > since + 1:
            return False
        after = itertools.takewhile(lambda kept: kept[0].number > since, reversed(self._tail))
        return not any(line.kind.startswith(kinds) and reader.sees(line) for line, _message in after)

    async def result_of(self, item: Any) -> Any:
        """What `answer_many` gives for this item, together with what others ask for meanwhile."""
        return await self._answering.result_of(item)

    async def _next_look(self) -> None:
        """Wait for the end of a look that begins after this call. Raises TimeoutError."""
        future = self._loop.create_future()
        self._awaited.append(future)
        self._woken.set()
        await asyncio.wait_for(future, PATIENCE)

    # --- screens -------------------------------------------------------------------------------------------

    async def open(
        self,
        *,
        ticket: str,
        send: Callable[[dict], Awaitable],
        after: int | None,
        write_frame: Callable[[bytes], bool] | None = None,
    ) -> Screen:
        """Let a socket in: say hello, replay what came after `after` (None: nothing), then go on live.

        Raises SignedOut, TooManyScreens, TimeoutError or a database error while the database is away, and
        whatever `send` raises.
        """
        if self._mark is None or (after is not None and after > self._mark.number):
            # The page may have read a number that this hub has not come to yet.
            await self._next_look()
        reader = await self._admission.reader_for(ticket)
        if reader is None:
            raise SignedOut
        if len(self._screens.of(ticket)) >= SCREENS_PER_TICKET:
            raise TooManyScreens
        # From here to `add` nothing is awaited: no entry and no change of rights can come in between.
        outlet = Outlet(send, write_frame)
        screen = Screen(ticket=ticket, reader=reader, outlet=outlet, last=self._mark.number)
        screen.outlet.hold()
        self._screens.add(screen)
        try:
            await self._catch_up(screen, screen.last if after is None else after, screen.last)
        except BaseException:
            self.leave(screen)
            raise
        return screen

    def leave(self, screen: Screen) -> None:
        """Forget a socket. Safe to call again."""
        screen.outlet.drop()
        self._screens.remove(screen)

    async def _catch_up(self, screen: Screen, after: int, upto: int) -> None:
        outlet = screen.outlet
        await outlet.write(frames.hello(after))
        if after > upto or upto - after > REPLAY:
            await outlet.write(frames.reload(upto))
        else:
            for message in await self._missed(screen.reader, after, upto):
                if outlet.closed:
                    break
                await outlet.write(message)
        await outlet.release()

    async def _missed(self, reader: Reader, after: int, upto: int) -> list[dict]:
        """Messages after `after` up to `upto` that the reader may see: from the tail, else the database."""
        oldest = self._tail[0][0].number if self._tail else upto + 1
        if after < min(oldest - 1, upto):
            lines = await self._threads.read(_lines_between, reader, after, upto)
            return [frames.entry(line) for line in lines]
        recent = itertools.islice(self._tail, max(0, after + 1 - oldest), None)
        return [message for line, message in recent if line.number <= upto and reader.sees(line)]

    def _ended(self, screen: Screen) -> None:
        """The outlet has closed by itself: its client was too slow, or has gone."""
        self._closed_slow += screen.outlet.busy
        self._screens.remove(screen)

    # --- rights --------------------------------------------------------------------------------------------

    async def _rights_changed_by(self, lines: list[ThinEntry]) -> None:
        self._admission.version += 1
        await self._read_rights(self._screens.tickets_concerned_by(lines))
        self._ending += [line for line in lines if line.kind.startswith("session.")]
        if self._ending:
            self._rights_again = time.monotonic() + RIGHTS_AGAIN_SECONDS

    def _read_rights_if_due(self) -> None:
        """In the background: entries do not wait for it."""
        if self._rights_task is not None and not self._rights_task.done():
            return
        now = time.monotonic()
        if now >= self._rights_next:
            self._rights_next = now + RIGHTS_SECONDS
            self._rights_task = asyncio.create_task(self._try_read_rights(self._screens.tickets()))
        elif now >= self._rights_again:
            lines, self._ending, self._rights_again = self._ending, [], math.inf
            tickets = self._screens.tickets_concerned_by(lines)
            self._rights_task = asyncio.create_task(self._try_read_rights(tickets))

    async def _try_read_rights(self, tickets: list[str]) -> None:
        try:
            await self._read_rights(tickets)
        except Exception as error:
            self._rights_next = 0.0
            self._say_failing(error)

    async def _read_rights(self, tickets: list[str]) -> None:
        """Read what each ticket may see now and let its screens see that, or close them."""
        async with self._rights_lock:  # an older reading must never overwrite a newer one
            readers = await self._admission.readers_for(tickets)
            for ticket in tickets:
                for screen in self._screens.of(ticket):
                    self._give_rights(screen, readers.get(ticket))

    def _give_rights(self, screen: Screen, reader: Reader | None) -> None:
        if reader is None:
            self._close(screen, SIGNED_OUT, "signed out")
        elif self._screens.give(screen, reader):
            if screen.outlet.busy:
                # What waits in its mailbox was chosen under the old rights.
                self._close(screen, RESYNC, "rights changed")
            else:
                screen.outlet.put(frames.rights(screen.last))

    def _close(self, screen: Screen, code: int, reason: str) -> None:
        screen.outlet.close(code, reason)
        self._screens.remove(screen)


def _changes_rights(line: ThinEntry) -> bool:
    kind = KINDS.get(line.kind)
    return kind is not None and kind.changes_rights


def _lines_between(reader: Reader, after: int, upto: int) -> list[ThinEntry]:
    return lines_after(after, up_to=upto, reader=reader, limit=REPLAY)


# --- the hubs of this process ------------------------------------------------------------------------------

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}
_lock = threading.Lock()


def here(make: Callable[[], Hub]) -> Hub:
    """The hub of the running event loop; `make` builds it on first use."""
    loop = asyncio.get_running_loop()
    with _lock:
        if loop not in _hubs:
            _hubs[loop] = make()
            wake.set_hub(_wake_all)
    _hubs[loop].start()
    return _hubs[loop]


def running() -> Hub | None:
    """The hub of the running event loop, if it has one."""
    return _hubs.get(asyncio.get_running_loop())


async def stop_here() -> None:
    """Stop the hub of the running event loop, if it has one."""
    with _lock:
        hub = _hubs.pop(asyncio.get_running_loop(), None)
    if hub is not None:
        _number_without_hub_if_last()
        await hub.stop()


def statuses() -> list[dict]:
    """The status of each hub of this process."""
    with _lock:
        return [hub.status() for hub in _hubs.values()]


def _wake_all() -> None:
    """After a commit in this process. A hub whose loop has ended (a test's) is forgotten."""
    with _lock:
        for loop, hub in list(_hubs.items()):
            if not hub.wake():
                del _hubs[loop]
    if _number_without_hub_if_last():
        number_new()


def _number_without_hub_if_last() -> bool:
    with _lock:
        if _hubs:
            return False
        wake.set_hub(None)
        return True
