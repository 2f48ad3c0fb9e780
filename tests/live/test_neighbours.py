"""Words between processes: losing them costs a poll, and nothing they do may cost more."""

import asyncio
import logging

import pytest

from journal.live import peers
from journal.live.peers import Neighbours

pytestmark = pytest.mark.asyncio


class Layer:
    """A channel layer that carries words between the neighbours of one loop, and can fail."""

    def __init__(self):
        self.queues: dict[str, asyncio.Queue] = {}
        self.joined = []
        self.fail_next = []
        self.is_frozen = False

    async def new_channel(self):
        await self._trouble("new_channel")
        name = f"channel{len(self.queues)}"
        self.queues[name] = asyncio.Queue()
        return name

    async def group_add(self, group, channel):
        await self._trouble("group_add")
        self.joined.append(channel)

    async def receive(self, channel):
        await self._trouble("receive")
        message = await self.queues[channel].get()
        if isinstance(message, Exception):
            raise message
        return message

    async def group_send(self, group, message):
        await self._trouble("group_send")
        for channel in self.joined:
            self.queues[channel].put_nowait(message)

    async def _trouble(self, where):
        if self.is_frozen:
            await asyncio.sleep(60)
        if where in self.fail_next:
            self.fail_next.remove(where)
            raise OSError(where)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(peers, "BACKOFF", (0.01, 0.02))
    monkeypatch.setattr(peers, "TIME_OUT", 0.05)


class Listener:
    def __init__(self, layer):
        self.looks = 0
        self.neighbours = Neighbours(layer, self.look)

    def look(self):
        self.looks += 1


async def started(layer) -> Listener:
    listener = Listener(layer)
    listener.neighbours.start()
    await asyncio.sleep(0.05)
    return listener


async def test_a_word_makes_the_others_look_but_not_oneself(quick):
    layer = Layer()
    one, two = await started(layer), await started(layer)
    one.looks = two.looks = 0

    one.neighbours.tell()
    await asyncio.sleep(0.05)

    assert (one.looks, two.looks) == (0, 1)
    for listener in (one, two):
        await listener.neighbours.stop()


@pytest.mark.parametrize("where", ["new_channel", "group_add", "receive"])
async def test_a_listener_that_fails_joins_again_and_looks_once(quick, where):
    layer = Layer()
    layer.fail_next = [where, where]
    listener = await started(layer)
    await asyncio.sleep(0.1)
    other = await started(layer)
    listener.looks = 0

    other.neighbours.tell()
    await asyncio.sleep(0.05)

    assert listener.looks == 1
    assert listener.neighbours.failures == 2
    for each in (listener, other):
        await each.neighbours.stop()


async def test_a_listener_that_dies_while_it_listens_joins_again_and_looks_at_once(quick):
    layer = Layer()
    listener = await started(layer)
    listener.looks = 0

    layer.queues[layer.joined[0]].put_nowait(ConnectionError("redis went away"))
    await asyncio.sleep(0.1)

    assert listener.looks == 1
    assert len(layer.joined) == 2
    await listener.neighbours.stop()


async def test_a_frozen_layer_holds_nobody_up(quick, caplog):
    layer = Layer()
    listener = await started(layer)
    layer.is_frozen = True
    loop = asyncio.get_running_loop()
    begun = loop.time()

    listener.neighbours.tell()
    assert loop.time() - begun < 0.02
    await asyncio.sleep(0.1)

    assert "are not told" in caplog.text
    await listener.neighbours.stop()
    assert loop.time() - begun < 1


async def test_words_said_while_one_is_on_its_way_become_one(quick):
    layer = Layer()
    one, two = await started(layer), await started(layer)
    two.looks = 0

    for _ in range(50):
        one.neighbours.tell()
    await asyncio.sleep(0.05)

    assert 1 <= two.looks <= 2
    for listener in (one, two):
        await listener.neighbours.stop()


async def test_trouble_is_said_once_until_it_is_over(quick, caplog):
    caplog.set_level(logging.INFO)
    layer = Layer()
    listener = await started(layer)

    layer.fail_next = ["group_send"] * 5
    for _ in range(5):
        listener.neighbours.tell()
        await asyncio.sleep(0.01)
    listener.neighbours.tell()
    await asyncio.sleep(0.01)

    assert caplog.text.count("are not told") == 1
    await listener.neighbours.stop()


async def test_without_a_layer_nothing_is_said_or_heard():
    listener = await started(None)

    listener.neighbours.tell()

    assert listener.looks == 0
    await listener.neighbours.stop()
