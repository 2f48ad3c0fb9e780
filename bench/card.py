"""From an alarm sent over the API to its card on one screen of many, while the others are open and never ask.

One asks for all. What it is when everybody asks, bench.boards measures.
"""

import contextlib
import json
import subprocess
import sys
import time
import uuid
from pathlib import Path

from websockets.sync.client import connect

from bench.alarms import alarm
from bench.fanout import PER_SESSION
from bench.figures import Figure, median, percentile
from bench.load import Visitor, timed
from tests.installations import Bureau
from tests.live import servers
from tests.processes import ROOT, Engine, Server

PART = "/duty/?part=incidents"


def run(folder: Path, bureau: Bureau, *, sockets: int, times: int) -> list[Figure]:
    """The screen gets the entry over its socket and then asks for the part of the page, as live.js does."""
    with bureau.installation(folder / "card") as installation:
        return _measure(installation, sockets, times)


def _measure(installation, sockets: int, times: int) -> list[Figure]:
    env = installation.env
    token, session = installation.keys["town11.clerk"][0], servers.sessions("county1.duty", 1, env=env)[0]
    sessions = servers.sessions("city.duty", -(-sockets // PER_SESSION), env=env)
    with Server(env=env) as server, Engine(env=env):
        clerk = Visitor(server.port, {"Authorization": f"Bearer {token}"})
        desk = Visitor(server.port, {"Cookie": f"session={session}"})
        clerk.post("/api/v1/alarms/", alarm(), str(uuid.uuid4()))
        desk.get(PART)
        alone = timed(
            lambda _: (clerk.post("/api/v1/alarms/", alarm(), str(uuid.uuid4())), desk.get(PART)), times
        )
        seats = [sessions[number // PER_SESSION] for number in range(sockets)]
        with _crowd(server.port, seats), _screen(server, session) as screen:
            entry, card = [], []
            for _ in range(times):
                begun = time.monotonic()
                number = json.loads(clerk.post("/api/v1/alarms/", alarm(), str(uuid.uuid4())))["number"]
                _await_entry(screen)
                entry.append(time.monotonic() - begun)
                while number.encode() not in desk.get(PART):
                    pass
                card.append(time.monotonic() - begun)
                time.sleep(0.1)
    name = f"{sockets} sockets open"
    return [
        Figure(f"alarm to entry on another screen, {name}, p50", 1000 * median(entry), "ms"),
        Figure(f"alarm to entry on another screen, {name}, p95", 1000 * percentile(entry, 0.95), "ms"),
        Figure(f"alarm to card on the one screen that asks, {name}, p50", 1000 * median(card), "ms",
               1000 * median(alone), "alarm, then part, no sockets"),
        Figure(f"alarm to card on the one screen that asks, {name}, p95", 1000 * percentile(card, 0.95), "ms",
               1000 * percentile(alone, 0.95), "alarm, then part, no sockets"),
    ]  # fmt: skip


@contextlib.contextmanager
def _crowd(port: int, sessions: list[str]):
    """The other screens, in a process of their own."""
    crowd = subprocess.Popen(
        [sys.executable, "-m", "bench.crowd", str(port)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    try:
        crowd.stdin.write(json.dumps(sessions) + "\n")
        crowd.stdin.flush()
        if crowd.stdout.readline() != "open\n":
            raise RuntimeError("the crowd did not get in")
        yield
    finally:
        crowd.kill()
        crowd.wait()


def _screen(server: Server, session: str):
    return connect(
        server.live_url, origin=server.url, additional_headers={"Cookie": f"session={session}"}, compression=None, proxy=None
    )  # fmt: skip


def _await_entry(screen) -> None:
    """The alarm's own entry; what came before it on the socket is passed over."""
    while True:
        message = json.loads(screen.recv(timeout=20))
        if message["type"] == "entry" and message["kind"] == "incident.reported":
            return
