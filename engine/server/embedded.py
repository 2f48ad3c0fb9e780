"""The embedded profile: the engine's jobs and the Celery tasks run inside the one server process.

Everything blocking runs in small pools of threads by way of asgiref, so that what it wakes on the event
loop is woken at once. Whatever has to survive the end of this process is a row.
"""

import asyncio
import logging
import time

from asgiref.sync import sync_to_async
from celery import current_app
from celery.schedules import maybe_schedule
from django.db import close_old_connections, connection

from engine.background.jobs import LANES
from engine.server import threads
from engine.server.workers import Lane
from works.running import ENDING

log = logging.getLogger(__name__)

#: The ticker does its work anyway.
NOT_HERE = {"engine.tasks.poke_engine"}
#: Seconds a stop waits for what is in hand.
PATIENCE = 20


def submit(task, args, kwargs, expires: float | None = None):
    """Run a Celery task soon, in a thread of this process. Answers as `delay()` would, with something to wait for.

    `expires`: seconds after which it is not begun any more, as of a worker; then None is what comes of it.
    """
    if task.app.conf.task_always_eager:
        return task.apply(args, kwargs)
    until = time.monotonic() + expires if expires else None
    return threads.pool(task.threads).submit(_run_in_time, until, task, args, kwargs)


def _run_in_time(until: float | None, task, args, kwargs):
    """What waits behind others that hang is sent again meanwhile: it must not be done as often as it was sent."""
    return None if until and time.monotonic() > until else _run_task(task, args, kwargs)


def _run_task(task, args, kwargs):
    close_old_connections()
    try:
        return task.apply(args, kwargs)
    finally:
        # The thread may sleep for hours: it keeps no connection.
        connection.close()


class Ticker:
    """The lanes and the schedule as tasks of the running event loop."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task] = []

    async def start(self) -> None:
        current_app.loader.import_default_modules()
        ENDING.clear()
        for name in LANES:
            self._begin(self._run_lane(Lane(name)), f"lane-{name}")
        for name, entry in current_app.conf.beat_schedule.items():
            if entry["task"] not in NOT_HERE:
                self._begin(self._repeat(entry), f"schedule-{name}")

    def _begin(self, coroutine, name: str) -> None:
        self._tasks.append(asyncio.create_task(coroutine, name=name))

    async def stop(self) -> None:
        """Finish what is in hand, then end. What hangs longer than PATIENCE is left: its row tells the next start."""
        self._stopping.set()
        # A long work ends at its next step, and begins anew after the next start.
        ENDING.set()
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=PATIENCE)
            for task in late:
                log.warning("%s did not end in time", task.get_name())
                task.cancel()
        threads.end()

    async def _run_lane(self, lane: Lane) -> None:
        run_once = sync_to_async(lane.run_once, thread_sensitive=False, executor=threads.pool())
        while not self._stopping.is_set():
            await self._pause(await run_once())

    async def _repeat(self, entry: dict) -> None:
        """One entry of the beat schedule. A turn missed while the process was away is not made up for here."""
        task, schedule = current_app.tasks[entry["task"]], maybe_schedule(entry["schedule"], app=current_app)
        run = sync_to_async(_run_task, thread_sensitive=False, executor=threads.pool())
        last = current_app.now()
        while not self._stopping.is_set():
            is_due, seconds = schedule.is_due(last)
            if is_due:
                last = current_app.now()
                await run(task, entry.get("args", ()), entry.get("kwargs", {}))
            await self._pause(min(max(seconds, 0.1), 60))

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
