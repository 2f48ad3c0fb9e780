"""A gateway for tests: a real HTTP server on a free port that behaves as badly as it is told to."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Message(NamedTuple):
    key: str
    reference: str
    channel: str
    to: str
    text: str


class FakeGateway:
    """Modes: ok · 503 · 400 · hang (no answer) · accept_then_503 (taken, then an error) · no_id · redirect.

    A black hole is `ok` without reports afterwards. What a phone shows is `on_phones`: one per key, as a
    provider that honours the Idempotency-Key would do. Messages a test has not looked at are unexpected.
    """

    def __init__(self):
        self.mode = "ok"
        self.received: list[Message] = []
        self._looked_at = 0
        self._lock = threading.Lock()
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/send"

    def messages(self) -> list[Message]:
        """Every request that came, repeats included; from now on they are expected."""
        with self._lock:
            self._looked_at = len(self.received)
            return list(self.received)

    def on_phones(self) -> list[str]:
        return sorted({message.key: message.to for message in self.messages()}.values())

    def unexpected(self) -> list[Message]:
        return self.received[self._looked_at :]

    def close(self):
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def take(self, headers, body: bytes) -> tuple[int, dict]:
        given = json.loads(body)
        message = Message(headers["Idempotency-Key"], **given)
        if self.mode == "hang":
            self.release.wait(20)
        if self.mode in ("503", "400", "redirect"):
            with self._lock:
                self.received.append(message)
            return {"503": 503, "400": 400, "redirect": 302}[self.mode], {}
        with self._lock:
            self.received.append(message)
        if self.mode == "accept_then_503":
            return 503, {}
        return 202, {} if self.mode == "no_id" else {"id": f"p-{message.key}"}

    def _handler(gateway):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = gateway.take(self.headers, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        return Handler
