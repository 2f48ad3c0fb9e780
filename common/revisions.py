"""A row that counts its changes in `rev`: who has read an older one changes nothing unseen."""

from typing import Any, Protocol

from common.errors import Stale


class Revised(Protocol):
    rev: int

    def save(self, *args: Any, **kwargs: Any) -> None: ...


def check_rev(row: Revised, rev: int | None, sentence: str) -> None:
    """Raise Stale with the room's sentence where somebody has changed the row since `rev`. None: no check."""
    if rev is not None and rev != row.rev:
        raise Stale("stale", sentence)


def save(row: Revised, *fields: str) -> None:
    """Write these fields as the next revision. The caller holds the row's lock."""
    row.rev += 1
    row.save(update_fields=[*fields, "rev"])
