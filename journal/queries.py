"""Reading the journal: one way for the live hub, the socket's catch-up and the HTTP catch-up."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.db.models import Q, QuerySet

from common.database.composed import Composed
from common.database.paths import prefixes
from journal.models import Entry, EntryQuerySet, Head

Keys = frozenset[tuple[str, str]]


class Reader(Protocol):
    """Whoever reads the journal, with what may be seen at one moment: one answer in three forms."""

    def entry_filter(self) -> Q:
        """As a filter over Entry."""

    def sees(self, entry: "ThinEntry | Entry") -> bool:
        """For one entry in hand."""

    def entry_keys(self) -> Keys:
        """As keys; an entry is seen when one of them is among its `keys_of`."""

    def concerned_by(self, entry: "ThinEntry | Entry") -> bool:
        """Whether an entry of a kind that changes rights may have changed this answer."""


class ThinEntry(NamedTuple):
    """What a screen may learn of an entry, and what decides who may learn it. Never its content."""

    number: int
    kind: str
    subject: str
    unit: str
    level: str
    thread: str
    audience: str
    unit_path: str
    hash: str


class Mark(NamedTuple):
    """A place in the journal. The hash tells a restored database from the one that was read before."""

    number: int
    hash: str


def head_mark() -> Mark:
    """The last number every reader can see, with its hash."""
    row = next(iter(_MARK()), None)
    return Mark(*row) if row else Mark(0, "")


_MARK = Composed(lambda: Head.objects.filter(pk=1).values_list("number", "hash"))


def entries_after(number: int, reader: Reader | None = None) -> EntryQuerySet:
    """Numbered entries after `number` in order; with a reader only what it may see."""
    entries = Entry.objects.numbered().filter(number__gt=number)
    return entries.visible_to(reader) if reader else entries


def lines_after(
    number: int, *, limit: int, up_to: int | None = None, reader: Reader | None = None
) -> list[ThinEntry]:
    """At most `limit` entries after `number`, thin."""
    bounds = (number,) if up_to is None else (number, up_to)
    rows = _thin(entries_after(number, reader), *bounds[1:])[:limit] if reader else _lines(limit)(*bounds)
    # An entry of the whole bureau has no unit.
    return [ThinEntry(*row)._replace(unit=row[3] or "") for row in rows]


def _thin(entries: EntryQuerySet, up_to: int | None = None) -> QuerySet[Any]:
    if up_to is not None:
        entries = entries.filter(number__lte=up_to)
    return entries.values_list(
        "number", "kind", "subject", "unit__code", "level", "thread", "audience", "unit_path", "hash"
    )


@lru_cache(maxsize=20)
def _lines(limit: int) -> Composed[Any]:
    """What every look of every process reads."""
    return Composed(lambda after, *up_to: _thin(entries_after(after), *up_to)[:limit])


def keys_of(line: ThinEntry) -> Iterable[tuple[str, str]]:
    """The keys under which readers of this entry are found: its unit and every unit above, its thread."""
    if line.audience == "incident":
        yield "thread", line.thread
    if not line.unit_path or line.audience == "system":
        yield line.audience, ""
    else:
        for path in prefixes(line.unit_path):
            yield line.audience, path
