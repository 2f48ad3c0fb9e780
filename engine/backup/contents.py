"""How many rows each table has, at the one moment that a backup is of."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from journal.live.snapshot import one_snapshot
from journal.models import Head


class Counted(NamedTuple):
    #: The journal's last number.
    journal: int
    #: Table → rows.
    rows: dict[str, int]


def of_connection() -> Counted:
    """Of the database in use, in the caller's snapshot."""
    with connection.cursor() as cursor:
        names = sorted(connection.introspection.table_names(cursor))
        return _counted(cursor, names, connection.ops.quote_name)


def of_sqlite(file: Path) -> Counted:
    """Of a copy that lies in a file."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
        cursor = copy.cursor()
        tables = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        )
        names = [name for (name,) in cursor.execute(tables).fetchall()]
        return _counted(cursor, names, connection.ops.quote_name)


def _counted(cursor: Any, names: list[str], quote: Any) -> Counted:
    # Names of tables, from the database itself.
    rows = {name: _one(cursor, f"SELECT count(*) FROM {quote(name)}") for name in names}  # noqa: S608
    return Counted(_one(cursor, f"SELECT coalesce(max(number), 0) FROM {Head._meta.db_table}"), rows)  # noqa: S608


def _one(cursor: Any, sql: str) -> int:
    cursor.execute(sql)
    return cursor.fetchone()[0]


def differences(expected: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Table → (expected, there), of those that have another number of rows here."""
    there = of_connection().rows if expected else {}
    return {name: (count, there.get(name, 0)) for name, count in expected.items() if there.get(name) != count}


@contextmanager
def exported_snapshot() -> Iterator[str]:
    """A moment of PostgreSQL's that another program can read too, for as long as this is open."""
    with one_snapshot(), connection.cursor() as cursor:
        # It waits for that program, however long it takes.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]
