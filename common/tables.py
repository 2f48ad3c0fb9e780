"""Tables in code whose rows are found by name."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...


Row = TypeVar("Row", bound=Named)


def by_name(rows: Iterable[Row]) -> dict[str, Row]:
    """The rows by their names. Raises ValueError for a name that comes twice: a dict would keep the last in silence."""
    table: dict[str, Row] = {}
    for row in rows:
        if row.name in table:
            raise ValueError(f"{row.name} is listed twice: {table[row.name]} and {row}")
        table[row.name] = row
    return table
