"""One entry to many sockets, beside a bare broadcast of the same bytes by node `ws` in the same run.

Both servers are up with their sockets open, and events alternate between them, so that a noisy machine is
noisy for both. Ours is the whole way: commit, number, read, filter by rights, send. CPU is the server
process's own; what it uses while idle is taken off.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure, median
from bench.wire import Crowd
from tests.live import servers
from tests.processes import ROOT, Process, Server, accepts, free_port

#: Sockets one session may open.
PER_SESSION = 8
#: Seconds of watching a server do nothing, to know what that costs.
IDLE_SECONDS = 3.0
PAUSE = 0.03


class Node(Process):
    """The baseline server."""

    name = "node ws"

    def __init__(self, folder: Path, port: int):
        super().__init__(env=dict(os.environ), folder=folder)
        self.port = port

    def command(self) -> list[str]:
        return ["node", str(self.folder / "server.js"), str(self.port)]

    def is_ready(self) -> bool:
        return accepts(self.port)

    @property
    def trigger_port(self) -> int:
        return self.port


class PythonBaseline(Process):
    """The baseline where there is no node."""

    name = "websockets"

    def __init__(self, folder: Path, port: int):
        super().__init__(env=dict(os.environ), folder=folder)
        self.port = port
        self.trigger_port = free_port()

    def command(self) -> list[str]:
        return [sys.executable, "-m", "bench.ws_python", str(self.port), str(self.trigger_port)]

    def is_ready(self) -> bool:
        return accepts(self.port) and accepts(self.trigger_port)


def install_node(folder: Path) -> Path:
    """Copy the baseline and its one pinned package into `folder`."""
    folder.mkdir()
    for file in (ROOT / "bench" / "ws_node").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=300)
    return folder


class Trigger:
    """Asks a server for an event and does not wait for the answer before the crowd is watched."""

    def __init__(self, port: int, path: str, body: bytes = b""):
        self._port = port
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self._request = head.encode() + body
        self._raw: socket.socket | None = None

    def pull(self) -> None:
        self._raw = socket.create_connection(("127.0.0.1", self._port))
        self._raw.sendall(self._request)

    def answer(self) -> dict:
        with self._raw:
            data = b""
            while got := self._raw.recv(65536):
                data += got
        return json.loads(data[data.index(b"{") : data.rindex(b"}") + 1])


class Side:
    """One server with its crowd."""

    def __init__(self, server: Process, port: int, trigger: Trigger):
        self.server = server
        self.port = port
        self.trigger = trigger
        self.crowd = Crowd()
        self.memory_before = server.memory()
        self.memory_after = 0
        self.last: list[float] = []
        self.middle: list[float] = []
        self.cpu = 0.0
        self.unseen_seconds = 0.0

    def event(self, count: int) -> None:
        """One event, and what it cost."""
        before = self.server.cpu_seconds()
        self.trigger.pull()
        moments = self.crowd.wait_for(count, 30)
        committed = self.trigger.answer()["committed"]
        # What follows an event (the answer, a second look) belongs to it.
        time.sleep(PAUSE)
        self.cpu += self.server.cpu_seconds() - before
        self.last.append(moments[-1] - committed)
        self.middle.append(moments[len(moments) // 2] - committed)


def run(folder: Path, *, sockets: int, events: int) -> list[Figure]:
    """Figures for one number of sockets, beside node if it is there."""
    env = servers.prepared(folder / f"fanout-{sockets}")
    return beside(_baseline(folder), env, sockets=sockets, events=events)


def _baseline(folder: Path) -> Process:
    if not (shutil.which("node") and shutil.which("npm")):
        return PythonBaseline(folder, free_port())
    node_folder = folder / "ws_node"
    if not node_folder.exists():
        install_node(node_folder)
    return Node(node_folder, free_port())


def beside(baseline: Process, env: dict[str, str], *, sockets: int, events: int) -> list[Figure]:
    """The same beside any server that sends what it is POSTed to all its sockets."""
    with Server(env=env, application="bench.application:application") as ours, baseline:
        cookies = servers.sessions("city.duty", -(-sockets // PER_SESSION), env=env)
        text = _a_frame(ours, cookies[-1])
        theirs = Side(baseline, baseline.port, Trigger(baseline.trigger_port, "/emit", text))
        mine = Side(ours, ours.port, Trigger(ours.port, "/bench/emit?unit=C1"))
        for number in range(sockets):
            theirs.crowd.open(baseline.port, "/")
            mine.crowd.open(ours.port, "/ws/live/", cookies[number // PER_SESSION])
        return _measure(mine, theirs, sockets, events)


def _a_frame(server: Server, cookie: str) -> bytes:
    """The text of an entry as this server sends it."""
    raw = servers.knock(server, cookie, servers.emit(server, unit="C1") and 0)
    with contextlib.closing(raw):
        messages = servers.read_all(raw, seconds=1.5)
    entry = next(message for message in reversed(messages) if message["type"] == "entry")
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()


def _measure(mine: Side, theirs: Side, sockets: int, events: int) -> list[Figure]:
    sides = (theirs, mine)
    for side in sides:
        # One event first: a socket that is not in yet gets it as a replay or live, once.
        side.trigger.pull()
        side.crowd.wait_for(1, 60)
        side.trigger.answer()
        side.memory_after = side.server.memory()
        side.crowd.forget_counts()
    idle = _idle_rate(mine)
    alone = _unseen(mine, events)
    for number in range(1, events + 1):
        for side in sides:
            side.event(number)
    return _figures(mine, theirs, sockets, events, idle, alone)


def _idle_rate(side: Side) -> float:
    """CPU seconds per second while nothing happens but polls and beats."""
    before = side.server.cpu_seconds()
    side.crowd.pump(IDLE_SECONDS)
    return (side.server.cpu_seconds() - before) / IDLE_SECONDS


def _unseen(side: Side, events: int) -> float:
    """CPU seconds of an entry that none of the sockets may see: commit, number, read and no sending."""
    trigger = Trigger(side.port, "/bench/emit?unit=C0&kind=session.refused")
    before, begun = side.server.cpu_seconds(), time.monotonic()
    for _ in range(events):
        trigger.pull()
        trigger.answer()
        side.crowd.pump(PAUSE)
    side.unseen_seconds = time.monotonic() - begun
    return (side.server.cpu_seconds() - before) / events


def _figures(mine, theirs, sockets, events, idle, alone) -> list[Figure]:
    watched = sum(mine.last) + events * PAUSE
    cpu = (mine.cpu - idle * watched) / (events * sockets) * 1e6
    fixed = alone - idle * mine.unseen_seconds / events
    sending = cpu - fixed / sockets * 1e6
    node_cpu = theirs.cpu / (events * sockets) * 1e6
    memory = (mine.memory_after - mine.memory_before) / sockets / 1024
    node_memory = (theirs.memory_after - theirs.memory_before) / sockets / 1024
    name = f"{sockets} sockets"
    return [
        Figure(f"{name}: CPU per socket and entry, sending", sending, "µs", node_cpu, theirs.server.name, 1.7),
        Figure(f"{name}: CPU per socket and entry, all", cpu, "µs", node_cpu, theirs.server.name),
        Figure(f"{name}: CPU per entry whatever the sockets", 1000 * fixed, "ms"),
        Figure(f"{name}: commit to last socket, p50", 1000 * median(mine.last), "ms", 1000 * median(theirs.last), theirs.server.name, 1.5),
        Figure(f"{name}: commit to middle socket, p50", 1000 * median(mine.middle), "ms", 1000 * median(theirs.middle), theirs.server.name),
        Figure(f"{name}: commit to last socket, worst", 1000 * max(mine.last), "ms", 1000 * max(theirs.last), theirs.server.name),
        Figure(f"{name}: memory per socket", memory, "KB", 40, "limit", 1.0),
        Figure(f"{name}: memory per socket of {theirs.server.name}", node_memory, "KB"),
        Figure(f"{name}: CPU while idle, beats included", 100 * idle, "% of a core"),
    ]  # fmt: skip
