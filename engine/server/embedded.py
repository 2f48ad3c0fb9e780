"""The embedded profile: the engine's jobs and the Celery tasks run inside the one server process.

Everything blocking runs in a small pool of threads by way of asgiref, so that what it wakes on the event
loop is woken at once. Whatever has to survive the end of this process is a row.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from celery import current_app
from celery.schedules import maybe_schedule
from django.db import close_old_connections, connection

from engine.background.jobs import LANES
from engine.server.workers import Lane
from works.rules import AT_ONCE
from works.running import ENDING

log = logging.getLogger(__name__)

#: One thread per lane, and some for tasks.
THREADS = len(LANES) + 3
#: The ticker does its work anyway.
NOT_HERE = {"engine.tasks.poke_engine"}
#: Seconds a stop waits for what is in hand.
PATIENCE = 20

_pool: ThreadPoolExecutor | None = None
#: Long works have threads of their own: waiting for one another, they hold up neither a lane nor a short task.
_long_pool: ThreadPoolExecutor | None = None


def pool() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="embedded")
    return _pool


def long_pool() -> ThreadPoolExecutor:
    global _long_pool
    if _long_pool is None:
        _long_pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="works")
    return _long_pool


def submit(task, args, kwargs):
    """Run a Celery task soon, in a thread of this process. Answers as `delay()` would, with something to wait for."""
    if task.app.conf.task_always_eager:
        return task.apply(args, kwargs)
    threads = long_pool() if task.is_long else pool()
    return threads.submit(_run_task, task, args, kwargs)


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
        global _pool, _long_pool
        self._stopping.set()
        # A long work ends at its next step, and begins anew after the next start.
        ENDING.set()
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=PATIENCE)
            for task in late:
                log.warning("%s did not end in time", task.get_name())
                task.cancel()
        ended, _pool, _long_pool = (_pool, _long_pool), None, None
        for threads in ended:
            if threads is not None:
                threads.shutdown(wait=False, cancel_futures=True)

    async def _run_lane(self, lane: Lane) -> None:
        run_once = sync_to_async(lane.run_once, thread_sensitive=False, executor=pool())
        while not self._stopping.is_set():
            await self._pause(await run_once())

    async def _repeat(self, entry: dict) -> None:
        """One entry of the beat schedule. A turn missed while the process was away is not made up for here."""
        task, schedule = current_app.tasks[entry["task"]], maybe_schedule(entry["schedule"], app=current_app)
        run = sync_to_async(_run_task, thread_sensitive=False, executor=pool())
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
