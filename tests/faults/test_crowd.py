"""A crowd of screens on two web processes, while alarms come and Redis dies and comes back."""

import asyncio
import re
import time

import pytest

from bench.viewers import Part, Viewer
from tests.clients import Client
from tests.faults import acts
from tests.live import servers
from tests.live.test_answers import tags, whole
from tests.processes import together

pytestmark = [pytest.mark.production, pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(300)]

#: Person, page, and how many screens of it are open.
SCREENS = [
    ("county1.duty", "/duty/", 18), ("county2.duty", "/duty/", 16), ("city.duty", "/duty/", 10),
    ("county1.director", "/command/", 8), ("town11.head", "/incidents/", 8),
]  # fmt: skip
#: Whose incidents they must never see.
FOREIGN = {"county1": "T21", "county2": "T11", "town11": "T21", "city": "none"}
#: Who raises alarms, by turns.
CLERKS = {"town11.clerk": "T11", "town21.clerk": "T21"}
#: Alarms before Redis dies, while it is dead, and after it came back.
ALARMS = 8
#: Seconds a screen may take to show everything.
SETTLED = 30


@pytest.fixture
def bureau(production_bureau):
    """Redis runs again afterwards, whatever the test did to it."""
    yield production_bureau
    if not production_bureau.redis.is_alive:
        production_bureau.redis.start()


@pytest.fixture
def deployed(installation):
    with together(installation.web("web-1"), installation.web("web-2"), installation.engine()) as processes:
        yield processes


def test_what_one_process_writes_is_on_the_others_screen_and_both_end_well(installation, deployed):
    one, two, _engine = deployed
    head = installation.head()
    with (
        installation.screen("county1.duty", two, after=head) as there,
        installation.screen("county1.duty", one, two, after=head) as here,
    ):
        number = installation.client("town11.clerk", one).post("alarms/", acts.alarm())["number"]
        thread = installation.thread_of(number)
        there.wait_for("incident.reported", thread)
        here.wait_for("incident.reported", thread)

        # Its screens move, and nothing that comes meanwhile is lost or comes twice.
        assert one.stop() == 0
        second = installation.client("town11.clerk", two).insist("POST", "alarms/", acts.alarm())["number"]
        here.wait_for("incident.reported", installation.thread_of(second))
        assert here.faults == there.faults == []
        assert two.stop() == 0


class Board(Viewer):
    """A screen that keeps what it shows; `home` is the process of its socket, `port` the one that it asks."""

    def __init__(self, name: str, path: str, session: str, *, home: int, port: int):
        super().__init__(port, path, session, _NoCards())
        self.name, self.home = name, home
        self.html: dict[str, str] = {}
        self.numbers: list[int] = []
        self.foreign: list[str] = []
        self.after = 0

    async def listen(self, path: str) -> None:
        self.after = int(re.search(r"after=(\d+)", path)[1])
        asks_at, self.port = self.port, self.home
        await super().listen(path)
        self.port = asks_at
        # What came between page and socket is on the socket; a browser has the page itself, this screen asks for it.
        self._start(self._refresh(self.parts))

    def _take(self, entry: dict) -> None:
        self.numbers.append(entry["number"])
        super()._take(entry)

    def _put(self, part: Part, status: int, tag: str, html: str = "") -> None:
        super()._put(part, status, tag, html)
        if f"{FOREIGN[self.name.partition('.')[0]]}-" in html:
            self.foreign.append(html)
        if status == 200:
            self.html[part.name] = html
        elif status == 226:
            self.html[part.name] = whole(html, self.html[part.name])

    @property
    def is_quiet(self) -> bool:
        return not self._news and not any(part.is_busy or part.is_wanted_again for part in self.parts)

    @property
    def is_listening(self) -> bool:
        return any(task.get_coro().__name__ == "_hear" for task in self._tasks)


class _NoCards(dict):
    """Nobody asks here when a card came."""

    def __missing__(self, number):
        return []


def test_a_crowd_on_two_processes_shows_everything_although_redis_dies(installation, deployed, bureau):
    one, two, _engine = deployed
    boards = asyncio.run(_through_the_outage(installation, one, two, bureau.redis))

    assert len(boards) == 60
    # What a process shows that has kept nothing from before.
    with installation.web("web-3") as new:
        for n, board in enumerate(boards):
            _compare(board, Client([new.port], session=board.session), n)
    for board in boards:
        reader = Client([one.port], session=board.session)
        assert board.numbers == reader.journal(board.after), board.name
        assert board.foreign == [], board.name


async def _through_the_outage(installation, one, two, redis) -> list[Board]:
    boards = _boards(installation, one.port, two.port)
    for start in range(0, len(boards), 12):
        await asyncio.gather(*(board.open() for board in boards[start : start + 12]))
    clerks = [(installation.client(name, one, two), unit) for name, unit in CLERKS.items()]
    raised = []
    for hurt in (redis.kill, redis.start, lambda: None):
        for _ in range(ALARMS):
            clerk, unit = clerks[len(raised) % 2]
            alarm = acts.alarm(unit=unit, what=f"crowd {len(raised)}")
            raised.append((await asyncio.to_thread(clerk.insist, "POST", "alarms/", alarm))["number"])
        await asyncio.to_thread(hurt)

    assert {number.partition("-")[0] for number in raised} == set(CLERKS.values())
    assert len(set(raised)) == 3 * ALARMS
    assert installation.one("SELECT count(*) FROM incidents_incident WHERE what LIKE 'crowd %'") == 3 * ALARMS
    await _settle(installation, boards)
    assert all(board.is_listening for board in boards)
    newest = {board.name: board.html["incidents"] for board in boards if board.path == "/duty/"}
    assert raised[-2] in newest["county1.duty"]
    assert raised[-1] in newest["county2.duty"]
    return boards


def _boards(installation, one: int, two: int) -> list[Board]:
    """Sockets at both by turns; every third screen asks the process where its socket is not."""
    people = [
        (name, path, session)
        for name, path, count in SCREENS
        for session in servers.sessions(name, count, env=installation.env)
    ]
    ports = (one, two)
    return [
        Board(name, path, session, home=ports[n % 2], port=ports[(n + (n % 3 == 0)) % 2])
        for n, (name, path, session) in enumerate(people)
    ]


async def _settle(installation, boards: list[Board]) -> None:
    """Until nothing more comes: every entry has its number, is on the sockets, and no screen is asking."""
    end, still = time.monotonic() + SETTLED, 0
    while still < 8:
        before = (await asyncio.to_thread(installation.head), sum(len(board.numbers) for board in boards))
        await asyncio.sleep(0.25)
        after = (await asyncio.to_thread(installation.head), sum(len(board.numbers) for board in boards))
        still = still + 1 if before == after and all(board.is_quiet for board in boards) else 0
        assert time.monotonic() < end, "the screens do not come to rest"


def _compare(board: Board, fresh: Client, n: int) -> None:
    for part in board.parts:
        answer = fresh.call(
            "GET", f"{board.path}?part={part.name}", headers={"X-Part": "1", "Accept-Language": ""}
        )
        assert answer.status == 200
        assert _shown(board.html[part.name]) == _shown(answer.body), (n, board.name, part.name)


def _shown(html: str) -> str:
    """Without the minute at which an empty list was read."""
    return re.sub(r"\d\d:\d\d 更新", "", tags(html))
