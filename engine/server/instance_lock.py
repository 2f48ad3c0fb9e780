"""The embedded profile is exactly one process: it holds a lock on its data folder for as long as it lives."""

import fcntl
from pathlib import Path
from typing import IO

from django.conf import settings


def take() -> IO | None:
    """Take the lock; keep what is returned. None if another process has it. A process that dies gives it back."""
    file = (Path(settings.DATA_DIR) / "serving.lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
