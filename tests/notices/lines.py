"""The far end of a line, byte by byte: what no HTTP library would send, but a broken gateway, proxy or mail server does."""

import json
import socketserver
import threading
import time

OK = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"


def answer(body: bytes, head: bytes = OK) -> bytes:
    return head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body


class BadLine:
    """Takes one request per connection and behaves as `mode` says.

    ok · drip_body · drip_head · drip_greeting (says something before it is asked, as a mail server does) · endless
    (a body that does not end) · hang · 503 · 429 · no_id · late (answers after `delay`) · numbers (ids from 1)
    """

    def __init__(self, mode: str = "ok"):
        self.mode, self.delay, self.retry_after = mode, 0.0, ""
        self.received: list[dict] = []
        self.open = 0
        self.number = 0
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(line):
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                line.open += 1
                try:
                    if line.mode == "drip_greeting":
                        self._drip(b"220-" + b"x" * 200)
                    else:
                        line._answer(self)
                except OSError:
                    pass  # they have cut the line
                finally:
                    line.open -= 1

            def _drip(self, data: bytes) -> None:
                for number in range(len(data)):
                    if line.released.wait(0.05):
                        return
                    self.wfile.write(data[number : number + 1])
                    self.wfile.flush()

            def message(self) -> dict:
                length = 0
                while (row := self.rfile.readline().strip()) != b"":
                    if row.lower().startswith(b"content-length:"):
                        length = int(row.partition(b":")[2])
                return json.loads(self.rfile.read(length))

        return Handler

    def _answer(self, handler) -> None:
        message = handler.message()
        mode = self.mode
        if mode == "hang":
            self.released.wait(30)
            return
        if mode == "late":
            time.sleep(self.delay)
        with self._lock:
            self.number += 1
            number = self.number
        said = {"id": str(number) if mode == "numbers" else f"p-{message.get('reference', number)}"}
        if mode in ("ok", "late", "numbers"):
            self.received.append(message)
        body = json.dumps({} if mode == "no_id" else said).encode()
        if mode == "drip_body":
            handler.wfile.write(OK + b"Content-Length: 100000\r\n\r\n")
            handler._drip(b" " * 200)
        elif mode == "drip_head":
            handler._drip(OK + b"X-Drip: " + b"x" * 200)
        elif mode == "endless":
            handler.wfile.write(OK + b"Connection: close\r\n\r\n")
            while not self.released.is_set():
                handler.wfile.write(b" " * 65536)
        elif mode == "503":
            handler.wfile.write(answer(b"{}", b"HTTP/1.1 503 Busy\r\n"))
        elif mode == "429":
            wait = f"Retry-After: {self.retry_after}\r\n".encode() if self.retry_after else b""
            handler.wfile.write(answer(b"{}", b"HTTP/1.1 429 Too Many\r\n" + wait))
        else:
            handler.wfile.write(answer(body))
