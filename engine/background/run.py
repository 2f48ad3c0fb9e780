"""One turn of the engine: numbering, clocks, notices, anchor, auditor. Each by itself: one that fails stops no other."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import close_old_connections, connection

from engine.background.jobs import ALL, LANES, Job, run_job
from engine.monitoring.metrics import RUNS

log = logging.getLogger(__name__)


class Run(NamedTuple):
    #: Job → how much it did. A job whose time it was not is left out.
    done: dict[str, int]
    failed: tuple[str, ...]


def run_all(now: datetime) -> Run:
    """Run every job once, in order."""
    return _run(ALL, now)


def run_lane(lane: str, now: datetime, uptime: timedelta) -> Run:
    """Run the jobs of one lane once; `uptime` is how long this process has been running them."""
    return _run([job for job in LANES[lane] if uptime >= job.settled], now)


#: Jobs that failed at their last run: the log hears of the first failure and of the recovery.
_failing: set[str] = set()


def _run(jobs: Iterable[Job], now: datetime) -> Run:
    done, failed = {}, []
    for job in jobs:
        try:
            count = run_job(job, now)
        except Exception:
            failed.append(job.name)
            RUNS.labels(job.name, "failed").inc()
            _say_failing(job)
            _drop_dead_connection()
            continue
        _say_well(job)
        if count is not None:
            done[job.name] = count
            RUNS.labels(job.name, "done").inc()
    return Run(done, tuple(failed))


def _drop_dead_connection() -> None:
    """A connection that died is no use to the next job. (Inside a transaction it is not ours to drop.)"""
    if not connection.in_atomic_block:
        close_old_connections()


def _say_failing(job: Job) -> None:
    if job.name not in _failing:
        _failing.add(job.name)
        log.exception("%s failed; it is tried again at every turn", job.name)


def _say_well(job: Job) -> None:
    if job.name in _failing:
        _failing.discard(job.name)
        log.warning("%s runs again", job.name)
