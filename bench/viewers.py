"""Open boards as browsers hold them, as a process of its own: `python -m bench.viewers`, a JSON line on stdin.

Each viewer is signed in by itself, loads its board, opens its socket, and asks for parts as `static/js/live.js` does:
what came within 250 ms is one look, a part that is asked for is asked for again only when its answer is there, and at
most six connections are open. It says "open" once all are, one line `{number: [moment, …]}` when its input ends: for
each incident the moment of CLOCK_MONOTONIC at which each viewer had the bytes of its card.
"""

import asyncio
import gzip
import json
import random
import re
import sys
import time
from collections import defaultdict
from contextlib import suppress

from bench.wire import handshake

#: Seconds, as in live.js.
TOGETHER, SOONEST = 0.25, 0.03
#: What a browser opens to one host.
CONNECTIONS = 6
NUMBER = re.compile(rb">([A-Z]\d*-\d{8}-\d+)<")
PART = re.compile(r"<[^>]*\bdata-part=\"[^>]*>")
TEXT, PING = 1, 9

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


class Part:
    def __init__(self, name: str, kinds: str, is_lazy: bool = False):
        self.name = name
        self.kinds = tuple(kinds.split())
        self.is_lazy = is_lazy
        self.is_busy = self.is_wanted_again = False
        #: The ETag of the answer that is here.
        self.has = ""


def parts_of(page: str) -> list[Part]:
    """The parts that a page marks for live.js."""
    return [
        Part(attribute(tag, "data-part"), attribute(tag, "data-kinds"), "data-lazy" in tag)
        for tag in PART.findall(page)
    ]


class Viewer:
    """One board in one browser."""

    def __init__(self, port: int, path: str, session: str, shown: dict[str, list[float]]):
        self.port, self.path, self.session = port, path, session
        #: Number of an incident → when its card was here.
        self.shown = shown
        self.parts: list[Part] = []
        self.known: set[bytes] = set()
        self.asked = 0
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[Connection] = []
        self._news: list[str] = []
        self._looked_at = 0.0
        self._tasks: set[asyncio.Task] = set()

    async def open(self) -> None:
        page = (await self._get(self.path)).decode()
        self.known |= set(NUMBER.findall(page.encode()))
        self.parts = parts_of(page)
        await self.listen(f"/ws/live/?after={attribute(page, 'data-after')}")
        self._start(self._refresh([part for part in self.parts if part.is_lazy]))

    async def listen(self, path: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(handshake(self.port, path, self.session))
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.splitlines()[0]:
            raise ConnectionError(head)
        self._start(self._hear(reader, writer))

    def _start(self, work) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            first, length = await reader.readexactly(2)
            if length == 126:
                length = int.from_bytes(await reader.readexactly(2), "big")
            body = await reader.readexactly(length)
            if first & 15 == PING:
                writer.write(bytes((0x8A, 0x80 | len(body))) + bytes(4) + body)
            elif first & 15 == TEXT and b'"entry"' in body[:20]:
                self._take(json.loads(body))

    def _take(self, entry: dict) -> None:
        self._news.append(entry["kind"])
        if len(self._news) == 1:
            wait = max(SOONEST, TOGETHER - (time.monotonic() - self._looked_at))
            self._start(self._look(wait + random.random() * entry.get("spread", 0) / 1000))

    async def _look(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._looked_at = time.monotonic()
        kinds, self._news = self._news, []
        touched = [part for part in self.parts if any(kind.startswith(part.kinds) for kind in kinds)]
        await self._refresh(touched)

    async def _refresh(self, parts: list[Part]) -> None:
        """Ask for those together that are not being asked for; the others once more afterwards."""
        for part in parts:
            part.is_wanted_again = part.is_busy
        asked = [part for part in parts if not part.is_busy]
        if not asked:
            return
        for part in asked:
            part.is_busy = True
        await self._ask(asked)
        for part in asked:
            part.is_busy = False
        if again := [part for part in asked if part.is_wanted_again]:
            await asyncio.sleep(TOGETHER)
            await self._refresh([part for part in again if not part.is_busy])

    async def _ask(self, parts: list[Part]) -> None:
        body = await self._get(self.path, parts)
        moment = time.monotonic()
        for number in set(NUMBER.findall(body)) - self.known:
            self.known.add(number)
            self.shown[number.decode()].append(moment)

    async def _get(self, path: str, parts: list[Part] | None = None) -> bytes:
        if parts:
            path += "?" + "&".join(f"part={part.name}" for part in parts)
        async with self._room:
            self.asked += 1
            while self._idle:
                # A server closes what was idle for some seconds; a browser then asks on a new connection.
                with suppress(ConnectionError, asyncio.IncompleteReadError):
                    return await self._get_on(self._idle.pop(), path, parts or [])
            return await self._get_on(
                await asyncio.open_connection("127.0.0.1", self.port), path, parts or []
            )

    async def _get_on(self, connection: Connection, path: str, parts: list[Part]) -> bytes:
        reader, writer = connection
        tags = ", ".join(part.has for part in parts if part.has)
        known = f"If-None-Match: {tags}\r\nA-IM: rows\r\n" if tags else ""
        kind = "application/json" if len(parts) > 1 else "text/html"
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: session={self.session}\r\n"
            f"Accept: {kind}\r\nAccept-Encoding: gzip\r\nX-Part: 1\r\n{known}\r\n".encode()
        )
        raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        head = raw.lower()
        status = head.split(" ", 2)[1]
        length = re.search(r"content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        self._idle.append(connection)
        if status not in ("200", "226", "304"):
            raise RuntimeError(f"{path}: {head}")
        body = gzip.decompress(body) if "content-encoding: gzip" in head else body
        if len(parts) > 1 and status != "304":
            members = json.loads(body)
            for part in parts:
                told = members[part.name]
                self._put(part, told["status"], told["tag"], told.get("html", ""))
        elif parts and (tag := re.search(r"(?im)^etag: (\S+)", raw)):
            self._put(parts[0], int(status), tag[1], body.decode())
        return body

    def _put(self, part: Part, status: int, tag: str, html: str = "") -> None:
        """An answer is in its place."""
        part.has = tag


class StaticViewer(Viewer):
    """The same at a server that only has files: an alarm is shown when the file of its part has come."""

    def __init__(self, port: int, parts: dict[str, str], session: str, shown: dict[str, list[float]]):
        super().__init__(port, "/", session, shown)
        self.parts = [Part(path, kinds) for path, kinds in parts.items()]
        self._heard = self._had = 0

    async def open(self) -> None:
        await self.listen("/")

    def _take(self, entry: dict) -> None:
        self._heard += 1
        super()._take(entry)

    async def _ask(self, parts: list[Part]) -> None:
        heard = self._heard
        for part in parts:
            await self._get(part.name)
        for n in range(self._had, heard):
            self.shown[str(n)].append(time.monotonic())
        self._had = max(self._had, heard)


def made(given: dict, shown: dict[str, list[float]]) -> list[Viewer]:
    if "parts" in given:
        return [StaticViewer(given["port"], given["parts"], session, shown) for session in given["sessions"]]
    ports = given["ports"]
    # In pairs, because the people of two desks come by turns: each process has both.
    return [
        Viewer(ports[n // 2 % len(ports)], given["path"], session, shown)
        for n, session in enumerate(given["sessions"])
    ]


async def watch(given: dict) -> None:
    shown: dict[str, list[float]] = defaultdict(list)
    viewers = made(given, shown)
    for start in range(0, len(viewers), 16):
        await asyncio.gather(*(viewer.open() for viewer in viewers[start : start + 16]))
    print("open", flush=True)
    before = sum(viewer.asked for viewer in viewers)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"asked": sum(viewer.asked for viewer in viewers) - before, "shown": shown}), flush=True)


if __name__ == "__main__":
    asyncio.run(watch(json.loads(sys.stdin.readline())))
