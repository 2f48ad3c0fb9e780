"""What each reason to tell somebody lasts on: one check per purpose, asked wherever a notice could go further.

`docs/notices.md` holds the table: what starts, repeats, changes and ends each of them. A room registers a check
for the purposes that begin with a word of its own. It is asked at every place at once: queueing refuses a
purpose nobody speaks for; before a claimed batch is sent; before a step that follows silence is taken; and by
the act that ends something, for screens and lists (notices.relevance.ending).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from common.hooks import NamedHook
from journal.keys import pk_of


class Told(Protocol):
    """A notice or a callout."""

    pk: int
    purpose: str
    subject: str


#: Rows of this room's purposes, moment → row → why it is not needed any more.
Check = Callable[[Sequence[Told], datetime], dict[int, str]]

#: What a row says that ended because its subject did.
OVER = "over"

#: By the purpose they speak for: it, and those that begin with it and a dot.
CHECKS: NamedHook[Check] = NamedHook()


def purposes() -> frozenset[str]:
    return frozenset(CHECKS)


def check_known(purpose: str) -> None:
    """Nothing is told of which nobody says when it ends."""
    if _room_of(purpose) is None:
        raise LookupError(
            f"notices of {purpose} were queued, but nothing says what ends them: "
            "register the purpose in the room's hooks.py and give it a line in docs/notices.md"
        )


def not_needed(rows: Iterable[Told], now: datetime) -> dict[int, str]:
    """Which of these notices (or callouts) are not true any more, and why."""
    mine: dict[str, list[Told]] = defaultdict(list)
    for row in rows:
        if name := _room_of(row.purpose):
            mine[name].append(row)
    gone: dict[int, str] = {}
    for name, some in mine.items():
        gone |= CHECKS[name](some, now)
    return gone


def _room_of(purpose: str) -> str | None:
    """The longest registered beginning: "warning.to_sign" of "warning.to_sign.2.C000-P1"."""
    name = purpose
    while name:
        if name in CHECKS:
            return name
        name = name.rpartition(".")[0]
    return None


# --- checks that many rooms need -----------------------------------------------------------------------------


def while_live(live: Callable[[set[int], datetime], Iterable[int]]) -> Check:
    """Needed while `live` names the subject among those it is asked about ("warning:7" → 7)."""

    def check(rows: Sequence[Told], now: datetime) -> dict[int, str]:
        asked = {pk_of(row.subject) for row in rows}
        alive = set(live(asked, now))
        return {row.pk: OVER for row in rows if pk_of(row.subject) not in alive}

    return check


def always(rows: Sequence[Told], now: datetime) -> dict[int, str]:
    """News of something that has happened: it stays true."""
    return {}
