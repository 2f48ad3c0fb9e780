"""How many wait for the provider at the same time.

The one place where a page waits for another machine (ADR 0250). A provider that hangs keeps at most `TURNS` of a
process's threads, so that alarms and boards go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.utils.translation import gettext as _

from accounts.central import way
from common.errors import TryAgain

#: Sign-ins of one process that may wait for the provider at the same time.
TURNS = 4

_turns = BoundedSemaphore(TURNS)


@contextmanager
def turn() -> Iterator[None]:
    """Held while the provider is asked; raises TryAgain `central_busy` when too many wait for it already."""
    if not _turns.acquire(blocking=False):
        raise TryAgain("central_busy", _(
            "Not signed in: %(name)s is slow and others are waiting for it. Try again in a moment."
        ) % {"name": way.name()}, other_way=True)  # fmt: skip
    try:
        yield
    finally:
        _turns.release()
