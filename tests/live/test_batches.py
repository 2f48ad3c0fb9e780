"""Who asks while a thread is busy is answered together with others; each fails alone."""

import asyncio

import pytest

from journal.live.batches import MOST, Batches

pytestmark = pytest.mark.asyncio


class Work:
    """Doubles each item. It waits until it is let go."""

    def __init__(self):
        self.calls = []
        self.may_go = asyncio.Event()

    async def __call__(self, items):
        self.calls.append(list(items))
        await self.may_go.wait()
        return [ValueError(item) if item < 0 else item * 2 for item in items]


async def test_those_who_ask_at_once_are_answered_together():
    work = Work()
    work.may_go.set()

    assert await asyncio.gather(*map(Batches(work, 2).result_of, range(5))) == [0, 2, 4, 6, 8]
    assert work.calls == [[0, 1, 2, 3, 4]]


async def test_who_comes_while_all_threads_are_busy_waits_for_one_and_shares_it():
    work = Work()
    batches = Batches(work, 1)
    first = asyncio.create_task(batches.result_of(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(batches.result_of(n)) for n in (2, 3)]
    await asyncio.sleep(0)
    work.may_go.set()

    assert await asyncio.gather(first, *others) == [2, 4, 6]
    assert work.calls == [[1], [2, 3]]


async def test_no_batch_is_longer_than_the_limit():
    work = Work()
    work.may_go.set()

    assert await asyncio.gather(*map(Batches(work, 1).result_of, range(MOST + 1))) == [
        2 * n for n in range(MOST + 1)
    ]
    assert [len(call) for call in work.calls] == [MOST, 1]


async def test_one_that_fails_leaves_the_others_theirs():
    work = Work()
    work.may_go.set()
    batches = Batches(work, 1)

    good, bad = await asyncio.gather(batches.result_of(1), batches.result_of(-1), return_exceptions=True)

    assert (good, type(bad)) == (2, ValueError)


async def test_a_batch_that_fails_fails_for_all_and_the_next_is_served():
    async def failing(items):
        if -1 in items:
            raise RuntimeError
        return items

    batches = Batches(failing, 1)
    found = await asyncio.gather(batches.result_of(1), batches.result_of(-1), return_exceptions=True)

    assert [type(one) for one in found] == [RuntimeError, RuntimeError]
    assert await batches.result_of(3) == 3


async def test_who_has_gone_is_not_served():
    work = Work()
    batches = Batches(work, 1)
    first = asyncio.create_task(batches.result_of(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gone = asyncio.create_task(batches.result_of(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    work.may_go.set()
    await first

    assert await batches.result_of(3) == 6
    assert work.calls == [[1], [3]]


async def test_at_the_end_nobody_is_left_waiting():
    batches = Batches(Work(), 1)
    waiting = [asyncio.create_task(batches.result_of(n)) for n in range(MOST + 1)]
    await asyncio.sleep(0.01)

    await batches.stop()

    for task in waiting:
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 1)
