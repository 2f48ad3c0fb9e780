"""What begins and ends with the server process: the live hub, and in the embedded profile the engine."""

import logging

from django.conf import settings

from journal import hub

log = logging.getLogger(__name__)


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
        from engine.sockets import live_hub

        live_hub()
        if settings.EMBEDDED:
            from engine.embedded import Ticker

            self._ticker = Ticker()
            await self._ticker.start()

    async def _stop(self) -> None:
        if self._ticker is not None:
            await self._ticker.stop()
        await hub.stop_here()
