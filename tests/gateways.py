"""Whom the product hands its messages to: a gateway and the robots of chat groups.

They are real HTTP servers on free ports that behave as badly as they are told to. Badly-behaved lines, for everything
a provider may answer, are in tests/notices/lines.py.
"""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

SECRET = "a shared secret"


class Provider:
    """POST → `answer(path, headers, body)` → (status, JSON). `mode` says how it behaves; "hang" lasts until `close`."""

    path = "/"

    def __init__(self):
        self.mode = "ok"
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{self.path}"

    def parse(self, method: str, path: str, headers, raw: bytes):
        """What `answer` gets as the body."""
        return json.loads(raw)

    def answer(self, path: str, headers, body: dict) -> tuple[int, object]:
        raise NotImplementedError

    def close(self):
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


def _handler_of(provider: Provider):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
            body = provider.parse(self.command, self.path, self.headers, raw)
            status, answer = provider.answer(self.path, self.headers, body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST

        def log_message(self, *args):
            pass

    return Handler


class Message(NamedTuple):
    key: str
    reference: str
    channel: str
    to: str
    text: str
    language: str
    template: dict
    parameters: dict


class FakeGateway(Provider):
    """Modes: ok · 503 · 400 · hang (no answer) · accept_then_503 (taken, then an error) · no_id · redirect.

    A black hole is `ok` without reports afterwards. What a phone shows is `on_phones`: one per key, as a
    provider that honours the Idempotency-Key would do. Messages a test has not looked at are unexpected.
    """

    path = "/send"

    def __init__(self):
        self.received: list[Message] = []
        self._looked_at = 0
        self._lock = threading.Lock()
        super().__init__()

    def messages(self) -> list[Message]:
        """Every request that came, repeats included; from now on they are expected."""
        with self._lock:
            self._looked_at = len(self.received)
            return list(self.received)

    def on_phones(self) -> list[str]:
        return sorted({message.key: message.to for message in self.messages()}.values())

    def unexpected(self) -> list[Message]:
        return self.received[self._looked_at :]

    def answer(self, path: str, headers, body: dict) -> tuple[int, object]:
        if self.mode == "hang":
            self.release.wait(20)
        message = Message(headers["Idempotency-Key"], **body)
        with self._lock:
            self.received.append(message)
        if self.mode in ("503", "400", "redirect"):
            return {"503": 503, "400": 400, "redirect": 302}[self.mode], {}
        if self.mode == "accept_then_503":
            return 503, {}
        return 202, {} if self.mode == "no_id" else {"id": f"p-{message.key}"}


class Robot(Provider):
    """The robot of a chat group: answers 200 whatever happened, and says in the body what did."""

    path = "/robot?key=k"

    def __init__(self):
        self.received: list[tuple[str, dict]] = []
        self.delay = 0.0
        super().__init__()

    def answer(self, path: str, headers, body: dict) -> tuple[int, object]:
        if self.mode == "hang":
            self.release.wait(30)
        time.sleep(self.delay)
        self.received.append((path, body))
        return {
            "ok": (200, {"errcode": 0}),
            "feishu": (200, {"code": 0, "msg": "success"}),
            "busy": (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
            "no": (200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
            "down": (502, {}),
            "odd": (200, []),
            "hang": (200, {"errcode": 0}),
        }[self.mode]


@contextmanager
def expecting():
    """A gateway whose every message has to be looked at."""
    gateway = FakeGateway()
    yield gateway
    gateway.close()
    assert gateway.unexpected() == []


def environment_of(gateway: FakeGateway, *, lease: int) -> dict[str, str]:
    """What tells a real process to send through it, at once: nothing waits for company or for the morning."""
    return {
        "NOTICE_GATEWAY_URL": gateway.url,
        "NOTICE_LEASE_SECONDS": str(lease),
        "NOTICE_BUNDLE_SECONDS": "0",
        "NOTICE_QUIET_HOURS": "",
    }


@pytest.fixture
def gateway(settings):
    """The configured gateway. Nothing waits for company or for the morning, unless a test is about that."""
    settings.NOTICE_BUNDLE_SECONDS, settings.NOTICE_QUIET_HOURS = 0, ""
    settings.NOTICE_LEASE_SECONDS = 30
    with expecting() as made:
        settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_SECRET = made.url, SECRET
        yield made


@pytest.fixture
def second_gateway(gateway, settings):
    with expecting() as made:
        settings.NOTICE_GATEWAY_URL_2 = made.url
        yield made


@pytest.fixture
def bundling_gateway(settings):
    """The configured gateway as a bureau has it: messages wait a minute for company, and at night for the morning."""
    settings.NOTICE_LEASE_SECONDS, settings.NOTICE_BUNDLE_SECONDS = 30, 60
    with expecting() as made:
        settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_SECRET = made.url, SECRET
        yield made


@pytest.fixture
def gateway_named(settings):
    """A gateway is configured; nothing is sent through it."""
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"


@pytest.fixture
def outer_gateway():
    """A gateway for real processes; `environment_of` tells them of it."""
    made = FakeGateway()
    yield made
    made.close()
