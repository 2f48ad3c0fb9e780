"""Django's ASGI handler, with one step into the request's thread instead of one for each middleware's half.

Every view and nearly every middleware here is synchronous. Django's own handler goes back to the event loop between
them, eight to ten times in a request, and each time the thread and the loop wait for each other's turn.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneThreadHandler(ASGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)

    async def send_response(
        self, response: HttpResponseBase, send: Callable[[Mapping[str, Any]], Awaitable[None]]
    ) -> None:
        """A file is read piece by piece in the request's thread; Django would read all of it before the first one."""
        if response.streaming and not response.is_async:  # type: ignore[attr-defined]
            response.streaming_content = _pieces(response.streaming_content)  # type: ignore[attr-defined]
        await super().send_response(response, send)


async def _pieces(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    pieces = iter(content)
    while (piece := await sync_to_async(_next, thread_sensitive=True)(pieces)) is not None:
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)
