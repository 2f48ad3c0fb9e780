"""Statements that are prepared once per connection, and the rows that one written by hand has found.

How a value looks in Python stays the business of the model's fields.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class Statement:
    """SQL with %s for each value. PostgreSQL plans it once per connection, which takes longer than running it."""

    def __init__(self, name: str, sql: str) -> None:
        self.name, self.sql = name, sql
        many = sql.count("%s")
        self._prepare = f"PREPARE {name} AS " + sql % tuple(f"${n}" for n in range(1, many + 1))
        marks = f" ({', '.join(['%s'] * many)})" if many else ""
        self._execute = f"EXECUTE {name}{marks}"

    def run(self, cursor: Any, values: Sequence[Any]) -> None:
        cursor.execute(self.ready(), values)

    def ready(self) -> str:
        """What is to be executed with the values, after this connection has prepared it: past Django's cursor, for
        that belongs to the connection, not to what this request asks."""
        database = connections[DEFAULT_DB_ALIAS]
        database.ensure_connection()
        session = database.connection
        if not hasattr(session, "prepared"):  # SQLite, or a connection without a pool
            return self.sql
        if self.name not in session.prepared:
            with database.wrap_database_errors, session.cursor() as bare:
                bare.execute(self._prepare)
            session.prepared |= {self.name}
        return self._execute


class Table(Generic[Row]):
    """The rows of a model without parents: `columns` for a SELECT by hand, `read` for what it found."""

    def __init__(self, model: type[Row]) -> None:
        self.model = model

    @cached_property
    def _fields(self) -> list[Any]:
        return list(self.model._meta.concrete_fields)

    @cached_property
    def _names(self) -> list[str]:
        return [field.attname for field in self._fields]

    def __len__(self) -> int:
        return len(self._fields)

    def columns(self, alias: str) -> str:
        """All columns, in the order `read` takes them."""
        return ", ".join(f'{alias}."{field.column}"' for field in self._fields)

    def read(self, values: Sequence[Any]) -> Row | None:
        """The row with these values; None where an outer join found none."""
        if values[self._names.index(self.model._meta.pk.attname)] is None:
            return None
        ready = list(values)
        for place, column, converters in self._converters:
            for convert in converters:
                ready[place] = convert(ready[place], column, connection)
        return self.model.from_db(connection.alias, self._names, ready)

    @cached_property
    def _converters(self) -> list[tuple[int, Any, list[Any]]]:
        table, found = self.model._meta.db_table, []
        for place, field in enumerate(self._fields):
            column = field.get_col(table)
            converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
            if converters:
                found.append((place, column, converters))
        return found
