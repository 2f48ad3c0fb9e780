"""Sockets without a server: the real consumer and hub on the test's own event loop."""

import asyncio
import json

import pytest
import pytest_asyncio
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.conf import settings as django_settings
from django.db import transaction
from django.urls import path

from accounts.models import Unit
from demo import bureau
from engine.server.sockets import LiveConsumer, OwnOriginOnly, live_hub
from journal.live import hub as hubs
from journal.numbering import head, number_new
from journal.record import record
from tests.live.sessions import sign_in

APPLICATION = OwnOriginOnly(URLRouter([path("ws/live/", LiveConsumer.as_asgi())]))
OWN = "http://dashboard.test"


def write(code: str | None, kind="incident.observed", subject="incident:1", *, now, **more):
    """One entry, committed."""
    unit = Unit.objects.get(code=code) if code else None
    with transaction.atomic():
        return record(kind, subject=subject, unit=unit, actor=None, at=now, **more)


def settled_head() -> int:
    """The last number once everything committed so far has one."""
    number_new()
    return head()


class Socket(ApplicationCommunicator):
    """A client of the live socket. (Channels' own one imports Daphne, which we do not use.)"""

    def __init__(self, path: str, query: str, headers: list[tuple[bytes, bytes]]):
        scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers}
        super().__init__(APPLICATION, scope)

    async def connect(self) -> bool:
        """Knock; whether the socket was accepted."""
        await self.send_input({"type": "websocket.connect"})
        return (await self.output_queue.get())["type"] == "websocket.accept"

    async def say(self, **text_or_bytes) -> None:
        await self.send_input({"type": "websocket.receive", **text_or_bytes})

    async def leave(self) -> None:
        """Go away as a browser does, and wait until the server has noticed."""
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait([self.future], timeout=2)

    async def next(self, timeout=3.0) -> dict:
        """The next message that is not a beat; `{"type": "close", "code"}` at the end."""
        async with asyncio.timeout(timeout):
            while (message := await self.next_of_any())["type"] == "beat":
                pass
        return message

    async def next_of_any(self, timeout=3.0) -> dict:
        # Not `receive_output` alone: its time-out would cancel the consumer.
        async with asyncio.timeout(timeout):
            event = await self.output_queue.get()
        if event["type"] == "websocket.close":
            return {"type": "close", "code": event["code"]}
        return json.loads(event["text"])

    async def numbers(self, until: int, timeout=3.0) -> list[int]:
        """Numbers of the entries received up to and including `until`."""
        got = []
        while not got or got[-1] < until:
            message = await self.next(timeout)
            assert message["type"] == "entry", message
            got.append(message["number"])
        return got

    async def is_silent(self, seconds=0.3) -> bool:
        """Whether only beats come for so long."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False


class Live:
    """The cast in front of their screens."""

    def __init__(self, now):
        self.now = now
        self.sockets: list[Socket] = []
        self.sign_in = database_sync_to_async(sign_in)
        self.head = database_sync_to_async(settled_head)

    @property
    def hub(self):
        return live_hub()

    async def write(self, code, *args, **more):
        return await database_sync_to_async(write)(code, *args, now=self.now, **more)

    def socket(
        self, session="", query="", origin=OWN, host="dashboard.test", cookie=None, token=""
    ) -> Socket:
        """A socket that has not knocked yet."""
        name = django_settings.SESSION_COOKIE_NAME
        headers = [(b"host", host.encode()), (b"cookie", (cookie or f"{name}={session}").encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if token:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        socket = Socket("/ws/live/", query, headers)
        self.sockets.append(socket)
        return socket

    async def knock(self, session="", query="", **more) -> Socket:
        """A socket that was accepted; its first message is still to come."""
        socket = self.socket(session, query, **more)
        assert await socket.connect()
        return socket

    async def open(self, username: str, after: int | None = None, session: str | None = None) -> Socket:
        """A socket past its hello."""
        session = session or await self.sign_in(username)
        socket = await self.knock(session, "" if after is None else f"after={after}")
        message = await socket.next()
        assert message["type"] == "hello", message
        if after is not None:
            assert message["number"] == after
        return socket


@pytest.fixture
def cast(db, now):
    """The cast of all tests, only smaller: it is made anew for each of these, because threads must see it."""
    return bureau.build(now=now, counties=2, townships=1, villages=1)


@pytest_asyncio.fixture
async def live(cast, now, settings):
    """Sockets of the cast; quick polls and beats."""
    settings.LIVE_POLL_SECONDS = 0.05
    settings.LIVE_BEAT_SECONDS = 0.2
    live = Live(now)
    yield live
    for socket in live.sockets:
        if socket.future is not None and not socket.future.done():
            await socket.leave()
    await hubs.stop_here()
