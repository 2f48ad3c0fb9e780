"""What begins and ends with the server process: the live hub, and in the embedded profile the engine."""

import asyncio
import logging

from channels.layers import get_channel_layer
from django.conf import settings

from journal.live import hub

log = logging.getLogger(__name__)

#: Seconds the end of the process waits for a Redis that does not answer.
STOP_SECONDS = 3.0


class Lifespan:
    """The lifespan part of the ASGI application."""

    def __init__(self) -> None:
        self._ticker = None

    async def __call__(self, scope, receive, send):
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._answer(send, "startup", self._start)
            else:
                await self._answer(send, "shutdown", self._stop)
                return

    async def _answer(self, send, what: str, act) -> None:
        try:
            await act()
        except Exception as error:
            log.exception("%s of the server failed", what)
            await send({"type": f"lifespan.{what}.failed", "message": str(error)})
        else:
            await send({"type": f"lifespan.{what}.complete"})

    async def _start(self) -> None:
        from engine.monitoring.exporter import expose
        from engine.server.sockets import live_hub

        live_hub()
        expose()
        if settings.EMBEDDED:
            from engine.server.embedded import Ticker

            self._ticker = Ticker()
            await self._ticker.start()

    async def _stop(self) -> None:
        if self._ticker is not None:
            await self._ticker.stop()
        await hub.stop_here()
        await _leave_layer()


async def _leave_layer() -> None:
    """End the layer's receiver and connections on this loop; with a frozen Redis they end with the process."""
    layer = get_channel_layer()
    if layer is None or "flush" not in layer.extensions:
        return
    try:
        await asyncio.wait_for(layer.flush(), STOP_SECONDS)
    except Exception as error:
        log.warning("the channel layer was not left cleanly: %r", error)
