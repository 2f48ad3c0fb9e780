"""A server process with a cast, and sockets to it, for tests of what only a real server does."""

import contextlib
import json
import socket
import urllib.request
from base64 import b64encode
from os import urandom
from pathlib import Path

from tests import processes

CAST = """
from django.utils import timezone
from demo import bureau
bureau.build(now=timezone.now(), counties=1, townships=1, villages=1)
"""
SESSIONS = """
import json
from tests.live.sessions import sign_in
print(json.dumps([sign_in("{username}") for _ in range({count})]))
"""


def prepared(folder: Path, **env: str) -> dict[str, str]:
    """The environment of an installation with schema and a small cast."""
    env = processes.environment(folder, **env)
    processes.migrate(env)
    processes.python(CAST, env=env)
    return env


def sessions(username: str, count: int, *, env) -> list[str]:
    """Cookies of that many sign-ins of one person."""
    return json.loads(
        processes.python(SESSIONS.format(username=username, count=count), env=env).splitlines()[-1]
    )


def emit(server: processes.Server, **query) -> dict:
    """Have the server (bench.application) record entries in its own process."""
    query = "&".join(f"{name}={value}" for name, value in query.items())
    request = urllib.request.Request(f"{server.url}/bench/emit?{query}", method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def knock(server: processes.Server, session: str, after: int, *, receive_buffer: int = 0) -> socket.socket:
    """A WebSocket by hand, past its handshake: for clients that do not read."""
    raw = socket.socket()
    if receive_buffer:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    raw.connect(("127.0.0.1", server.port))
    raw.sendall(handshake(server.port, session, after))
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += raw.recv(1)
    assert b" 101 " in answer.splitlines()[0], answer
    return raw


def handshake(port: int, session: str, after: int) -> bytes:
    return (
        f"GET /ws/live/?after={after} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: session={session}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {b64encode(urandom(16)).decode()}\r\n\r\n"
    ).encode()


def frames(data: bytes) -> tuple[list, bytes]:
    """The messages in unmasked frames, and what remains; a close frame is ("close", code)."""
    messages = []
    while len(data) >= 2:
        length, start = data[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(data[2:4], "big"), 4
        if len(data) < start + length:
            break
        opcode, payload, data = data[0] & 15, data[start : start + length], data[start + length :]
        if opcode == 1:
            messages.append(json.loads(payload))
        elif opcode == 8:
            messages.append(("close", int.from_bytes(payload[:2], "big")))
    return messages, data


def read_all(raw: socket.socket, *, seconds: float) -> list:
    """Everything until a close frame, the end of the connection (then ("cut", 0) is last), or so many seconds
    of silence."""
    raw.settimeout(seconds)
    messages, data = [], b""
    with contextlib.suppress(TimeoutError):
        while True:
            try:
                chunk = raw.recv(65536)
            except ConnectionResetError:
                chunk = b""
            if not chunk:
                return [*messages, ("cut", 0)]
            got, data = frames(data + chunk)
            messages += got
            if got and isinstance(got[-1], tuple):
                break
    return messages


def numbers(messages: list) -> list[int]:
    """The numbers of the entries among these messages."""
    return [
        message["number"] for message in messages if isinstance(message, dict) and message["type"] == "entry"
    ]


def journal(server: processes.Server, session: str, after: int) -> list[int]:
    """The same by HTTP: what a socket must have brought."""
    found, more = [], True
    while more:
        request = urllib.request.Request(
            f"{server.url}/api/v1/journal/?after={after}&limit=500", headers={"Cookie": f"session={session}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            page = json.load(answer)
        found += [entry["number"] for entry in page["entries"]]
        after, more = page["last"], page["more"]
    return found
