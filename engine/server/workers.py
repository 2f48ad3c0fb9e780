"""The engine as a process: one thread per lane, until it is told to stop."""

import logging
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, connection

from engine.background.jobs import LANES
from engine.background.run import run_lane
from engine.monotonic_clock import CLOCK

log = logging.getLogger(__name__)


class Lane:
    """Runs one lane, as often as it is asked to. A database that is away is waited for."""

    def __init__(self, name: str):
        self.name = name
        self._begun = time.monotonic()
        self._is_away = False

    def run_once(self) -> float:
        """Run once; returns the seconds until the next turn."""
        began = time.monotonic()
        close_old_connections()
        try:
            run_lane(self.name, CLOCK.now(), timedelta(seconds=began - self._begun))
            self._is_away = False
        except Exception as error:
            if not self._is_away:
                log.error("lane %s: the database is away, waiting for it: %s", self.name, error)
            self._is_away = True
        finally:
            close_old_connections()
        return max(0.05, settings.ENGINE_TURN_SECONDS - (time.monotonic() - began))


class Engine:
    """All lanes until `stop()`; a turn in hand is finished first."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(Lane(name),), name=f"lane-{name}") for name in LANES
        ]

    def run(self) -> None:
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        """Safe to call from a signal handler, and again."""
        self._stopping.set()

    def _run(self, lane: Lane) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(lane.run_once())
        connection.close()
