"""Anchors: the head's number and hash, written where the database's owner does not write.

A chain alone cannot show a cut tail or a full rewrite; a line in a file on another disk can. The file is
append-only by habit; copy it off the machine (docs/operations.md).
"""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from journal.models import Head
from journal.record import stamp

#: Bytes of the newest lines, some six hundred of them.
RECENT = 64_000


def anchor_file() -> Path:
    return Path(settings.DATA_DIR) / "journal-anchors.txt"


def write(now: datetime) -> bool:
    """Append the present head unless the last line already holds it. True if a line was written."""
    head = Head.objects.filter(pk=1).first()
    if head is None or head.number == 0:
        return False
    newest = _newest_lines()
    if newest and _parse(newest[-1]) == (head.number, head.hash):
        return False
    # A power cut may have left half a line; it must not spoil this one.
    begin = "\n" if newest and not newest[-1].endswith("\n") else ""
    with anchor_file().open("a", encoding="ascii") as file:
        file.write(f"{begin}{stamp(now)} {head.number} {head.hash}\n")
    return True


def read() -> dict[int, str]:
    """Number → hash of every anchor line that is whole."""
    if not anchor_file().exists():
        return {}
    with anchor_file().open(encoding="ascii", errors="replace") as file:
        return dict(found for line in file if (found := _parse(line)))


def recent() -> dict[int, str]:
    """The same of the newest lines only, for whoever looks every half minute."""
    return dict(found for line in _newest_lines() if (found := _parse(line)))


def _newest_lines() -> list[str]:
    try:
        with anchor_file().open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - RECENT))
            return file.read().decode("ascii", "replace").splitlines(keepends=True)
    except FileNotFoundError:
        return []


def _parse(line: str) -> tuple[int, str] | None:
    parts = line.split()
    if len(parts) == 3 and parts[1].isdigit() and len(parts[2]) == 64:
        return int(parts[1]), parts[2]
    return None
