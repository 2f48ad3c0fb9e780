"""The other processes' hubs, through the channel layer: "look", and nothing else.

Losing every one of these messages costs the time of one poll. So nothing here may stop the polling: the
layer may refuse, hang, restart empty or forget us.
"""

import asyncio
import logging
from collections.abc import Callable

GROUP = "live.wake"
#: Seconds a message to the neighbours may take; a frozen broker is not waited for.
TIME_OUT = 0.5
#: Seconds between attempts to join again: the first, and the longest.
BACKOFF = (0.2, 30.0)

logger = logging.getLogger(__name__)


class Neighbours:
    """Hears the neighbours' "look" and tells them ours."""

    def __init__(self, layer, on_look: Callable[[], None]):
        self._layer = layer
        self._on_look = on_look
        self._me = ""
        self._listening: asyncio.Task | None = None
        self._telling: asyncio.Task | None = None
        self._to_tell = False
        self._is_unheard = False
        #: How often telling, joining or listening has failed, for /metrics.
        self.failures = 0

    def start(self) -> None:
        if self._layer is not None:
            self._listening = asyncio.create_task(self._listen(), name="live-neighbours")

    async def stop(self) -> None:
        for task in filter(None, (self._listening, self._telling)):
            task.cancel()
            # A frozen broker must not hold up the end of the process.
            await asyncio.wait([task], timeout=TIME_OUT)

    def tell(self) -> None:
        """Say "look", without waiting and with one message on its way at a time."""
        self._to_tell = self._layer is not None
        if self._to_tell and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while self._to_tell:
            self._to_tell = False
            message = {"type": "live.wake", "from": self._me}
            try:
                async with asyncio.timeout(TIME_OUT):
                    await self._layer.group_send(GROUP, message)
                self._is_unheard = False
            except Exception as error:
                self.failures += 1
                # Once per outage: under load this would be a line for every commit.
                if not self._is_unheard:
                    logger.warning(
                        "other processes are not told to look (%r); they do so by themselves", error
                    )
                self._is_unheard = True

    async def _listen(self) -> None:
        wait = BACKOFF[0]
        while True:
            try:
                async with asyncio.timeout(5):
                    self._me = await self._layer.new_channel()
                    await self._layer.group_add(GROUP, self._me)
                # Anything may have been said while nobody listened.
                self._on_look()
                wait = BACKOFF[0]
                await self._hear()
            except Exception as error:
                self.failures += 1
                logger.warning("listening to other processes failed (%r); again in %.1f s", error, wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, BACKOFF[1])

    async def _hear(self) -> None:
        while True:
            message = await self._layer.receive(self._me)
            if message.get("from") != self._me:
                self._on_look()
