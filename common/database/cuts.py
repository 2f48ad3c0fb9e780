"""A list that is cut says so: how many there are in all, counted by the database."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import QuerySet

from common.database.composed import Composed


class Cut(NamedTuple):
    rows: list[Any]
    total: int

    @property
    def rest(self) -> int:
        """How many are not here."""
        return self.total - len(self.rows)


def cut(ask: Callable[..., QuerySet[Any]], most: int, *values: Any) -> Cut:
    """The first `most` rows of `ask(*values)`, a module's function whose query is composed once. All are counted only
    where there are more: one query, or two however long the list is."""
    found = _first(ask, most + 1)(*values)
    total = len(found) if len(found) <= most else ask(*values).order_by().count()
    return Cut(found[:most], total)


@lru_cache(maxsize=100)
def _first(ask: Callable[..., QuerySet[Any]], most: int) -> Composed[Any]:
    return Composed(lambda *values: ask(*values)[:most])
