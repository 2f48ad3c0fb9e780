"""Duty boards that really ask: from the commit of an alarm until the last of many people has its card.

Each board is another person's, at the county or the city, with a session, a socket and requests of its own, as a
browser has them (bench.viewers). Alarms come one a second. Nobody acts for all. The baseline is node, which tells as
many sockets and hands out files of the size of the same parts.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.alarms import alarm
from bench.fanout import Node, install_node
from bench.figures import Figure, percentile
from bench.load import Visitor
from bench.viewers import parts_of
from tests.installations import Bureau
from tests.processes import ROOT, Engine, Server, free_port, python, together

BOARD = "/duty/"
#: The entry that an alarm writes.
ALARM = "incident.reported"
#: Incidents that are open before the first alarm.
OPEN = 40
#: Seconds the last alarm has until what its boards did not show counts as not shown.
PATIENCE = 120.0

PEOPLE = """
import json
from django.utils import timezone
from accounts.choices import PostKind
from accounts.models import Post, Unit, User
from accounts.posts.actions import appoint_person
from accounts.scope import reach_of
from incidents.models import Incident
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from tests.live.sessions import sign_in

now = timezone.now()
posts = [Post.objects.get(unit__code=code, kind=PostKind.DUTY_OFFICER) for code in ("C1", "C0")]
model = User.objects.get(username="county1.duty")
keys = []
for n in range({boards}):
    person = User.objects.create(
        username=f"bench.duty{{n}}", name="bench", password=model.password, password_changed_at=now)
    appoint_person(person=person, post=posts[n % 2], actor=None, now=now)
    keys.append(sign_in(person.username))
units = list(Unit.objects.filter(path__under=Unit.objects.get(code="C1").path))
reach = reach_of(model, now)
for n in range({still}):
    report_incident(reach=reach, now=now, alarm=Alarm(
        unit=units[n % len(units)], place="hall", what=f"bench {{n}}", facts=Facts(), client_id=f"open-{{n}}"))
# Each with a card of its own: what nothing tells apart would stand together, three cards for all.
Incident.objects.update(level="blue", signed_rank=4)
print(json.dumps(keys))
"""


class Crowd(NamedTuple):
    """What a number of boards had of some alarms."""

    #: Alarm → the moment of its commit.
    committed: dict[str, float]
    #: Alarm → the moments at which boards had its card.
    shown: dict[str, list[float]]
    #: Requests of all boards, and the seconds of processor time of each server.
    asked: int
    each_cpu: list[float]

    @property
    def cpu(self) -> float:
        return max(self.each_cpu)

    def each(self) -> list[float]:
        """Milliseconds of each board and alarm."""
        return [1000 * (at - self.committed[name]) for name, moments in self.shown.items() for at in moments]

    def last(self, boards: int) -> list[float]:
        """Milliseconds until the last board, of each alarm; PATIENCE where not all had it."""
        return [
            1000 * (max(moments) - self.committed[name] if len(moments) == boards else PATIENCE)
            for name, moments in self.shown.items()
        ]


def run(folder: Path, bureau: Bureau, *, boards: int, alarms: int) -> list[Figure]:
    """Figures for one number of boards: `alarms` alarms, one a second."""
    ours, parts = _at_ours(folder, bureau, boards, alarms, processes=1)
    theirs = _at_files(folder, parts, boards, alarms)
    return _figures(boards, ours, theirs)


def run_on_two(folder: Path, bureau: Bureau, *, boards: int, alarms: int) -> list[Figure]:
    """What a core carries: so many boards at one web process, and twice as many at two, half at each."""
    folder = folder / "two"
    alone, _parts = _at_ours(folder, bureau, boards, alarms, processes=1)
    both, _parts = _at_ours(folder, bureau, 2 * boards, alarms, processes=2)
    name, beside = f"{2 * boards} boards at two processes", f"{boards} boards at one"
    return [
        # The busier one: it takes the alarms too, as the only one does.
        Figure(f"{name}: processor time of a process for an alarm", 1000 * both.cpu / alarms, "ms",
               1000 * alone.cpu / alarms, beside, 1.2),
        Figure(f"{name}: commit to card, each screen, p50", percentile(both.each(), 0.5), "ms",
               percentile(alone.each(), 0.5), beside),
        Figure(f"{name}: cards not shown", 2 * boards * alarms - len(both.each()), ""),
    ]  # fmt: skip


def _at_ours(
    folder: Path, bureau: Bureau, boards: int, alarms: int, processes: int
) -> tuple[Crowd, dict[str, str]]:
    """What these boards had, spread over so many web processes; and what an alarm makes one ask for."""
    with bureau.installation(folder / f"boards-{boards}-{processes}") as installation:
        env = installation.env
        sessions = json.loads(python(PEOPLE.format(boards=boards, still=OPEN), env=env).splitlines()[-1])
        webs = [
            Server(env=env, name=f"web-{n}", application="bench.application:application")
            for n in range(processes)
        ]
        with together(*webs, Engine(env=env)):
            parts = _sizes(webs[0].port, sessions[0])
            viewers = {"ports": [web.port for web in webs], "path": BOARD, "sessions": sessions}
            clerk = Visitor(webs[0].port, {"Authorization": f"Bearer {installation.keys['town11.clerk'][0]}"})
            return _crowd(webs, viewers, alarms, lambda _n: _alarm(clerk)), parts


def _sizes(port: int, session: str) -> dict[str, str]:
    """What an alarm makes a board ask for: the address of a file of that size → kinds."""
    desk = Visitor(port, {"Cookie": f"session={session}", "Accept-Encoding": "gzip"})
    page = Visitor(port, {"Cookie": f"session={session}"}).get(BOARD).decode()
    parts = [part for part in parts_of(page) if ALARM.startswith(part.kinds)]
    asked = "&".join(f"part={part.name}" for part in parts)
    return {f"/bytes/{len(desk.get(f'{BOARD}?{asked}'))}": ALARM}


def _at_files(folder: Path, parts: dict[str, str], boards: int, alarms: int) -> "Crowd | None":
    if not shutil.which("npm"):
        return None
    node_folder = folder / "ws_node"
    with Node(node_folder if node_folder.exists() else install_node(node_folder), free_port()) as node:
        teller = Visitor(node.port, {})
        viewers = {"port": node.port, "parts": parts, "sessions": [""] * boards}
        entry = {"type": "entry", "number": 1, "kind": ALARM, "subject": "incident:1", "thread": "incident:1"}

        def tell(n: int) -> tuple[str, float]:
            return str(n), json.loads(teller.post("/emit", entry, ""))["committed"]

        return _crowd([node], viewers, alarms, tell)


def _crowd(servers: list, viewers: dict, alarms: int, raise_one: Callable[[int], tuple[str, float]]) -> Crowd:
    with _viewers(viewers) as process:
        time.sleep(2)
        before, begun, committed = [server.cpu_seconds() for server in servers], time.monotonic(), {}
        for n in range(alarms):
            time.sleep(max(0.0, begun + n - time.monotonic()))
            name, moment = raise_one(n)
            committed[name] = moment
        shown, asked = _shown(process, committed, len(viewers["sessions"]))
        used = [server.cpu_seconds() - seconds for server, seconds in zip(servers, before, strict=True)]
        return Crowd(committed, shown, asked, used)


def _alarm(clerk: Visitor) -> tuple[str, float]:
    answer = json.loads(clerk.post("/api/v1/alarms/", {**alarm(), "unit": "T11"}, str(uuid.uuid4())))
    return answer["number"], json.loads(clerk.post("/bench/commit", {}, ""))["committed"]


def _shown(viewers, committed: dict[str, float], boards: int) -> tuple[dict[str, list[float]], int]:
    """Wait as long as somebody may still be waiting, then ask what was shown when."""
    time.sleep(min(PATIENCE, 5 + boards * 0.05))
    viewers.stdin.close()
    told = json.loads(viewers.stdout.readline())
    return {number: told["shown"].get(number, []) for number in committed}, told["asked"]


def _figures(boards: int, ours: Crowd, theirs: Crowd | None) -> list[Figure]:
    name, alarms = f"{boards} boards", len(ours.committed)

    def beside(what: str, values: Callable[[Crowd], list[float]], share: float, goal: float | None = None):
        baseline = percentile(values(theirs), share) if theirs else None
        title = f"{name}: commit to card, {what}, p{100 * share:.0f}"
        return Figure(
            title, percentile(values(ours), share), "ms", baseline, "node, files of that size", goal
        )

    return [
        beside("each screen", Crowd.each, 0.5),
        beside("each screen", Crowd.each, 0.95),
        beside("last screen", lambda crowd: crowd.last(boards), 0.5),
        beside("last screen", lambda crowd: crowd.last(boards), 0.95, goal=3),
        Figure(f"{name}: requests of a board for an alarm", ours.asked / boards / alarms, ""),
        Figure(f"{name}: processor time of the server for an alarm", 1000 * ours.cpu / alarms, "ms"),
        Figure(f"{name}: cards not shown", boards * alarms - len(ours.each()), ""),
    ]


@contextlib.contextmanager
def _viewers(given: dict):
    """The boards, in a process of their own."""
    viewers = subprocess.Popen(
        [sys.executable, "-m", "bench.viewers"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    try:
        viewers.stdin.write(json.dumps(given) + "\n")
        viewers.stdin.flush()
        if viewers.stdout.readline() != "open\n":
            raise RuntimeError("the boards did not open")
        yield viewers
    finally:
        viewers.kill()
        viewers.wait()
