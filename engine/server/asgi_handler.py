"""Django's ASGI handler, with one step into the request's thread instead of one for each middleware's half, and a
thread that serves the next request when it has served one.

Every view and nearly every middleware here is synchronous. Django's own handler goes back to the event loop between
them, eight to ten times in a request, and each time the thread and the loop wait for each other's turn. It begins a
thread for each request and another one to end it, and Django makes its database wrapper anew in each.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common import in_front

#: So many threads wait at most; as many connections do (config.postgresql.pool).
KEPT = 16


class RequestThread(ThreadPoolExecutor):
    """The thread of one request at a time."""

    def __init__(self) -> None:
        super().__init__(max_workers=1, thread_name_prefix="request")
        self._last: Future[Any] | None = None

    def submit(self, /, *call: Any, **more: Any) -> Future[Any]:
        self._last = super().submit(*call, **more)
        return self._last

    @property
    def is_free(self) -> bool:
        """Not where a view still runs whose request was given up."""
        return self._last is None or self._last.done()


class OneThreadHandler(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self._resting: deque[RequestThread] = deque()

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not served here")
        with in_front.request(), self._a_thread() as thread:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)

    @contextmanager
    def _a_thread(self) -> Iterator[RequestThread]:
        """The one that rested last, else a new one. Only the event loop takes and gives back."""
        thread = self._resting.pop() if self._resting else RequestThread()
        try:
            yield thread
        finally:
            if thread.is_free and len(self._resting) < KEPT:
                self._resting.append(thread)
            else:
                thread.shutdown(wait=False)

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
