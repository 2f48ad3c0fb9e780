"""The sending side of one socket: in order, never blocking, never without an end."""

import asyncio

import pytest

from journal.live import send_queue
from journal.live.send_queue import Outlet

pytestmark = pytest.mark.asyncio


class Server:
    """A server's `send` that can be full, and can have lost its client."""

    def __init__(self):
        self.sent = []
        self.room = asyncio.Event()
        self.room.set()
        self.is_gone = False
        self.transport = self
        self.was_aborted = False

    async def send(self, message):
        await self.room.wait()
        if self.is_gone:
            raise OSError("gone")
        self.sent.append(message)

    def abort(self):
        self.was_aborted = True


@pytest.fixture
def server():
    return Server()


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_free_socket_gets_the_message_without_a_task(server):
    tasks = asyncio.all_tasks()

    Outlet(server.send).put("a")

    assert server.sent == ["a"]
    assert asyncio.all_tasks() == tasks


async def test_a_full_socket_gets_everything_in_order_once_it_has_room(server):
    out = Outlet(server.send)
    server.room.clear()

    for message in "abc":
        out.put(message)
    assert server.sent == []
    server.room.set()
    await settle()
    out.put("d")

    assert server.sent == ["a", "b", "c", "d"]
    assert not out.busy


async def test_a_beat_is_not_kept_for_a_full_socket(server):
    out = Outlet(server.send)
    server.room.clear()
    out.put("a")

    out.put_if_free("beat")
    server.room.set()
    await settle()

    assert server.sent == ["a"]


@pytest.mark.control(35)
async def test_a_mailbox_that_is_full_closes_the_socket(server, monkeypatch):
    monkeypatch.setattr(send_queue, "MAILBOX", 3)
    out = Outlet(server.send)
    server.room.clear()

    for message in "abcde":
        out.put(message)
    assert out.closed
    server.room.set()
    await settle()

    assert server.sent == ["a", {"type": "websocket.close", "code": 4008, "reason": "resync"}]


@pytest.mark.control(35)
async def test_a_client_that_never_reads_is_cut(server, monkeypatch):
    monkeypatch.setattr(send_queue, "GRACE", 0.05)
    out = Outlet(server.send)
    server.room.clear()
    out.put("a")
    out.close(4401)

    await asyncio.sleep(0.1)

    assert server.was_aborted
    assert server.sent == []


async def test_a_client_that_reads_in_time_is_not_cut(server, monkeypatch):
    monkeypatch.setattr(send_queue, "GRACE", 0.05)
    out = Outlet(server.send)
    server.room.clear()
    out.put("a")
    out.close(4401)
    server.room.set()

    await asyncio.sleep(0.1)

    assert not server.was_aborted
    assert server.sent[-1]["code"] == 4401


async def test_a_client_that_has_gone_takes_nothing_more(server):
    out = Outlet(server.send)
    server.is_gone = True

    out.put("a")
    server.is_gone = False
    out.put("b")

    assert out.closed
    assert server.sent == []


async def test_a_client_that_goes_while_the_socket_is_full_ends_quietly(server):
    out = Outlet(server.send)
    server.room.clear()
    out.put("a")
    out.put("b")
    server.is_gone = True
    server.room.set()

    await settle()

    assert out.closed
    assert server.sent == []


async def test_what_comes_while_held_waits_for_the_release(server):
    out = Outlet(server.send)
    out.hold()
    out.put("live")

    await out.write("replay")
    assert server.sent == ["replay"]
    await out.release()

    assert server.sent == ["replay", "live"]


async def test_a_close_while_held_is_sent_at_the_release_and_the_rest_is_dropped(server):
    out = Outlet(server.send)
    out.hold()
    out.put("live")

    out.close(4401)
    await out.release()

    assert [message["code"] for message in server.sent] == [4401]


async def test_dropping_cancels_what_was_waiting(server):
    out = Outlet(server.send)
    server.room.clear()
    out.put("a")

    out.drop()
    server.room.set()
    await settle()

    assert server.sent == []


class Yields:
    """A server whose send is not a coroutine and gives way several times."""

    def __init__(self):
        self.sent = []

    def send(self, message):
        return self._Sending(self, message)

    class _Sending:
        def __init__(self, server, message):
            self.server, self.message = server, message

        def __await__(self):
            yield
            yield from asyncio.sleep(0.01).__await__()
            self.server.sent.append(self.message)


async def test_any_awaitable_will_do_and_order_is_kept():
    server = Yields()
    out = Outlet(server.send)

    for message in "abcd":
        out.put(message)
    await asyncio.sleep(0.2)

    assert server.sent == ["a", "b", "c", "d"]
