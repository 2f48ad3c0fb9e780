"""What has to be said of each line of a package before it goes out. Plain values in and out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple


class SentLine(NamedTuple):
    """An order as it is to go out. `id`: the plan's line; empty for one that was added by hand."""

    to: str
    task: str
    arrive_by: datetime | None = None
    id: str = ""


def matched(lines: Sequence[SentLine], prepared: Iterable[tuple[str, str]]) -> list[SentLine]:
    """The lines with the plan's ids: one that came without an id is the plan's first line for the same recipient that
    nobody else named. `prepared`: id and recipient of each line of the plan."""
    free = {id_: to for id_, to in prepared if id_ not in {line.id for line in lines}}
    found = []
    for line in lines:
        id_ = line.id or next((one for one, to in free.items() if to == line.to), "")
        free.pop(id_, None)
        found.append(line._replace(id=id_))
    return found


def unsaid(prepared: Collection[str], sent: Iterable[str], left_out: Mapping[str, str]) -> list[str]:
    """Lines of the plan that are neither sent nor left out with a reason, in the plan's order."""
    settled = {*sent, *(id_ for id_, reason in left_out.items() if reason.strip())}
    return [id_ for id_ in prepared if id_ not in settled]


def unknown(prepared: Collection[str], sent: Iterable[str], left_out: Iterable[str]) -> list[str]:
    """Ids that the plan's package does not have, or that went out before."""
    return [id_ for id_ in (*sent, *left_out) if id_ and id_ not in prepared]


def twice(sent: Iterable[str], left_out: Iterable[str]) -> list[str]:
    """Ids that are sent twice, or sent and left out."""
    seen: set[str] = set()
    found = []
    for id_ in (*sent, *left_out):
        if id_ and id_ in seen:
            found.append(id_)
        seen.add(id_)
    return found
