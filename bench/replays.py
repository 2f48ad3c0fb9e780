"""One evaluation, and a draft of a plan replayed over 10,000 incidents of 90 days, beside a Python function with the same thresholds."""

import json
import subprocess
import sys
from pathlib import Path

from bench.figures import Figure
from tests.installations import Bureau
from tests.processes import ROOT

#: A replay may take so many times what the plain function takes over the same rows.
GOAL = 10


def run(folder: Path, bureau: Bureau, *, incidents: int, times: int) -> list[Figure]:
    """Median of `times` replays; the baseline reads the same rows and knows only this one plan."""
    with bureau.installation(folder / "replays") as installation:
        found = _inside(installation.env, {"incidents": incidents, "times": times})
    name = f"{incidents:,} incidents of 90 days"
    return [
        Figure("one evaluation of facts that are read", found["one"], "s",
               found["one_plain"], "plain function with the thresholds", GOAL),
        Figure("the same with its reasons in words", found["one_why"], "s",
               found["one_plain"], "plain function with the thresholds"),
        Figure(f"replay of {name}, from the database", found["whole"], "s",
               found["whole_plain"], "plain function, same rows", GOAL),
        Figure(f"replay of {name}, rows already read", found["pure"], "s",
               found["pure_plain"], "plain function, same rows", GOAL),
        Figure(f"replay page of {name}, picture and table", found["page"], "s"),
        Figure("queries of that replay", found["queries"], "queries"),
    ]  # fmt: skip


def _inside(env: dict[str, str], given: dict) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "bench.replaying", json.dumps(given)],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=3600,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"bench.replaying failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])
