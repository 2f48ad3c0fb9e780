"""Rows written by statements composed once: many at a time, or where one may be there already."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic

from django.db import DEFAULT_DB_ALIAS, connections

from common.database.prepared_statements import Row, Statement

_UNLESS_THERE = " ON CONFLICT DO NOTHING"
_NOTHING: Any = object()
#: In one statement.
MOST_ROWS = 500


class Rows(Generic[Row]):
    """Rows of a model without parents, to be written. How a value looks in the database is its field's business."""

    def __init__(self, model: type[Row]) -> None:
        self.model = model

    def insert_all(self, rows: Sequence[Row], *, unless_there: bool = False) -> None:
        """INSERT many with one statement; none gets its key. `unless_there`: without those that a row stands in
        the way of. A column may be computed by the database (a RawSQL in its place)."""
        for begin in range(0, len(rows), MOST_ROWS):
            self._insert_few(rows[begin : begin + MOST_ROWS], _UNLESS_THERE if unless_there else "")

    def insert_each(self, rows: Sequence[Row]) -> None:
        """INSERT many with one statement; each gets its key, in the order they stand in."""
        for begin in range(0, len(rows), MOST_ROWS):
            few = rows[begin : begin + MOST_ROWS]
            found = self._insert_few(few, self._returning)
            for row, (pk,) in zip(few, found, strict=True):
                self._stored(row, pk)

    def insert(self, row: Row) -> None:
        """INSERT a row that is not stored yet; it gets its key. Raises what the ORM would."""
        self._insert(row, self._strict)

    def insert_unless_there(self, row: Row) -> bool:
        """The same, or False where one stands in its way. Waits for a twin that has not committed yet."""
        return self._insert(row, self._cautious)

    def _insert(self, row: Row, statement: Statement) -> bool:
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            statement.run(cursor, self._values(row, database))
            found = cursor.fetchone()
        if found is None:
            return False
        self._stored(row, found[0])
        return True

    def _stored(self, row: Row, pk: Any) -> None:
        row.pk = pk
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS

    def _insert_few(self, rows: Sequence[Row], ending: str) -> list[tuple]:
        """What the statement returns, if its ending asks for something."""
        database = connections[DEFAULT_DB_ALIAS]
        columns = [self._column(field, rows, database) for field in self._given]
        lines: list[str] = []
        given: list[Any] = []
        for values in zip(*columns, strict=True):
            if any(hasattr(value, "as_sql") for value in values):
                marks = []
                for value in values:
                    mark, own = value.as_sql(None, database) if hasattr(value, "as_sql") else ("%s", [value])
                    marks.append(mark)
                    given += own
                lines.append(f"({', '.join(marks)})")
            else:
                lines.append(self._marks)
                given += values
        with database.cursor() as cursor:
            cursor.execute(f"{self._into} VALUES {', '.join(lines)}{ending}", given)
            return cursor.fetchall() if cursor.description else []

    def _column(self, field: Any, rows: Sequence[Row], database: Any) -> list[Any]:
        """A column of all rows. Most hold the same value again and again: the field prepares each of them once."""
        prepared: list[Any] = []
        last = ready = _NOTHING
        for row in rows:
            value = field.pre_save(row, add=True)
            if value is not last:
                last, ready = value, field.get_db_prep_save(value, database)
            prepared.append(ready)
        return prepared

    def _values(self, row: Row, database: Any) -> list[Any]:
        # The connection itself: asking the proxy for it once for each column costs as much as the columns.
        return [field.get_db_prep_save(field.pre_save(row, add=True), database) for field in self._given]

    @cached_property
    def _given(self) -> list[Any]:
        return [field for field in self.model._meta.concrete_fields if not field.primary_key]

    @cached_property
    def _into(self) -> str:
        names = ", ".join(f'"{field.column}"' for field in self._given)
        return f'INSERT INTO "{self.model._meta.db_table}" ({names})'

    @cached_property
    def _marks(self) -> str:
        return f"({', '.join(['%s'] * len(self._given))})"

    @cached_property
    def _returning(self) -> str:
        return f' RETURNING "{self.model._meta.pk.column}"'

    @cached_property
    def _strict(self) -> Statement:
        return self._one("insert", "")

    @cached_property
    def _cautious(self) -> Statement:
        return self._one("offer", _UNLESS_THERE)

    def _one(self, verb: str, conflict: str) -> Statement:
        sql = f"{self._into} VALUES {self._marks}{conflict}{self._returning}"
        return Statement(f"{verb}_row_{self.model._meta.db_table}", sql)
