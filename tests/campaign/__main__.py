"""Run the campaign and write its page: `script/campaign --help`."""

import argparse
import contextlib
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from common.version import version
from tests.campaign import day, kills, replays, screens
from tests.faults import acts
from tests.forked import ForkedEngine, ForkedServer, Nursery
from tests.gateways import FakeGateway, environment_of
from tests.installations import Bureau, Installation
from tests.processes import Postgres, Redis, manage, together

#: At full count: kills among acts and senders, repeats, kills under open screens and how many, crashes of PostgreSQL,
#: seconds of the hostile day.
FULL = {"kills": 3000, "replays": 10_000, "screens": 200, "watching": 50, "crashes": 20, "day": 3600}
#: After so many kills a new copy of the bureau: lists that grow for hours are not what is tried.
KILLS_OF_ONE_COPY = 60


class Line(NamedTuple):
    """One row of the page."""

    what: str
    n: int
    found: str
    held: bool


class Field:
    """A bureau on one profile, and copies of it to hurt."""

    def __init__(self, folder: Path, stack: ExitStack, profile: str, seed: int):
        self.rng = random.Random(seed)
        self.postgres = self.redis = None
        if profile == "production":
            self.postgres = stack.enter_context(Postgres(folder / "postgres", durable=True))
            self.redis = stack.enter_context(Redis(folder / "redis"))
        self._bureau = Bureau(folder / "bureau", postgres=self.postgres, redis=self.redis)
        self._folder, self._copies = folder, 0

    @contextmanager
    def served(
        self, servers: int = 1, engines: int = 1
    ) -> Iterator[tuple[Installation, list, list, FakeGateway]]:
        """A copy with its processes; at the end its journal must be whole."""
        self._copies += 1
        gateway = FakeGateway()
        env = environment_of(gateway, lease=4)
        with (
            contextlib.closing(gateway),
            self._bureau.installation(self._folder / f"copy-{self._copies}", **env) as made,
            Nursery(made.env) as nursery,
        ):
            if made.is_embedded:
                servers, engines = 1, 0
            web = [ForkedServer(nursery, env=made.env, name=f"web-{n}") for n in range(servers)]
            engine = [ForkedEngine(nursery, env=made.env, name=f"engine-{n}") for n in range(engines)]
            with together(*web, *engine):
                yield made, web, engine, gateway
                for process in (*web, *engine):
                    process.wait_ready()
            made.check_journal()
            assert "journal whole" in manage("verify_journal", env=made.env)


# --- the parts: each gives its lines -----------------------------------------------------------------------------


def kill_acts(field: Field, count: int) -> Iterator[Line]:
    share = count // (len(kills.ACTS) + 1)
    for prepare in kills.ACTS:
        met = kills.Kills(0, 0, 0, 0)
        while met.n < share:
            with field.served() as (made, (web,), _engines, _gateway):
                times = min(KILLS_OF_ONE_COPY, share - met.n)
                more = kills.kill_during(made, web, prepare, times=times, rng=field.rng)
                met = kills.Kills(*(one + other for one, other in zip(met, more, strict=True)))
        found = f"{met.nothing} not yet stored, {met.stored} stored and unanswered, {met.answered} answered; 0 lost, 0 twice"
        yield Line(f"kill -9 of the server: {prepare.__name__.replace('_', ' ')}", met.n, found, True)
    with field.served() as (made, (web,), engines, gateway):
        sender = engines[0] if engines else web
        met = kills.kill_senders(made, web, sender, gateway, times=share, rng=field.rng)
        yield Line(
            "kill -9 of whoever sends notices",
            met.n,
            f"0 lost; {met.stored} handed over again under their key",
            True,
        )


def replay(field: Field, count: int) -> Iterator[Line]:
    with field.served() as (made, (web,), _engines, _gateway):
        # A report of the day is corrected by a new request, not by the old one.
        repeated = [prepare for prepare in kills.ACTS if prepare is not acts.file_report_with_items]
        alike = replays.replay(made, web, repeated, times=count)
        yield Line(
            "requests sent again, four at a time",
            alike,
            "the first answer each time, nothing happened again",
            True,
        )


def kill_under_screens(field: Field, count: int, watching: int) -> Iterator[Line]:
    with field.served(servers=2, engines=2) as (made, web, engines, _gateway):
        hurt = screens.killer_of([*web, *engines], field.rng)
        done = screens.kill_while_watched(
            made, web, hurt, kills=count, screens=watching, rng=field.rng, pause=0.5
        )
        yield Line(
            f"kill -9 of servers and engines under {watching} open screens", done.kills, _watched(done), True
        )


def crash_postgres(field: Field, count: int) -> Iterator[Line]:
    if field.postgres is None:
        return
    with field.served(servers=2) as (made, web, _engines, _gateway):
        hurt = day.cut_off(field.postgres)
        done = screens.kill_while_watched(made, web, hurt, kills=count, screens=10, rng=field.rng, pause=0.2)
        yield Line("kill -9 of PostgreSQL while people work", done.kills, _watched(done), True)


def _watched(done: screens.Watched) -> str:
    return f"{done.alarms} alarms, {done.repeats} repeats, {done.connections} connections; 0 lost, 0 twice, 0 gaps"


def hostile_day(field: Field, seconds: int) -> Iterator[Line]:
    with field.served(servers=2, engines=2) as (made, web, engines, gateway):
        faults = [screens.killer_of([*web, *engines], field.rng), day.moody(gateway)]
        if field.redis:
            faults += [day.cut_off(field.redis), day.stalled(field.redis), day.cut_off(field.postgres)]
        done = day.live_through(made, web, faults, seconds=seconds, rng=field.rng)
        found = (
            f"{done.alarms} alarms, {done.orders} orders, {done.signatures} signatures, {done.reports} reports, "
            f"{done.faults} faults, {done.repeats} repeats; 0 attacks let in, journal whole, counts equal a recount"
        )
        yield Line(f"attacks in a hostile day of {seconds} s", done.attacks, found, True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/campaign", description=__doc__)
    parser.add_argument("--profile", choices=["embedded", "production"], default="production")
    parser.add_argument("--part", action="append", choices=["kills", "replays", "screens", "crashes", "day"])
    parser.add_argument("--share", type=float, default=1.0, help="of the full count, e.g. 0.01")
    parser.add_argument("--seed", type=int, default=None, help="to play the same again")
    parser.add_argument(
        "--page", type=Path, help="where the page of figures is written; default: printed only"
    )
    chosen = parser.parse_args()
    seed = chosen.seed or random.SystemRandom().randrange(10**8)
    count = {name: max(1, round(full * chosen.share)) for name, full in FULL.items()}
    parts: dict[str, Callable[[Field], Iterator[Line]]] = {
        "kills": lambda field: kill_acts(field, max(len(kills.ACTS) + 1, count["kills"])),
        "replays": lambda field: replay(field, count["replays"]),
        "screens": lambda field: kill_under_screens(field, count["screens"], FULL["watching"]),
        "crashes": lambda field: crash_postgres(field, count["crashes"]),
        "day": lambda field: hostile_day(field, count["day"]),
    }

    began, lines = time.monotonic(), []
    print(f"seed {seed}, profile {chosen.profile}, {chosen.share:g} of the full count", flush=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        field = Field(Path(folder), stack, chosen.profile, seed)
        for name in chosen.part or parts:
            for line in _carried_out(name, parts[name], field):
                print(as_row(line), flush=True)
                lines.append(line)
    minutes = (time.monotonic() - began) / 60
    if chosen.page:
        chosen.page.write_text(page(lines, chosen.profile, chosen.share, seed, minutes))
    return 0 if all(line.held for line in lines) else 1


def _carried_out(name: str, part: Callable[[Field], Iterator[Line]], field: Field) -> Iterator[Line]:
    """A part that breaks is a line of its own; the others go on."""
    try:
        yield from part(field)
    except Exception as error:
        traceback.print_exc()
        yield Line(name, 0, f"{type(error).__name__}: {str(error)[:300]}", False)


def as_row(line: Line) -> str:
    return f"| {line.what} | {line.n:,} | {line.found} | {'held' if line.held else '**broken**'} |"


def page(lines: list[Line], profile: str, share: float, seed: int, minutes: float) -> str:
    rows = "\n".join(as_row(line) for line in lines)
    return (
        f"# Fault campaign\n\n{datetime.now(UTC):%Y-%m-%d}, {version()}, profile {profile}, {share:g} of the full count, "
        f"seed {seed}, {minutes:.0f} minutes.\n\n| what | N | found | |\n|---|--:|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
