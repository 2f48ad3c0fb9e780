"""What the rooms above know at the moment of sending: a reminder of what has been done since is not sent.

A room registers a check for the purposes that begin with a word of its own; it is asked once per batch.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from notices.models import Notice

#: notices, moment → notice → why it is not needed any more.
Check = Callable[[Sequence[Notice], datetime], dict[int, str]]

_checks: dict[str, Check] = {}


def register(purpose: str, check: Check) -> None:
    """Have `check` asked about notices whose purpose begins with `purpose`."""
    _checks[purpose] = check


def not_needed(batch: Sequence[Notice], now: datetime) -> dict[int, str]:
    """Of a batch that is about to leave: which notices are not true any more, and why."""
    gone: dict[int, str] = {}
    for purpose, check in _checks.items():
        mine = [notice for notice in batch if notice.purpose.startswith(purpose)]
        if mine:
            gone |= check(mine, now)
    return gone
