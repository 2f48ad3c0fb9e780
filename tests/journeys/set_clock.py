"""The product under a clock that a test puts where it wants it: `GET /tests/clock?2027-01-21T09:00`. It goes on from there."""

from datetime import datetime

import time_machine

from common.dates.local_time import LOCAL
from config.asgi import application as product

moved: list[time_machine.travel] = []


async def application(scope, receive, send):
    if scope["type"] != "http" or scope["path"] != "/tests/clock":
        await product(scope, receive, send)
        return
    while moved:
        moved.pop().stop()
    at = datetime.fromisoformat(scope["query_string"].decode()).replace(tzinfo=LOCAL)
    moved.append(time_machine.travel(at, tick=True))
    moved[-1].start()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"moved"})
