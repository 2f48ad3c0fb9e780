"""Resident memory of the one process of the embedded profile, beside an empty Django project."""

import time
from pathlib import Path

from bench.figures import Figure
from bench.load import Visitor
from bench.pages import PAGES
from bench.wire import Crowd
from tests.installations import Bureau
from tests.live import servers
from tests.processes import Server

MEGABYTE = 2**20


def run(folder: Path, *, sockets: int, rounds: int) -> list[Figure]:
    """After start, after some use, and with screens open."""
    with Bureau(folder / "memory-bureau").installation(folder / "memory") as installation:
        return _weigh(installation, sockets, rounds)


def _weigh(installation, sockets: int, rounds: int) -> list[Figure]:
    sessions = servers.sessions("city.duty", -(-sockets // 8), env=installation.env)
    with Server(
        env=installation.env, application="bench.empty:application", name="empty", lifespan="off"
    ) as server:
        _visit(server, {}, ["/healthz"], rounds)
        empty = server.memory()
    with Server(env=installation.env) as server:
        time.sleep(3)
        started = server.memory()
        _visit(server, {"Cookie": f"session={sessions[0]}"}, PAGES.values(), rounds)
        used = server.memory()
        crowd = Crowd()
        for number in range(sockets):
            crowd.open(server.port, "/ws/live/", sessions[number // 8])
        crowd.pump(5)
        watched = server.memory()
        crowd.close()
    return [
        Figure("embedded server, started", started / MEGABYTE, "MB", empty / MEGABYTE, "empty Django"),
        Figure("embedded server, used", used / MEGABYTE, "MB", empty / MEGABYTE, "empty Django"),
        Figure(f"embedded server, {sockets} screens open", watched / MEGABYTE, "MB", empty / MEGABYTE, "empty Django"),
    ]  # fmt: skip


def _visit(server, headers, paths, rounds) -> None:
    visitor = Visitor(server.port, headers)
    for _ in range(rounds):
        for path in paths:
            visitor.get(path)
