"""The product's own application with two addresses more, for benchmarks and fault tests only.

`POST /bench/emit` records entries in this very process; what it answers are moments of CLOCK_MONOTONIC, which
every process of the machine reads alike. `POST /bench/queries` answers how many statements requests have made
since the last time it was asked. `POST /bench/commit` answers when this process last committed an entry.
"""

import json
import os
import threading
import time
from urllib.parse import parse_qs

from django.db.backends.utils import CursorWrapper

from config.asgi import application as product
from journal.live import wake

#: Threads that work by themselves, whatever is requested.
OWN_THREADS = ("live-", "embedded")
_count = [0]
_committed = [0.0]
_execute = CursorWrapper.execute


def _counted(self, sql, params=None):
    if not threading.current_thread().name.startswith(OWN_THREADS):
        _count[0] += 1
    return _execute(self, sql, params)


def _noted(poke=wake.poke):
    _committed[0] = time.monotonic()
    poke()


wake.poke = _noted

if os.environ.get("COUNT_QUERIES"):
    CursorWrapper.execute = _counted


async def application(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/bench/emit":
        await _emit(scope, send)
    elif scope["type"] == "http" and scope["path"] == "/bench/queries":
        answer, _count[0] = {"queries": _count[0]}, 0
        await _send(answer, send)
    elif scope["type"] == "http" and scope["path"] == "/bench/commit":
        await _send({"committed": _committed[0]}, send)
    else:
        await product(scope, receive, send)


async def _emit(scope, send):
    from channels.db import database_sync_to_async

    asked = {key: values[-1] for key, values in parse_qs(scope["query_string"].decode()).items()}
    await _send(await database_sync_to_async(_record, thread_sensitive=False)(**asked), send)


async def _send(answer: dict, send):
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def _record(unit: str = "", kind: str = "incident.observed", count: str = "1") -> dict:
    """One transaction with `count` entries; when it was committed, as seen just before the commit returns."""
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import Unit
    from journal.record import record

    where = Unit.objects.get(code=unit) if unit else None
    begun = time.monotonic()
    with transaction.atomic():
        for _ in range(int(count)):
            record(kind, subject="incident:1", unit=where, actor=None, at=timezone.now())
        # Called before the hub's own wake-up, so the clock starts with the commit.
        committed = []
        transaction.on_commit(lambda: committed.append(time.monotonic()))
    return {"begun": begun, "committed": committed[0]}
