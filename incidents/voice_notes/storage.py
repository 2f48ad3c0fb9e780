"""Where voice notes lie: DATA_DIR/voice, each sealed under a random name. No address of the web leads there."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from common.database.encrypted_fields import seal_bytes, unseal_bytes
from incidents.voice_notes.models import VoiceNote

#: A file without a row that is older than this belongs to nothing: its transaction has ended long ago.
ABANDONED = timedelta(hours=1)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "voice"


def store(content: bytes) -> str:
    """Write it sealed and whole, for the service's own account; returns its name."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    partial = folder() / f"{name}.part"
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seal_bytes(content))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder() / name)
    return name


def read(note: VoiceNote) -> bytes | None:
    """What was recorded; None where the file is gone or no known key opens it."""
    try:
        return unseal_bytes((folder() / note.file).read_bytes()) if note.file else None
    except FileNotFoundError:
        return None


def erase(note: VoiceNote) -> None:
    """Take the file away for good as soon as the transaction stands. The caller records it."""
    name, note.file = note.file, ""
    note.save(update_fields=["file"])
    if name:
        transaction.on_commit(lambda: _unlink(name))


def sweep(now: datetime) -> int:
    """Take away what no row names: left by a process that died between file and row. Returns how many."""
    if not folder().is_dir():
        return 0
    named = set(VoiceNote.objects.exclude(file="").values_list("file", flat=True))
    old = (now - ABANDONED).timestamp()
    gone = [one for one in folder().iterdir() if one.name not in named and one.stat().st_mtime < old]
    for one in gone:
        one.unlink(missing_ok=True)
    return len(gone)


def _unlink(name: str) -> None:
    (folder() / name).unlink(missing_ok=True)
