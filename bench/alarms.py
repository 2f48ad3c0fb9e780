"""Creating incidents over the API with eight clients, beside eight clients that only INSERT and COMMIT."""

import uuid
from pathlib import Path

from bench.figures import Figure, median, percentile
from bench.load import CLIENTS, Visitor, insert_into, queries, together
from tests.installations import Bureau
from tests.processes import Server

FACTS = {"headcount": {"low": 6, "high": 20}, "acts": ["banner"]}


def alarm() -> dict:
    return {"client_id": str(uuid.uuid4()), "unit": "V111", "place": "hall", "what": "bench", "facts": FACTS}


def run(folder: Path, bureau: Bureau, *, times: int) -> list[Figure]:
    """`times` alarms of each client on PostgreSQL with fsync on."""
    with (
        bureau.installation(folder / "alarms", COUNT_QUERIES="1") as installation,
        Server(env=installation.env, application="bench.application:application") as server,
    ):
        headers = {"Authorization": f"Bearer {installation.keys['county1.duty'][0]}"}

        def client(_number):
            visitor = Visitor(server.port, headers)
            return lambda _: visitor.post("/api/v1/alarms/", alarm(), str(uuid.uuid4()))

        client(0)(0)  # the first one of a process pays for imports
        asked = queries(server.port, lambda: client(0)(0))
        bare_database = bureau.postgres.create("bare")
        bare, bare_seconds = together(lambda _: insert_into(bare_database), times)
        before = server.cpu_seconds()
        ours, seconds = together(client, times)
        cpu = server.cpu_seconds() - before
    everyone = CLIENTS * times
    return [
        Figure("alarm over the API, 8 clients, p50", 1000 * median(ours), "ms", 1000 * median(bare), "bare INSERT"),
        Figure("alarm over the API, 8 clients, p95", 1000 * percentile(ours, 0.95), "ms",
               1000 * percentile(bare, 0.95), "bare INSERT"),
        Figure("time of one alarm at full load", 1000 * seconds / everyone, "ms",
               1000 * bare_seconds / everyone, "bare INSERT"),
        Figure("processor time of the server for an alarm", 1000 * cpu / everyone, "ms"),
        Figure("statements of an alarm", asked, ""),
    ]  # fmt: skip
