"""One moment of the database, for whoever reads much and must not be confused by what is written meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Everything read inside is of one moment, and nobody waits for it.

    Within a transaction of the caller it is that transaction, with what it sees.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with _reading_sqlite():
            yield


@contextmanager
def _reading_sqlite() -> Iterator[None]:
    """`atomic()` would begin IMMEDIATE, and hold up every alarm for as long as the reading takes."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
