"""Who is watching: the open sockets of this process and the dictionary in which an entry finds its readers."""

from collections.abc import Callable, Collection, Iterable

from journal.live.send_queue import Outlet
from journal.queries import Keys, Reader, ThinEntry, keys_of

#: fn(tickets) → what each ticket may see now; None (or left out) if it is no longer good for anything.
ReadReaders = Callable[[Collection[str]], dict[str, Reader | None]]


class Screen:
    """One open socket: whose it is, what may be seen, where to write, how far it has read."""

    __slots__ = ("keys", "last", "outlet", "reader", "ticket")

    def __init__(self, *, ticket: str, reader: Reader, outlet: Outlet, last: int):
        #: What the socket came in with; good until `read_readers` says otherwise.
        self.ticket = ticket
        self.reader = reader
        self.keys: Keys = reader.entry_keys()
        self.outlet = outlet
        #: Entries up to this number were given to the outlet, or are being replayed to it.
        self.last = last


class Screens:
    """All screens, by what they may see and by ticket."""

    def __init__(self):
        self._all: set[Screen] = set()
        self._by_key: dict[tuple[str, str], set[Screen]] = {}
        self._by_ticket: dict[str, set[Screen]] = {}

    def __contains__(self, screen: Screen) -> bool:
        return screen in self._all

    def __len__(self) -> int:
        return len(self._all)

    def all(self) -> list[Screen]:
        return list(self._all)

    def of(self, ticket: str) -> list[Screen]:
        return list(self._by_ticket.get(ticket, ()))

    def tickets(self) -> list[str]:
        return list(self._by_ticket)

    def that_see(self, line: ThinEntry) -> Collection[Screen]:
        """Each screen once, however many of its posts let it see the entry; none of those from whom it is kept."""
        found = [self._by_key[key] for key in keys_of(line) if key in self._by_key]
        screens = found[0].copy() if len(found) == 1 else set().union(*found)
        for name in {line.subject, line.thread}:
            screens -= self._by_key.get(("closed", name), set())
        return screens

    def tickets_concerned_by(self, lines: Iterable[ThinEntry]) -> list[str]:
        """Tickets of screens whose rights these entries may have changed."""
        return [
            ticket
            for ticket, screens in self._by_ticket.items()
            if any(next(iter(screens)).reader.concerned_by(line) for line in lines)
        ]

    def add(self, screen: Screen) -> None:
        self._all.add(screen)
        self._by_ticket.setdefault(screen.ticket, set()).add(screen)
        self._index(screen)

    def remove(self, screen: Screen) -> None:
        """Forget it. Safe to call again."""
        if screen in self._all:
            self._all.discard(screen)
            _discard(self._by_ticket, screen.ticket, screen)
            self._unindex(screen)

    def give(self, screen: Screen, reader: Reader) -> bool:
        """Let the screen see what `reader` may see from now on. True if that is not what it saw before."""
        screen.reader, keys = reader, reader.entry_keys()
        if keys == screen.keys:
            return False
        self._unindex(screen)
        screen.keys = keys
        self._index(screen)
        return True

    def _index(self, screen: Screen) -> None:
        for key in screen.keys:
            self._by_key.setdefault(key, set()).add(screen)

    def _unindex(self, screen: Screen) -> None:
        for key in screen.keys:
            _discard(self._by_key, key, screen)


def _discard(index: dict, key, screen: Screen) -> None:
    members = index[key]
    members.discard(screen)
    if not members:
        del index[key]
