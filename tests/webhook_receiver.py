"""A receiver of webhooks, as an integrator writes one: a real HTTP server on a free port."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Got(NamedTuple):
    id: str
    timestamp: str
    signature: str
    raw: bytes

    @property
    def headers(self) -> dict[str, str]:
        return {
            "webhook-id": self.id,
            "webhook-timestamp": self.timestamp,
            "webhook-signature": self.signature,
        }

    @property
    def body(self) -> dict:
        return json.loads(self.raw)


class Receiver:
    """`status` is its answer to all, "hang": none until the end of the test."""

    def __init__(self):
        self.got: list[Got] = []
        self.status: int | str = 200
        #: Type of message → status, for one that alone is refused.
        self.refuses: dict[str, int] = {}
        self.says: dict[str, str] = {}
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def top(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.top}/in"

    def types(self) -> list[str]:
        return [one.body["type"] for one in self.got]

    def numbers(self) -> list[int]:
        return [one.body["data"]["number"] for one in self.got]

    def close(self):
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


def _handler_of(receiver: Receiver):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
            got = Got(
                self.headers["webhook-id"],
                self.headers["webhook-timestamp"],
                self.headers["webhook-signature"],
                raw,
            )
            receiver.got.append(got)
            if receiver.status == "hang":
                receiver.release.wait(30)
                return
            self.send_response(receiver.refuses.get(got.body["type"], receiver.status))
            for name, value in receiver.says.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    return Handler
