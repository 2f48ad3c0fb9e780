"""Is it ready? Database, channel layer, open screens, clocks and notices, each answered by itself."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from engine.monitoring.queries import ages, stopped
from engine.monitoring.replication import replication
from incidents.kept_alarms import storage
from journal.live.hub import statuses
from journal.numbering import head

#: Seconds to wait for Redis: a frozen one must not freeze the probe.
REDIS_SECONDS = 1.0
#: Seconds since the hub last read the journal: by then its screens say themselves that they are old.
LOOK_SECONDS = 9.0


def readiness(now: datetime) -> tuple[bool, dict]:
    """Whether everything turns within its limits, and each part with what is known of it.

    A dead Redis or engine makes this say no, so that somebody comes; it is not for taking a web process out
    of service, which goes on accepting alarms all the same (/healthz is).
    """
    parts = {
        "database": _asked(_database),
        "channel_layer": _asked(_channel_layer),
        "screens": _screens(),
        "kept_alarms": _kept_alarms(now),
    }
    if "journal" in parts["database"]:
        parts |= _jobs(now)
    return all(part["ok"] for part in parts.values()), parts


def _asked(check: Callable[[], dict]) -> dict:
    try:
        return {"ok": True, **check()}
    except (DatabaseError, InterfaceError, OSError) as error:
        return {"ok": False, "error": type(error).__name__}


def _database() -> dict:
    """Its journal's head. Where every commit waits for a standby and none is connected, it takes nothing."""
    return {"ok": not replication().is_alone, "journal": head()}


def _channel_layer() -> dict:
    if not settings.REDIS_URL:
        return {"kind": "in-process"}
    import redis

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        ) as client:
            client.ping()
    except redis.RedisError as error:
        raise ConnectionError from error
    return {"kind": "redis"}


def _kept_alarms(now: datetime) -> dict:
    """Alarms that wait outside the database, of which nobody has been told."""
    count, age = storage.count_and_age(now)
    return {"ok": not count, "waiting": count, "seconds": round(age, 1)}


def _screens() -> dict:
    """Whether this process still reads the journal for its open screens; how many there are."""
    hubs = statuses()
    looked = [hub["looked"] for hub in hubs]
    return {
        "ok": all(age is not None and age < LOOK_SECONDS for age in looked),
        "open": sum(hub["screens"] for hub in hubs),
        "seconds": max((round(age, 1) for age in looked if age is not None), default=None),
    }


def _jobs(now: datetime) -> dict[str, dict]:
    halted = stopped(now)
    return {
        name: {"ok": name not in halted, "seconds": None if age is None else round(age, 1)}
        for name, age in ages(now).items()
    }
