"""Run benchmarks: `script/bench --help`."""

import argparse
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench import (
    alarms,
    boards,
    busy,
    card,
    cutoff,
    demands,
    fanout,
    figures,
    journal,
    memory,
    packages,
    pages,
    replays,
    scanning,
    zero_reports,
)
from tests.installations import Bureau
from tests.processes import Postgres, Redis


class Bed:
    """A folder, and PostgreSQL and Redis once somebody asks for them."""

    def __init__(self, folder: Path, stack: ExitStack):
        self.folder = folder
        self._stack = stack
        self._bureau: Bureau | None = None
        self._embedded: Bureau | None = None

    @property
    def embedded(self) -> Bureau:
        if self._embedded is None:
            self._embedded = Bureau(self.folder / "embedded-bureau")
        return self._embedded

    @property
    def bureau(self) -> Bureau:
        if self._bureau is None:
            postgres = self._stack.enter_context(Postgres(self.folder / "postgres", durable=True))
            redis = self._stack.enter_context(Redis(self.folder / "redis"))
            self._bureau = Bureau(self.folder / "bureau", postgres=postgres, redis=redis)
        return self._bureau


def run_fanout(bed: Bed, quick: bool) -> list[figures.Figure]:
    sizes = (500,) if quick else (500, 2000)
    return [f for size in sizes for f in fanout.run(bed.folder, sockets=size, events=10 if quick else 40)]


def run_card(bed: Bed, quick: bool):
    return card.run(bed.folder, bed.bureau, sockets=100 if quick else 500, times=10 if quick else 100)


def run_boards(bed: Bed, quick: bool):
    sizes, times = ((20,), 5) if quick else ((100, 500), 60)
    found = [f for size in sizes for f in boards.run(bed.folder, bed.bureau, boards=size, alarms=times)]
    return found + boards.run_on_two(bed.folder, bed.bureau, boards=sizes[0], alarms=times)


def run_memory(bed: Bed, quick: bool):
    return memory.run(bed.folder, sockets=100 if quick else 500, rounds=5 if quick else 30)


def run_alarms(bed: Bed, quick: bool):
    return alarms.run(bed.folder, bed.bureau, times=5 if quick else 50)


def run_pages(bed: Bed, quick: bool):
    return pages.run(
        bed.folder, bed.bureau, small=1000, large=5000 if quick else 50_000, times=5 if quick else 20
    )


def run_demands(bed: Bed, quick: bool):
    return demands.run(
        bed.folder, bed.bureau, small=1000, large=5000 if quick else 100_000, times=5 if quick else 20
    )


def run_zero_reports(bed: Bed, quick: bool):
    sizes = ["1,000", "10,000"] if quick else ["1,000", "10,000", "100,000", "700,000"]
    return zero_reports.run(bed.folder, bed.bureau, sizes=sizes, times=10 if quick else 100)


def run_cutoff(bed: Bed, quick: bool):
    return cutoff.run(bed.folder, bed.bureau, times=5 if quick else 60)


def run_busy(bed: Bed, quick: bool):
    times = 10 if quick else 60
    return [f for one in (bed.embedded, bed.bureau) for f in busy.run(bed.folder, one, times=times)]


def run_replays(bed: Bed, quick: bool):
    return replays.run(bed.folder, bed.bureau, incidents=1000 if quick else 10_000, times=3 if quick else 9)


def run_packages(bed: Bed, quick: bool):
    return packages.run(bed.folder, bed.bureau)


def run_scanning(_bed: Bed, quick: bool):
    return scanning.run(times=20 if quick else 200)


def run_journal(bed: Bed, quick: bool):
    return journal.run(bed.folder, bed.bureau, entries=10_000 if quick else 200_000)


BENCHES = {
    "fanout": run_fanout,
    "card": run_card,
    "boards": run_boards,
    "memory": run_memory,
    "alarms": run_alarms,
    "packages": run_packages,
    "pages": run_pages,
    "demands": run_demands,
    "zero_reports": run_zero_reports,
    "cutoff": run_cutoff,
    "busy": run_busy,
    "replays": run_replays,
    "scanning": run_scanning,
    "journal": run_journal,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/bench", description="Measure, each figure beside a baseline."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(BENCHES)}; default all")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--quick", action="store_true", help="a small run: does it work? not for comparing")
    parser.add_argument("--check", action="store_true", help="exit 1 if a goal is missed")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    found = measure(given.names or list(BENCHES), given.quick, given.json)
    return int(given.check and any(figure.verdict == "MISSED" for figure in found))


def measure(names: list[str], quick: bool, path: Path | None) -> list[figures.Figure]:
    """Run the benchmarks one after the other; print each, and write what there is after each."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    found, begun = [], time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder,
        ExitStack() as stack,
    ):
        bed = Bed(Path(folder), stack)
        for name in names:
            print(f"\n{name}", flush=True)
            figures_of_one = BENCHES[name](bed, quick)
            figures.show(figures_of_one)
            found += figures_of_one
            if path:
                figures.write(path, found, seconds=time.monotonic() - begun)
    return found


sys.exit(main())
