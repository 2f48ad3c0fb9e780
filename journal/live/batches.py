"""Work for many who ask at the same moment: whoever waits when a thread is free is answered together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Any

#: Served together. More would make the first of them wait for the last.
MOST = 64


class Batches:
    """`work(items)` gives a result for each item, in their order; an exception among them is raised where it was
    asked for. At most `at_once` calls are under way. On one event loop."""

    def __init__(self, work: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]], at_once: int):
        self._work = work
        self._at_once = at_once
        self._waiting: deque[tuple[Any, asyncio.Future]] = deque()
        self._workers: set[asyncio.Task] = set()

    async def result_of(self, item: Any) -> Any:
        """Raises what the work of this item raised, or CancelledError after `stop`."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._workers) < self._at_once:
            # It begins when those who ask in this turn of the loop have asked.
            worker = asyncio.create_task(self._serve())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await future

    async def stop(self) -> None:
        """Let go of everybody who waits."""
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        if workers:
            await asyncio.wait(workers)
        for _item, future in self._waiting:
            future.cancel()
        self._waiting.clear()

    async def _serve(self) -> None:
        while self._waiting:
            batch = list(islice(self._waiting, MOST))
            for _one in batch:
                self._waiting.popleft()
            asked = [(item, future) for item, future in batch if not future.done()]
            if not asked:
                continue
            try:
                results = await self._work([item for item, _future in asked])
            except Exception as error:
                results = [error] * len(asked)
            except BaseException:
                for _item, future in asked:
                    future.cancel()
                raise
            for (_item, future), result in zip(asked, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, BaseException):
                    future.set_exception(result)
                else:
                    future.set_result(result)
