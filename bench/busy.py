"""Does an alarm wait because webhooks are being told and exports written? On both profiles, beside an idle installation."""

import json
import random
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.alarms import alarm
from bench.figures import Figure, median, percentile
from bench.load import Visitor
from tests.installations import Bureau
from tests.processes import ROOT, Beat, Server, Worker

#: Seconds between two alarms, so that the rest has the processor in between; uneven, or they keep step with what else
#: comes at even intervals and meet all of it or none.
PAUSES = (0.25, 0.75)


def run(folder: Path, bureau: Bureau, *, times: int) -> list[Figure]:
    """`times` alarms, two a second, alone and with ten webhooks and an export under way, on the profile of `bureau`."""
    profile = "production" if bureau.postgres else "embedded"
    with (
        _receiver() as (receiver, count_taken),
        bureau.installation(folder / f"busy-{profile}", WEBHOOK_TARGETS=receiver["top"]) as installation,
        ExitStack() as stack,
    ):
        server = stack.enter_context(Server(env=installation.env))
        stack.enter_context(installation.engine())
        if bureau.postgres:
            stack.enter_context(Worker(env=installation.env))
            stack.enter_context(Beat(env=installation.env))
        headers = {"Authorization": f"Bearer {installation.keys['county1.duty'][0]}"}
        idle = _alarms(server.port, headers, times)
        with _errands(installation.env, receiver["url"]) as ask:
            told, begun = count_taken(), time.monotonic()
            busy = _alarms(server.port, headers, times)
            rate = (count_taken() - told) / (time.monotonic() - begun)
            exports = ask()
    if not (exports and rate):
        raise RuntimeError(f"{exports} exports and {rate} messages a second: nothing was under way")
    return [
        Figure(f"{profile}: alarm while webhooks and exports are under way, p50", 1000 * median(busy), "ms",
               1000 * median(idle), "idle", 1.1),
        Figure(f"{profile}: the same, p95", 1000 * percentile(busy, 0.95), "ms",
               1000 * percentile(idle, 0.95), "idle", 1.5),
        Figure(f"{profile}: webhook messages taken meanwhile", rate, "/s"),
        Figure(f"{profile}: exports written meanwhile", exports, ""),
    ]  # fmt: skip


def _alarms(port: int, headers: dict[str, str], times: int) -> list[float]:
    """Seconds of each; the first ones of a connection are not counted."""
    visitor, odds = Visitor(port, headers), random.Random(1)
    return [_raise_alarm(visitor, odds.uniform(*PAUSES)) for _ in range(times + 3)][3:]


def _raise_alarm(visitor: Visitor, pause: float) -> float:
    time.sleep(pause)
    begun = time.perf_counter()
    visitor.post("/api/v1/alarms/", alarm(), str(uuid.uuid4()))
    return time.perf_counter() - begun


@contextmanager
def _receiver():
    """Its addresses, and what asks how many messages it has taken."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.receiver"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def count_taken() -> int:
        process.stdin.write("\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    try:
        yield json.loads(process.stdout.readline()), count_taken
    finally:
        process.kill()
        process.wait()


@contextmanager
def _errands(env: dict[str, str], target: str):
    """Inside, bench.errands is at work; what is given ends it and says how many exports were written."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.errands", json.dumps({"target": target})],
        cwd=ROOT, env={**env, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def say_and_read() -> str:
        process.stdin.write("\n")
        process.stdin.flush()
        return process.stdout.readline()

    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("webhooks could not be made")
        process.stdin.write("\n")
        process.stdin.flush()
        yield lambda: json.loads(say_and_read())["exports"]
    finally:
        process.kill()
        process.wait()
