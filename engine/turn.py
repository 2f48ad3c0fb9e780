"""One turn of the engine: numbering, clocks, notices, anchor, auditor. Each by itself: one that fails stops no other."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import close_old_connections, connection

from engine.metrics import TURNS
from engine.wheels import ALL, LANES, Wheel, turn_wheel

log = logging.getLogger(__name__)


class Turned(NamedTuple):
    #: Wheel → how much it did. A wheel whose time it was not is left out.
    done: dict[str, int]
    failed: tuple[str, ...]


def turn(now: datetime) -> Turned:
    """Turn every wheel once, in order."""
    return _turn(ALL, now)


def turn_lane(lane: str, now: datetime, uptime: timedelta) -> Turned:
    """Turn the wheels of one lane once; `uptime` is how long this process has been turning them."""
    return _turn([wheel for wheel in LANES[lane] if uptime >= wheel.settled], now)


#: Wheels that failed at their last turn: the log hears of the first failure and of the recovery.
_failing: set[str] = set()


def _turn(wheels: Iterable[Wheel], now: datetime) -> Turned:
    done, failed = {}, []
    for wheel in wheels:
        try:
            count = turn_wheel(wheel, now)
        except Exception:
            failed.append(wheel.name)
            TURNS.labels(wheel.name, "failed").inc()
            _say_failing(wheel)
            _drop_dead_connection()
            continue
        _say_well(wheel)
        if count is not None:
            done[wheel.name] = count
            TURNS.labels(wheel.name, "done").inc()
    return Turned(done, tuple(failed))


def _drop_dead_connection() -> None:
    """A connection that died is no use to the next wheel. (Inside a transaction it is not ours to drop.)"""
    if not connection.in_atomic_block:
        close_old_connections()


def _say_failing(wheel: Wheel) -> None:
    if wheel.name not in _failing:
        _failing.add(wheel.name)
        log.exception("%s failed; it is tried again at every turn", wheel.name)


def _say_well(wheel: Wheel) -> None:
    if wheel.name in _failing:
        _failing.discard(wheel.name)
        log.warning("%s turns again", wheel.name)
