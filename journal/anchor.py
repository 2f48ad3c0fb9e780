"""Anchors: the head's number and hash, written where the database's owner does not write.

A chain alone cannot show a cut tail or a full rewrite; a line in a file on another disk can. The file is
append-only by habit; copy it off the machine (docs/operations.md).
"""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from journal.models import Head
from journal.record import stamp


def anchor_file() -> Path:
    return Path(settings.DATA_DIR) / "journal-anchors.txt"


def write(now: datetime) -> bool:
    """Append the present head unless the last line already holds it. True if a line was written."""
    head = Head.objects.filter(pk=1).first()
    if head is None or head.number == 0:
        return False
    if max(read(), default=0) == head.number:
        return False
    with anchor_file().open("a", encoding="ascii") as file:
        file.write(f"{stamp(now)} {head.number} {head.hash}\n")
    return True


def read() -> dict[int, str]:
    """Number → hash of every anchor line that is whole (a power cut may leave half a line)."""
    if not anchor_file().exists():
        return {}
    anchors = {}
    for line in anchor_file().read_text(encoding="ascii").splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[1].isdigit() and len(parts[2]) == 64:
            anchors[int(parts[1])] = parts[2]
    return anchors
