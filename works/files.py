"""Where results lie: DATA_DIR/works, a file for each attempt, for the service's own account. No address leads there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

#: A file that no row names is being written, or was left by a process that died.
ABANDONED = timedelta(days=1)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "works"


def name_of(pk: int, holder: str) -> str:
    """Each attempt has a file of its own: one that was thought dead writes into nobody else's."""
    return f"{pk}-{holder}"


@contextmanager
def written(name: str) -> Iterator[BinaryIO]:
    """A new file, on the disk when this ends; taken away where it ends by an error."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder() / name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        erase(name)
        raise


def opened(name: str) -> BinaryIO:
    """Raises FileNotFoundError."""
    return (folder() / name).open("rb")


def erase(name: str) -> None:
    if name:
        with suppress(FileNotFoundError):
            (folder() / name).unlink()


def sweep(named: set[str], now: datetime) -> int:
    """Take away what no row names and nobody writes any more. Returns how many."""
    if not folder().is_dir():
        return 0
    old = (now - ABANDONED).timestamp()
    gone = [one for one in folder().iterdir() if one.name not in named and one.stat().st_mtime < old]
    for one in gone:
        one.unlink(missing_ok=True)
    return len(gone)
