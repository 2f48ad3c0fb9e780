"""A province's zero-reports: filing beside a bare INSERT, summaries of ever more units, the matrix, the close."""

import json
import subprocess
import sys
from pathlib import Path

from bench.figures import Figure
from bench.load import CLIENTS
from tests.installations import Bureau
from tests.processes import ROOT


def run(folder: Path, bureau: Bureau, *, sizes: list[str], times: int) -> list[Figure]:
    """`times` reports of each client; one day's summary at each of `sizes`, the first one the baseline."""
    with bureau.installation(folder / "zero-reports") as installation:
        found = _inside(
            installation.env,
            {
                "sizes": sizes,
                "clients": CLIENTS,
                "times": times,
                "bare_url": bureau.postgres.create("bare_reports"),
            },
        )
    first, largest = sizes[0], sizes[-1]
    ms = 1000
    return [
        *(
            Figure(f"zero-report filed, clients: {many}, time of one", ms / rate["filing"], "ms",
                   ms / rate["bare"], "bare INSERT", 4)
            for many, rate in found["rates"].items()
        ),
        *(
            Figure(f"summary of a day, {size} units below", ms * found["summary"][size], "ms",
                   ms * found["summary"][first] if size != first else None, f"{first} units",
                   2 if size != first else None)
            for size in sizes
        ),
        Figure("matrix of 200 units × 31 days, whole page", ms * found["matrix"], "ms"),
        Figure(f"opening a day, {largest} units", found["open"], "s"),
        Figure(f"counting a day anew, {largest} units", found["recount"], "s"),
        Figure(f"cut-off with one unit in twenty silent, {largest} units", found["fix"], "s"),
        Figure("entries folded per second", found["fold"], "/s"),
        Figure("memory of the process that did all this", found["memory"] / 2**20, "MB"),
    ]  # fmt: skip


def _inside(env: dict[str, str], given: dict) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "bench.reporting", json.dumps(given)],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=3600,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"bench.reporting failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])
