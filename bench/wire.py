"""Many WebSocket clients in one thread, as light as Python allows: the client must not be what is measured.

One epoll loop receives into one buffer. Frames are counted by their length alone; the moment at which a
socket has its n-th frame is what a benchmark asks for.
"""

import select
import socket
import time
from base64 import b64encode
from os import urandom

#: One receive; larger than any burst of small frames.
BUFFER = 1 << 18


class Client:
    """One socket: how many frames it got, and what of the next one is still missing."""

    __slots__ = ("count", "is_closed", "pending", "socket")

    def __init__(self, raw: socket.socket):
        self.socket = raw
        self.count = 0
        self.pending = b""
        self.is_closed = False


def handshake(port: int, path: str, session: str = "") -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: session={session}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {b64encode(urandom(16)).decode()}\r\n\r\n"
    ).encode()


class Crowd:
    """Open sockets that only listen. `match`, near a frame's beginning, picks those that count: not beats, nor
    what the engine has to say meanwhile."""

    def __init__(self, match: bytes = b"incident.observed"):
        self._match = match
        self._poll = select.epoll()
        self._clients: dict[int, Client] = {}
        self._buffer = bytearray(BUFFER)
        self._view = memoryview(self._buffer)

    def __len__(self) -> int:
        return len(self._clients)

    def open(self, port: int, path: str, session: str = "") -> None:
        """Connect and wait for the answer to the handshake."""
        raw = socket.create_connection(("127.0.0.1", port), timeout=30)
        raw.sendall(handshake(port, path, session))
        answer = b""
        while b"\r\n\r\n" not in answer:
            got = raw.recv(4096)
            if not got:
                raise ConnectionError(answer)
            answer += got
        head, _, rest = answer.partition(b"\r\n\r\n")
        if b" 101 " not in head.splitlines()[0]:
            raise ConnectionError(head)
        raw.setblocking(False)
        client = Client(raw)
        self._clients[raw.fileno()] = client
        self._take(client, rest)
        self._poll.register(raw, select.EPOLLIN)

    def pump(self, seconds: float) -> None:
        """Receive for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._receive(left)

    def wait_for(self, count: int, seconds: float) -> list[float]:
        """Receive until each socket has `count` frames; for each the moment it had, in the order they had."""
        end = time.monotonic() + seconds
        waiting = {fd for fd, client in self._clients.items() if client.count < count}
        moments = []
        while waiting:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{len(waiting)} of {len(self)} sockets have not got {count} frames")
            for fd in self._receive(left):
                if fd in waiting and self._clients[fd].count >= count:
                    waiting.discard(fd)
                    moments.append(time.monotonic())
        return moments

    def forget_counts(self) -> None:
        for client in self._clients.values():
            client.count = 0

    def closed(self) -> int:
        return sum(client.is_closed for client in self._clients.values())

    def close(self) -> None:
        for client in self._clients.values():
            client.socket.close()
        self._clients.clear()
        self._poll.close()

    def _receive(self, seconds: float) -> list[int]:
        """One round of the loop: the sockets something came in at."""
        ready = []
        for fd, _event in self._poll.poll(seconds):
            client = self._clients[fd]
            try:
                size = client.socket.recv_into(self._buffer)
            except (BlockingIOError, ConnectionResetError):
                size = 0
            if not size:
                client.is_closed = True
                self._poll.unregister(fd)
                continue
            self._take(client, self._view[:size])
            ready.append(fd)
        return ready

    def _take(self, client: Client, data) -> None:
        data = client.pending + bytes(data)
        start = 0
        while len(data) - start >= 2:
            length, skip = data[start + 1], 2
            if length == 126:
                length, skip = int.from_bytes(data[start + 2 : start + 4], "big"), 4
            end = start + skip + length
            if len(data) < end:
                break
            if data.find(self._match, start + skip, start + skip + 80) >= 0:
                client.count += 1
            start = end
        client.pending = data[start:]
