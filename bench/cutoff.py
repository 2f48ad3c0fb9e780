"""Does the minute before the cut-off slow an alarm? And what does a report cost that comes over the API?"""

import json
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from bench.alarms import alarm
from bench.figures import Figure, median, percentile
from bench.load import Visitor, timed
from common.dates.local_time import day_of
from tests.installations import Bureau
from tests.processes import ROOT, Engine, Server

#: 700,000 reports in an hour.
RATE = 195


def run(folder: Path, bureau: Bureau, *, times: int) -> list[Figure]:
    """`times` alarms, two a second, alone and while RATE reports a second are filed by another process."""
    with bureau.installation(folder / "cutoff") as installation:
        env = installation.env
        with Server(env=env) as server, Engine(env=env):
            visitor = Visitor(
                server.port, {"Authorization": f"Bearer {installation.keys['county1.duty'][0]}"}
            )
            _raise_alarm(visitor)
            alone = timed(lambda _: _raise_alarm(visitor), times)
            with _pressing(env, seconds=times + 5) as press:
                pressed = timed(lambda _: _raise_alarm(visitor), times)
                held = float(press.stdout.readline())
            cost = _cost_of_a_report(server, visitor, times)
    pause = 1000 * PAUSE
    return [
        Figure("alarm while reports are filed, p50", 1000 * median(pressed) - pause, "ms",
               1000 * median(alone) - pause, "no reports", 1.5),
        Figure("alarm while reports are filed, p95", 1000 * percentile(pressed, 0.95) - pause, "ms",
               1000 * percentile(alone, 0.95) - pause, "no reports", 2),
        Figure("reports filed meanwhile", held, "/s"),
        Figure("report over the API, processor time of the server", cost, "ms"),
    ]  # fmt: skip


#: Between two alarms, so that the reports have the processor in between.
PAUSE = 0.5


def _raise_alarm(visitor: Visitor) -> None:
    time.sleep(PAUSE)
    visitor.post("/api/v1/alarms/", alarm(), str(uuid.uuid4()))


class _pressing:
    def __init__(self, env: dict[str, str], seconds: float):
        given = json.dumps({"rate": RATE, "seconds": int(seconds * (PAUSE + 0.05))})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.pressing", given],
            cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> subprocess.Popen:
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the reports could not be prepared")
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()


def _cost_of_a_report(server: Server, visitor: Visitor, times: int) -> float:
    """A correction each time, because a bureau has only so many villages: it writes one statement more."""
    today = day_of(datetime.now(UTC))

    def file(number: int) -> None:
        items = [{"class": "land", "count": number + 1}]
        body = {"answer": "items", "items": items} if number % 2 else {"answer": "nil"}
        visitor.put(f"/api/v1/zero-reports/V111/{today}/", body, str(uuid.uuid4()))

    timed(file, 4)
    before = server.cpu_seconds()
    timed(file, times)
    return 1000 * (server.cpu_seconds() - before) / times
