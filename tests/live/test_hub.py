"""The hub under trouble: a database that goes away, two event loops, budgets of queries, threads and messages."""

import asyncio
import itertools
import json
import threading
import time
from collections import Counter
from unittest import mock

import pytest
from asgiref.sync import SyncToAsync, sync_to_async
from django.db import OperationalError, connections
from django.db.backends.utils import CursorWrapper

from engine.monitoring import metrics, probes
from journal.live import frames, wake
from journal.live import hub as hubs
from journal.models import Entry
from journal.queries import ThinEntry
from tests.live.conftest import write

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def statements(monkeypatch):
    """Every statement of every thread from now on."""
    seen = []
    execute = CursorWrapper.execute

    def noted(self, sql, params=None):
        seen.append(sql)
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", noted)
    return seen


async def test_a_hub_that_is_stopped_at_the_moment_it_is_woken_stops(live):
    hub = live.hub
    await hub.settled_number()
    await asyncio.sleep(0.01)  # it waits for the next word

    hub._woken.set()
    hub._running.cancel()

    _done, late = await asyncio.wait([hub._running], timeout=3)
    assert not late


async def test_while_the_database_is_away_there_is_no_beat_and_the_socket_stays(live, monkeypatch, caplog):
    head = await live.head()
    socket = await live.open("county1.duty", after=head)
    assert (await socket.next_of_any())["type"] == "beat"

    with monkeypatch.context() as patch:
        patch.setattr("journal.live.reader.number_new", mock.Mock(side_effect=OperationalError("away")))
        await asyncio.sleep(0.1)
        while not socket.output_queue.empty():
            socket.output_queue.get_nowait()
        with pytest.raises(TimeoutError):
            await socket.next_of_any(0.6)
        await live.write("C1")

    assert (await socket.next())["number"] == head + 1
    assert caplog.text.count("cannot be read") == 1


async def test_a_socket_that_comes_while_the_database_is_away_is_asked_to_come_again(live, monkeypatch):
    session = await live.sign_in("county1.duty")
    await live.open("city.duty", after=0)
    live.hub._admission._read_readers = mock.Mock(side_effect=OperationalError("away"))

    socket = await live.knock(session, "after=0")

    assert (await socket.next())["code"] == 1013


async def test_rights_that_cannot_be_read_hold_back_the_entries_that_follow(live):
    """Better late than to somebody whose post has just ended."""
    head = await live.head()
    socket = await live.open("county1.duty", after=head)
    read = live.hub._admission._read_readers
    live.hub._admission._read_readers = mock.Mock(side_effect=OperationalError("away"))

    await live.write("C1", "incident.shared")
    await live.write("C1")
    assert await socket.is_silent()
    live.hub._admission._read_readers = read

    assert await socket.numbers(until=head + 2) == [head + 1, head + 2]


@pytest.mark.parametrize("time", ["first", "second"])
async def test_each_event_loop_has_its_own_hub(live, time):
    socket = await live.open("county1.duty", after=await live.head())

    await live.write("C1")

    assert (await socket.next())["type"] == "entry"


async def test_a_commit_wakes_the_hub_and_does_not_number_by_itself(live, settings):
    settings.LIVE_POLL_SECONDS = 30
    socket = await live.open("county1.duty", after=await live.head())

    await live.write("C1")

    assert (await socket.next(1.0))["type"] == "entry"


async def test_a_lost_word_costs_one_poll(live):
    socket = await live.open("county1.duty", after=await live.head())

    with mock.patch.object(wake, "_hub", mock.Mock()):
        await live.write("C1")

    assert (await socket.next(1.0))["type"] == "entry"


async def test_without_a_hub_a_commit_is_numbered_where_it_happens(live):
    await live.open("county1.duty")
    await hubs.stop_here()

    await live.write("C1")

    assert not await Entry.objects.filter(number=None).aexists()


async def test_a_hub_whose_loop_has_ended_does_not_swallow_the_next_commit(live, cast, now):
    def another_loop():
        async def begin():
            hubs.here(live_hub_maker)

        from engine.server.sockets import _make_hub as live_hub_maker

        asyncio.run(begin())
        write("C1", now=now)
        connections.close_all()

    await asyncio.to_thread(another_loop)

    assert not await Entry.objects.filter(number=None).aexists()


async def test_a_storm_of_returning_screens_inside_the_tail_is_a_few_queries(live, statements):
    sessions = [await live.sign_in("county1.duty") for _ in range(40)]
    await live.open("city.duty", after=0)
    for _ in range(20):
        await live.write("C1")
    after = await live.head() - 20
    await live.hub._next_look()
    live.hub._poll_seconds = 30
    await live.hub._next_look()
    statements.clear()

    sockets = await asyncio.gather(*(live.knock(session, f"after={after}") for session in sessions * 5))
    for socket in sockets:
        assert (await socket.next(20))["type"] == "hello"
        await socket.numbers(until=after + 20)

    reads = [sql for sql in statements if not sql.startswith(("PRAGMA", "SET"))]
    assert not [sql for sql in reads if "journal_entry" in sql and "number" in sql.split("FROM")[0]], reads
    assert len(reads) <= 4 * 10, Counter(reads)


async def test_an_idle_hub_asks_two_questions_a_look(live, statements):
    await live.open("county1.duty")
    live.hub._poll_seconds = 30
    await live.hub._next_look()
    statements.clear()

    await live.hub._next_look()

    assert len(statements) == 2, statements


def screens_with(count: int, reader) -> list[mock.Mock]:
    sent = []

    def send_for(number):
        async def send(message):
            sent.append((number, message))

        return send

    from journal.live.send_queue import Outlet
    from journal.live.subscribers import Screen

    screens = [Screen(ticket=str(n), reader=reader, outlet=Outlet(send_for(n)), last=0) for n in range(count)]
    return screens, sent


async def test_one_entry_is_made_into_text_once_and_sent_once_to_each_screen(live, cast, reach):
    await live.open("county1.duty")
    reader = await sync_to_async(reach)("city.duty")
    await sync_to_async(reader.entry_keys)()
    screens, sent = screens_with(500, reader)
    for screen in screens:
        live.hub._screens.add(screen)
    line = ThinEntry(
        10**6, "incident.observed", "incident:1", "C1", "", "incident:1", "incident", "0001/0001/", "h"
    )

    with (
        mock.patch.object(frames.json, "dumps", wraps=json.dumps) as dumps,
        mock.patch.object(SyncToAsync, "__call__", side_effect=AssertionError("a hop to a thread")),
    ):
        await live.hub._show(line)

    assert dumps.call_count == 1
    assert sorted(number for number, _ in sent) == list(range(500))
    assert len({id(message) for _, message in sent}) == 1


async def test_sockets_cost_no_threads(live):
    for _ in range(10):
        await live.open("county1.duty", after=0)
    before = threading.active_count()

    for _ in range(60):
        await live.open("city.duty", after=0)

    assert threading.active_count() <= before + 3  # the pool of readers fills up to four


async def test_the_status_tells_what_readyz_asks(live):
    await live.open("county1.duty", after=0)

    status = hubs.statuses()[0]

    assert status["screens"] == 1
    assert status["number"] == await live.head()
    assert status["looked"] < 1


async def test_readyz_and_metrics_tell_of_a_hub_that_no_longer_reads(live, monkeypatch):
    await live.open("county1.duty", after=0)

    def asked(age):
        monkeypatch.setattr(live.hub, "_looked_at", time.monotonic() - age)
        return probes._screens(), next(g for g in metrics._live_gauges() if g.name == "icd_live_looked")

    well, _gauge = asked(0)
    ill, gauge = asked(60)

    assert (well["ok"], well["open"], ill["ok"]) == (True, 1, False)
    assert gauge.samples[0].value >= 60


async def test_a_crowd_is_told_over_what_time_to_ask(live, monkeypatch):
    monkeypatch.setattr(frames, "CROWD", 2)
    head = await live.head()
    near = [await live.open("county1.duty", after=head) for _ in range(3)]
    far = await live.open("county2.duty", after=head)

    await live.write("C1")
    await live.write("C2")

    told = [await socket.next() for socket in near]
    assert [message.get("spread") for message in told] == [2, 2, 2]
    assert {next(iter(message)) for message in told} == {"type"}  # first, as in every message
    assert "spread" not in await far.next()


@pytest.mark.parametrize(("screens", "ms"), [(1, 0), (40, 0), (41, 20), (500, 250), (100_000, 2000)])
async def test_the_spread_follows_from_how_many_are_open(screens, ms):
    assert frames.spread_over(screens) == ms


async def test_commits_that_come_one_after_the_other_share_a_look(live, monkeypatch):
    """A look costs as much as half of an alarm; the first of many is shown at once all the same."""
    looks, look = [], live.hub._threads.look

    async def counted(*args):
        looks.append(time.monotonic())
        return await look(*args)

    monkeypatch.setattr(live.hub._threads, "look", counted)
    live.hub._poll_seconds = 30
    await asyncio.sleep(3 * hubs.LOOK_SPACING)
    looks.clear()

    begun = time.monotonic()
    live.hub.wake()
    while time.monotonic() - begun < 10 * hubs.LOOK_SPACING:
        live.hub.wake()
        await asyncio.sleep(hubs.LOOK_SPACING / 20)

    assert looks[0] - begun < hubs.LOOK_SPACING
    assert len(looks) <= 11
    assert min(later - earlier for earlier, later in itertools.pairwise(looks)) > 0.9 * hubs.LOOK_SPACING
