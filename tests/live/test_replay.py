"""A socket gets what it missed and what is new: in order, without gaps, without repeats, and only its own."""

import asyncio
import json
import threading

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import connection, transaction

from journal.live import hub as hubs
from journal.live import reader, send_queue
from journal.models import Head
from journal.queries import Mark
from journal.record import record

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


@pytest.mark.control(14, 36)
async def test_an_entry_goes_to_who_may_see_it_and_to_nobody_else(live):
    head = await live.head()
    city, duty, neighbour = [
        await live.open(username, after=head) for username in ("city.duty", "county1.duty", "county2.duty")
    ]

    await live.write("C1", "incident.level_set", "incident:7", level="orange")

    expected = {
        "type": "entry",
        "number": head + 1,
        "kind": "incident.level_set",
        "subject": "incident:7",
        "unit": "C1",
        "level": "orange",
        "thread": "incident:7",
    }
    assert await city.next() == expected
    assert await duty.next() == expected
    assert await neighbour.is_silent()


@pytest.mark.control(36)
async def test_entries_after_the_cursor_are_replayed_and_then_live_ones_follow(live):
    head = await live.head()
    for _ in range(5):
        await live.write("C1")

    socket = await live.open("county1.duty", after=head + 2)
    await live.write("C1")

    assert await socket.numbers(until=head + 6) == [head + 3, head + 4, head + 5, head + 6]


@pytest.mark.control(36)
async def test_content_and_names_never_go_over_the_socket(live):
    head = await live.head()
    socket = await live.open("county1.duty", after=head)

    await live.write("C1", post="值班员", content={"what": "两人在大厅"})

    text = json.dumps(await socket.next(), ensure_ascii=False)
    assert "大厅" not in text
    assert "值班员" not in text


async def test_a_system_entry_goes_to_everybody(live):
    head = await live.head()
    sockets = [await live.open(name, after=head) for name in ("county2.duty", "village111.informant")]

    await live.write(None, "engine.alarmed", "engine:1")

    assert [(await socket.next())["kind"] for socket in sockets] == ["engine.alarmed"] * 2


async def test_a_page_that_read_a_newer_number_than_the_hub_waits_for_the_hub(live, settings):
    settings.LIVE_POLL_SECONDS = 60
    first = await live.open("county1.duty")
    hubs.wake.set_hub(lambda: None)  # the word of the next commit is lost

    await live.write("C1")
    head = await sync_to_async(number_it)()
    socket = await live.open("county1.duty", after=head)

    assert await socket.is_silent()
    assert (await first.next())["number"] == head


def number_it():
    hubs.number_new()
    return Head.objects.get().number


@pytest.mark.parametrize("when", ["registered", "read"])
async def test_an_entry_written_during_the_replay_is_seen_exactly_once(live, monkeypatch, when):
    head = await live.head()
    for _ in range(3):
        await live.write("C1")
    missed = hubs.Hub._missed

    async def interrupted(self, *args):
        if when == "registered":
            await live.write("C1")
            await self._next_look()
        messages = await missed(self, *args)
        if when == "read":
            await live.write("C1")
            await self._next_look()
        return messages

    monkeypatch.setattr(hubs.Hub, "_missed", interrupted)
    socket = await live.open("county1.duty", after=head)

    assert await socket.numbers(until=head + 4) == [head + 1, head + 2, head + 3, head + 4]
    assert await socket.is_silent()


async def test_an_entry_rolled_back_is_never_seen(live):
    head = await live.head()
    socket = await live.open("county1.duty", after=head)

    def fail():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record("incident.observed", subject="incident:1", actor=None, at=live.now)
            raise ZeroDivisionError

    await sync_to_async(fail)()
    await live.write("C1")

    assert (await socket.next())["number"] == head + 1


async def test_what_the_tail_no_longer_holds_comes_from_the_database(live, monkeypatch):
    monkeypatch.setattr(reader, "TAIL", 2)
    head = await live.head()
    for code in ("C1", "C2", "C1", "C1", "C2", "C1"):
        await live.write(code)

    deep = await live.open("county1.duty", after=head)
    recent = await live.open("county1.duty", after=head + 5)

    assert await deep.numbers(until=head + 6) == [head + 1, head + 3, head + 4, head + 6]
    assert await recent.numbers(until=head + 6) == [head + 6]


async def test_a_screen_too_far_behind_loads_its_page_again_and_then_goes_on(live, monkeypatch):
    monkeypatch.setattr(hubs, "REPLAY", 3)
    head = await live.head()
    for _ in range(4):
        await live.write("C1")

    socket = await live.open("county1.duty", after=head)

    assert await socket.next() == {"type": "reload", "number": head + 4}
    await live.write("C1")
    assert (await socket.next())["number"] == head + 5


async def test_a_cursor_beyond_the_head_means_another_journal(live):
    head = await live.head()

    socket = await live.open("county1.duty", after=head + 100)

    assert await socket.next() == {"type": "reload", "number": head}


@pytest.mark.parametrize("restored_to", ["fewer", "other"])
async def test_a_restored_database_makes_open_screens_load_again(live, monkeypatch, restored_to):
    await live.write("C1")
    socket = await live.open("county1.duty", after=await live.head())
    live.hub._mark = (
        Mark(live.hub._mark.number + 7, "x" * 64)
        if restored_to == "fewer"
        else live.hub._mark._replace(hash="y" * 64)
    )

    live.hub.wake()

    assert await socket.next() == {"type": "reload", "number": await live.head()}
    await live.write("C1")
    assert (await socket.next())["number"] == await live.head()


async def test_a_burst_larger_than_one_look_arrives_whole(live, monkeypatch):
    for module in (hubs, reader):
        monkeypatch.setattr(module, "BATCH", 7)
    head = await live.head()
    socket = await live.open("county1.duty", after=head)

    def burst():
        with transaction.atomic():
            for _ in range(30):
                record("engine.alarmed", subject="engine:1", actor=None, at=live.now)

    await sync_to_async(burst)()

    assert await socket.numbers(until=head + 30) == list(range(head + 1, head + 31))


async def test_concurrent_writers_and_returning_screens_lose_nothing(live):
    """Four writers, eight screens that leave and come back with their last number all the time."""
    head = await live.head()
    total = 60
    written = asyncio.gather(*(write_some(live, total // 4) for _ in range(4)))

    got = await asyncio.gather(*(watch(live, head, head + total, hops) for hops in range(8)))

    await written
    assert got == [list(range(head + 1, head + total + 1))] * 8


async def write_some(live, count):
    for _ in range(count):
        await live.write("C1")


async def watch(live, after, until, hops) -> list[int]:
    session, got = await live.sign_in("county1.duty"), []
    while not got or got[-1] < until:
        socket = await live.open("county1.duty", after=got[-1] if got else after, session=session)
        for _ in range(100 if hops == 0 else 4 + hops):
            message = await socket.next(10)
            assert message["type"] == "entry", message
            got.append(message["number"])
            if got[-1] == until:
                break
        await socket.leave()
    return got


async def test_overflow_during_a_replay_closes_the_socket_for_a_new_try(live, monkeypatch):
    monkeypatch.setattr(send_queue, "MAILBOX", 3)
    head = await live.head()
    await live.write("C1")
    caught = hubs.Hub._missed

    async def slowly(self, *args):
        for _ in range(5):
            await live.write("C1")
        await self._next_look()
        return await caught(self, *args)

    monkeypatch.setattr(hubs.Hub, "_missed", slowly)
    socket = await live.open("county1.duty", after=head)

    assert await socket.next() == {"type": "close", "code": 4008}


@pytest.mark.production
@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time: ids commit in order")
async def test_entries_come_in_the_order_of_their_commits_not_of_their_ids(live):
    head = await live.head()
    socket = await live.open("county1.duty", after=head)
    has_id, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            record("engine.alarmed", subject="engine:1", actor=None, at=live.now)
            has_id.set()
            may_commit.wait(10)

    early = asyncio.create_task(database_sync_to_async(slow, thread_sensitive=False)())
    await asyncio.to_thread(has_id.wait)
    await live.write("C1", subject="incident:2")

    assert (await socket.next())["subject"] == "incident:2"
    may_commit.set()
    await early
    late = await socket.next()
    assert (late["number"], late["subject"]) == (head + 2, "engine:1")
