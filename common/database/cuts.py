"""A list that is cut says so: how many there are in all, counted by the database."""

from typing import Any, NamedTuple

from django.db.models import QuerySet


class Cut(NamedTuple):
    rows: list[Any]
    total: int

    @property
    def rest(self) -> int:
        """How many are not here."""
        return self.total - len(self.rows)


def cut(rows: QuerySet[Any], most: int) -> Cut:
    """The first `most` rows. All are counted only where there are more: one query, or two however long the list is."""
    found = list(rows[: most + 1])
    total = len(found) if len(found) <= most else rows.order_by().count()
    return Cut(found[:most], total)
