"""Which functions of the product run on the way from a request at the door to the frame on another screen.

    with recording() as calls:
        screen = Screen(application, session)
        await screen.open()
        calls.begin()
        await post(application, "/api/v1/alarms/", {…}, token=token)
        await screen.wait_for("incident.reported")
        calls.end()
    calls.functions     # "incidents.reporting.actions.report_incident", … by their first call, of whatever thread

The real ASGI application, without a server: what a server would add is not the product's.
"""

import asyncio
import json
import sys
import threading
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from inspect import CO_OPTIMIZED
from types import CodeType, FrameType
from unittest.mock import patch

from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from engine.server.asgi_handler import OneThreadHandler, RequestThread

HOST = "dashboard.test"
#: Seconds until the answer, and then the frame, must have come.
PATIENCE = 20


class Calls:
    """Heard by `sys.setprofile`. `door` is the function of the view at which the first part of the way ends."""

    def __init__(self, rooms: Collection[str], door: Callable | None = None):
        self._rooms = set(rooms)
        self._door = door.__code__ if door else None
        self._seen: set[CodeType] = set()
        self._is_on = False
        #: Dotted names in the order of their first call.
        self.functions: list[str] = []
        self.modules: set[str] = set()
        #: Those that are called behind the door, also where they were before.
        self.modules_behind: set[str] = set()

    def begin(self) -> None:
        self._is_on = True

    def end(self) -> None:
        self._is_on = False

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if not self._is_on or event != "call":
            return
        if code is self._door:
            self._seen.clear()
            self.modules_behind.clear()
        if code in self._seen:
            return
        self._seen.add(code)
        module = frame.f_globals.get("__name__", "")
        # The bodies of modules and classes run once, when they are imported: they are no part of a way.
        if module.partition(".")[0] in self._rooms and code.co_flags & CO_OPTIMIZED:
            self.modules.add(module)
            self.modules_behind.add(module)
            if (name := f"{module}.{code.co_qualname}") not in self.functions:
                self.functions.append(name)


@contextmanager
def recording(rooms: Collection[str], door: Callable | None = None) -> Iterator[Calls]:
    """Threads that begin inside are heard too; those that were there before are not, so no request rests in one."""
    calls = Calls(rooms, door)
    threading.setprofile(calls.note)
    sys.setprofile(calls.note)
    try:
        with patch.object(OneThreadHandler, "_a_thread", _a_new_thread):
            yield calls
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@contextmanager
def _a_new_thread(_handler: OneThreadHandler) -> Iterator[RequestThread]:
    with RequestThread() as thread:
        yield thread


async def call(application, method: str, path: str, body: dict, *, token: str) -> dict:
    """One request to the API; what it answered, which must be a success."""
    content = json.dumps(body).encode()
    headers = {
        "host": HOST,
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "content-length": str(len(content)),
        "idempotency-key": str(uuid.uuid4()),
    }
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    request = ApplicationCommunicator(application, scope)
    await request.send_input({"type": "http.request", "body": content})
    answer, text = await request.receive_output(PATIENCE), b""
    while (part := await request.receive_output(PATIENCE)).get("more_body"):
        text += part["body"]
    text += part["body"]
    await request.wait(PATIENCE)
    assert answer["status"] < 300, text.decode()
    return json.loads(text)


class Screen:
    """The socket of an open page of whoever this session belongs to."""

    def __init__(self, application, session: str):
        cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
        headers = {"host": HOST, "origin": f"http://{HOST}", "cookie": cookie}
        scope = {
            "type": "websocket",
            "path": "/ws/live/",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        self._socket = ApplicationCommunicator(application, scope)

    async def open(self) -> None:
        await self._socket.send_input({"type": "websocket.connect"})
        assert (await self._socket.receive_output(PATIENCE))["type"] == "websocket.accept"
        assert (await self._next())["type"] == "hello"

    async def wait_for(self, kind: str) -> dict:
        """The next entry of this kind."""
        async with asyncio.timeout(PATIENCE):
            while (message := await self._next()).get("kind") != kind:
                pass
        return message

    async def close(self) -> None:
        await self._socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait([self._socket.future], timeout=PATIENCE)

    async def _next(self) -> dict:
        return json.loads((await self._socket.receive_output(PATIENCE))["text"])
