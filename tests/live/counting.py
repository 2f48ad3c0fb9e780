"""The application of the benchmarks, counting what sockets say through ASGI: `GET /tests/sent`."""

import json
from collections import Counter

from bench.application import application as product

sent: Counter[str] = Counter()


async def application(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/tests/sent":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(sent).encode()})
        return

    async def counted(message):
        sent[message["type"]] += 1
        await send(message)

    await product(scope, receive, counted if scope["type"] == "websocket" else send)
