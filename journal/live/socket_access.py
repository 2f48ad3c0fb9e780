"""What may each ticket see at this moment? Asked when a socket opens, and again and again while it is open."""

import asyncio
import itertools
from collections.abc import Callable, Collection

from journal.live.subscribers import ReadReaders
from journal.queries import Reader

#: Tickets read in one go.
TOGETHER = 500
#: Seconds an opening socket waits for the database.
PATIENCE = 10.0


class Admission:
    """Reads tickets, those that come together together: a storm of reconnects is a few queries."""

    def __init__(self, read_readers: ReadReaders, read: Callable):
        self._read_readers = read_readers
        self._read = read
        self._asked: dict[str, asyncio.Future] = {}
        self._answering: asyncio.Task | None = None
        #: Grows when an entry changed rights: what was read before that is read again.
        self.version = 0

    async def reader_for(self, ticket: str) -> Reader | None:
        """What this ticket may see, or None. Raises TimeoutError, or what the database raised."""
        while True:
            if ticket not in self._asked:
                self._asked[ticket] = asyncio.get_running_loop().create_future()
            answer = self._asked[ticket]
            if self._answering is None or self._answering.done():
                self._answering = asyncio.create_task(self._answer_all())
            reader, version = await asyncio.wait_for(asyncio.shield(answer), PATIENCE)
            if version == self.version:
                return reader

    async def readers_for(self, tickets: Collection[str]) -> dict[str, Reader | None]:
        """The same for many, in as few queries."""
        found: dict[str, Reader | None] = {}
        remaining = iter(tickets)
        while some := list(itertools.islice(remaining, TOGETHER)):
            found.update(await self._read(_with_keys, self._read_readers, some))
        return found

    async def stop(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
            await asyncio.wait([self._answering])

    async def _answer_all(self) -> None:
        while self._asked:
            tickets = list(itertools.islice(self._asked, TOGETHER))
            version = self.version
            try:
                readers = await self.readers_for(tickets)
            except Exception as error:
                for ticket in tickets:
                    _fail(self._asked.pop(ticket), error)
            else:
                for ticket in tickets:
                    _answer(self._asked.pop(ticket), (readers.get(ticket), version))


def _answer(future: asyncio.Future, answer) -> None:
    if not future.done():
        future.set_result(answer)


def _fail(future: asyncio.Future, error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        # Whoever asked may have left: then nobody reads the error, and nobody needs to.
        future.exception()


def _with_keys(read_readers: ReadReaders, tickets: Collection[str]) -> dict[str, Reader | None]:
    """Exceptions to scope cost a query when first asked for; this is the thread for it."""
    readers = read_readers(tickets)
    for reader in readers.values():
        if reader is not None:
            reader.entry_keys()
    return readers
