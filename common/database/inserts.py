"""Rows written by statements composed once: many at a time, or where one may be there already."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic

from django.db import DEFAULT_DB_ALIAS, connections

from common.database.prepared_statements import Row, Statement

_UNLESS_THERE = " ON CONFLICT DO NOTHING"
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
        row.pk = found[0]
        row._state.adding, row._state.db = False, database.alias
        return True

    def _insert_few(self, rows: Sequence[Row], conflict: str) -> None:
        database = connections[DEFAULT_DB_ALIAS]
        lines: list[str] = []
        given: list[Any] = []
        for row in rows:
            marks = []
            for value in self._values(row, database):
                mark, values = value.as_sql(None, database) if hasattr(value, "as_sql") else ("%s", [value])
                marks.append(mark)
                given += values
            lines.append(f"({', '.join(marks)})")
        with database.cursor() as cursor:
            cursor.execute(f"{self._into} VALUES {', '.join(lines)}{conflict}", given)

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
    def _strict(self) -> Statement:
        return self._one("insert", "")

    @cached_property
    def _cautious(self) -> Statement:
        return self._one("offer", _UNLESS_THERE)

    def _one(self, verb: str, conflict: str) -> Statement:
        meta, marks = self.model._meta, ", ".join(["%s"] * len(self._given))
        sql = f'{self._into} VALUES ({marks}){conflict} RETURNING "{meta.pk.column}"'
        return Statement(f"{verb}_row_{meta.db_table}", sql)
