"""A telephone company and the robots of chat groups, as real HTTP servers that behave as badly as they are told to."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """POST → `answer(path, body)` → (status, JSON). Counts what came and from whom."""

    def __init__(self):
        self.received: list[tuple[str, dict]] = []
        self.mode = "ok"
        self.delay = 0.0
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/robot?key=k"

    def close(self):
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: dict) -> tuple[int, dict]:
        if self.mode == "hang":
            self.release.wait(30)
        time.sleep(self.delay)
        self.received.append((path, body))
        return self.said()

    def said(self) -> tuple[int, dict]:
        return {
            "ok": (200, {"errcode": 0}),
            "feishu": (200, {"code": 0, "msg": "success"}),
            "busy": (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
            "no": (200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
            "down": (502, {}),
            "odd": (200, []),
            "hang": (200, {"errcode": 0}),
        }[self.mode]

    def _handler(company):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = company.answer(self.path, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        return Handler
