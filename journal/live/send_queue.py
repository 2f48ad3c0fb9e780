"""The sending side of one socket. Whoever broadcasts never waits for it.

A broadcast that awaits one socket after the other stands still with the first client that does not read;
a task per socket and message costs a fifth more. So `put` takes the first step of the server's own `send`
itself: nearly always that is the whole of it. If the socket is full the rest becomes a task, and what
comes meanwhile waits in a mailbox that has an end.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from types import coroutine

#: Messages kept for a socket that is not taking any. Beyond that it is closed and catches up later.
MAILBOX = 128
#: Seconds a socket has to read what was already on its way before it is cut.
GRACE = 15.0

TOO_SLOW = 4008

logger = logging.getLogger(__name__)


class Outlet:
    """Sends in order, never blocks, never holds more than MAILBOX messages."""

    __slots__ = ("_cutter", "_mailbox", "_send", "_task", "_write_frame", "busy", "closed")

    def __init__(self, send: Callable[[dict], Awaitable], write_frame: Callable[[bytes], bool] | None = None):
        """`write_frame`, where the server has it, writes a finished frame at once or returns False."""
        self._send = send
        self._write_frame = write_frame
        self._mailbox: deque[dict] | None = None
        self._task: asyncio.Task | None = None
        self._cutter: asyncio.TimerHandle | None = None
        #: Somebody is writing already: a replay, or a send that had to wait.
        self.busy = False
        #: A close was sent, is on its way, or the client has gone: nothing more is taken.
        self.closed = False

    def put(self, message: dict) -> None:
        """Send now if the socket takes it at once, else when it can."""
        if self.closed:
            return
        if self.busy:
            self._keep(message)
            return
        self._step(message)

    def put_if_free(self, message: dict) -> None:
        """Send now or not at all: a beat that comes late says nothing true."""
        if not self.busy and not self.closed:
            self._step(message)

    def close(self, code: int, reason: str = "") -> None:
        """Send a close after what is being written; what waits in the mailbox is dropped."""
        if self.closed:
            return
        message = {"type": "websocket.close", "code": code, "reason": reason}
        self.closed = True
        if not self.busy:
            self._step(message)
            return
        self._mailbox = deque([message])
        self._cutter = asyncio.get_running_loop().call_later(GRACE, self._cut)

    def hold(self) -> None:
        """From now on messages wait: the caller writes by itself with `write`."""
        self.busy = True

    async def write(self, message: dict) -> None:
        """Send while holding; returns when the socket has taken it."""
        if not self._is_written(message):
            await self._send(message)

    async def release(self) -> None:
        """Send what came while held, then take messages directly again."""
        while self._mailbox:
            await self.write(self._mailbox.popleft())
        self._mailbox = None
        self.busy = False
        self._calm()

    def drop(self) -> None:
        """The client has gone: forget everything."""
        self.closed = True
        self._mailbox = None
        self._calm()
        if self._task is not None:
            self._task.cancel()

    def _is_written(self, message: dict) -> bool:
        return self._write_frame is not None and "frame" in message and self._write_frame(message["frame"])

    def _step(self, message: dict) -> None:
        if self._is_written(message):
            return
        steps = self._send(message).__await__()
        try:
            waited = next(steps)
        except StopIteration:
            return
        except Exception:  # the client has gone; its consumer hears of it by itself
            self.closed = True
            return
        self.busy = True
        self._task = asyncio.get_running_loop().create_task(self._finish(steps, waited))

    async def _finish(self, steps, waited) -> None:
        try:
            await _resumed(steps, waited)
            await self.release()
        except Exception:
            self.closed = True
        finally:
            self._task = None

    def _keep(self, message: dict) -> None:
        if self._mailbox is None:
            self._mailbox = deque()
        if len(self._mailbox) >= MAILBOX:
            self.close(TOO_SLOW, "resync")
            return
        self._mailbox.append(message)

    def _calm(self) -> None:
        if self._cutter is not None:
            self._cutter.cancel()
            self._cutter = None

    def _cut(self) -> None:
        """The client reads nothing at all, so it cannot read a close either.

        ASGI has no word for this. Under uvicorn the transport is found through `send`; elsewhere the
        server's own ping time-out ends the socket.
        """
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            logger.info("a socket that read nothing for %s s was cut", GRACE)
            transport.abort()
        self.drop()


@coroutine
def _resumed(steps, waited):
    """Go on with a coroutine whose first step was taken outside any task.

    `Task(coro, eager_start=True)` does this by itself; use it once Python 3.12 is the oldest supported.
    """
    while True:
        try:
            yield waited
        except BaseException as error:
            try:
                waited = steps.throw(error)
            except StopIteration:
                return
        else:
            try:
                waited = next(steps)
            except StopIteration:
                return
