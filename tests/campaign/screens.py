"""Servers die while people raise alarms and many watch: none is lost, no screen has a gap or a thing twice."""

import random
import threading
import time
from contextlib import ExitStack
from typing import NamedTuple

from tests.faults import acts
from tests.installations import Installation
from tests.processes import Process, eventually

#: People who raise alarms at the same time.
REPORTERS = ("village111.informant", "town11.clerk", "county1.duty")
#: Who watches, in turn.
WATCHERS = ("county1.duty", "city.duty", "county1.director", "city.director", "county2.duty")


class Reporter(threading.Thread):
    """Raises one alarm after the other and repeats each until it is acknowledged."""

    def __init__(self, client, stopping: threading.Event, pause: float = 0.05):
        super().__init__(daemon=True)
        self.client, self._stopping, self._pause = client, stopping, pause
        #: client_id → the number it was acknowledged with.
        self.acknowledged: dict[str, str] = {}

    def run(self):
        while not self._stopping.is_set():
            facts = acts.BANNER if len(self.acknowledged) % 4 else acts.LIFE_RISK
            alarm = acts.alarm(facts=facts)
            self.acknowledged[alarm["client_id"]] = self.client.insist("POST", "alarms/", alarm)["number"]
            self._stopping.wait(self._pause)


class Watched(NamedTuple):
    kills: int
    alarms: int
    repeats: int
    screens: int
    connections: int


def kill_while_watched(
    installation: Installation, web: list[Process], hurt, *, kills: int, screens: int, rng: random.Random,
    pause: float = 0.05,
) -> Watched:  # fmt: skip
    """`web` serve; `hurt()` kills or crashes something and brings it back. Raises AssertionError for whatever is lost,
    doubled or out of order."""
    stopping = threading.Event()
    reporters = [Reporter(installation.client(name, *web), stopping, pause) for name in REPORTERS]
    before = installation.head()
    stood = dict(installation.rows("SELECT client_id, number FROM incidents_incident"))

    with ExitStack() as open_:
        watching = [
            (name, open_.enter_context(installation.screen(name, *web, after=before)))
            for name in (WATCHERS[n % len(WATCHERS)] for n in range(screens))
        ]
        for reporter in reporters:
            reporter.start()
        for _kill in range(kills):
            time.sleep(rng.uniform(0.2, 1.0))
            hurt()
        stopping.set()
        for reporter in reporters:
            reporter.join(90)
            assert not reporter.is_alive()
        for name in {name for name, _screen in watching}:
            eventually(
                lambda n=name: (
                    (found := installation.client(n, *web).journal(before)) is not None
                    and all(screen.numbers == found for who, screen in watching if who == n)
                ),
                seconds=60,
                what=f"every screen of {name} has what a fresh page gets",
            )

    acknowledged = {key: number for reporter in reporters for key, number in reporter.acknowledged.items()}
    stored = dict(installation.rows("SELECT client_id, number FROM incidents_incident"))
    troubles = [trouble for reporter in reporters for trouble in reporter.client.troubles]
    differing = {**stood, **acknowledged}.items() ^ stored.items()
    assert not differing, f"lost, or there and unasked: {differing}"
    assert len(set(stored.values())) == len(stored), "a number twice"
    statuses = {trouble.status for trouble in troubles}
    assert statuses <= {0, 503}, statuses
    for name, screen in watching:
        assert (screen.faults, screen.others) == ([], []), (name, screen.faults[:5], screen.others[:5])
    connections = sum(len(screen.hellos) for _name, screen in watching)
    return Watched(kills, len(acknowledged), len(troubles), screens, connections)


def killer_of(processes: list[Process], rng: random.Random):
    """One of them dies and comes back."""

    def hurt():
        victim = rng.choice(processes)
        victim.kill()
        victim.spawn()
        if len(processes) == 1:
            victim.wait_ready()

    return hurt
