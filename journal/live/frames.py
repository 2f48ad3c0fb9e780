"""The messages on the live socket, as text. The reader of these lines is static/js."""

import json
from datetime import UTC, datetime

from journal.queries import ThinEntry


def hello(number: int) -> dict:
    """Entries after `number` follow."""
    return _message(type="hello", number=number)


#: A third of what a screen that asks costs the server, and the longest time over which a crowd is spread.
MS_PER_SCREEN, LONGEST_SPREAD_MS = 0.5, 2000
#: Fewer are answered at once anyway.
CROWD = 40


def spread_over(screens: int) -> int:
    """Milliseconds over which so many screens spread their questions about the same entry; 0 where they need not."""
    return min(LONGEST_SPREAD_MS, round(screens * MS_PER_SCREEN)) if screens > CROWD else 0


def entry(line: ThinEntry, spread: int = 0) -> dict:
    """What is new: enough to know what to fetch again, never what happened. `spread`: ask some time within so many
    milliseconds, for many others ask as well."""
    return _message(
        type="entry",
        number=line.number,
        kind=line.kind,
        subject=line.subject,
        unit=line.unit,
        level=line.level,
        thread=line.thread,
        **({"spread": spread} if spread else {}),
    )


def beat(number: int, at: datetime, more: dict) -> dict:
    """The journal was read at `at` and ended with `number`. Whoever hears no beat shows an old picture."""
    return _message(type="beat", number=number, at=at.astimezone(UTC).isoformat(), **more)


def rights(number: int) -> dict:
    """What this person may see has changed: fetch everything on the page again."""
    return _message(type="rights", number=number)


def reload(number: int) -> dict:
    """The entries in between cannot be replayed: fetch the whole page again."""
    return _message(type="reload", number=number)


def _message(**fields) -> dict:
    """An ASGI message, made once and sent to any number of sockets.

    `frame` is the same as bytes on the wire, for a server that takes them (journal.live.send_queue); others ignore it.
    """
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return {"type": "websocket.send", "text": text, "frame": _frame(text.encode())}


def _frame(data: bytes) -> bytes:
    """A whole, unmasked text frame (RFC 6455, 5.2). None of ours is as long as 65,536 bytes."""
    if len(data) < 126:
        return bytes((0x81, len(data))) + data
    return b"\x81\x7e" + len(data).to_bytes(2, "big") + data
