"""Make the migrated database of a run before anybody asks for it: python -m tests.migrated [postgres://…]

Two workers that begin together would both migrate, a minute each, and keep the models of every migration in memory for
the whole run. Here it is done once, while the other processor reads the code for faults.
"""

import os
import sys
import tempfile
from pathlib import Path

import psycopg2

from tests.processes import environment, migrate

NAME = "migrated"


def main(server: str = "") -> None:
    """On SQLite; or on the PostgreSQL server behind this address, whose Redis is TEST_REDIS_URL."""
    with tempfile.TemporaryDirectory(prefix="tests-migrated-") as folder:
        if not server:
            migrate(environment(Path(folder)))
            return
        _ask(server, f"CREATE DATABASE {NAME}")
        url = f"{server.rpartition('/')[0]}/{NAME}"
        migrate(environment(Path(folder), DATABASE_URL=url, REDIS_URL=os.environ["TEST_REDIS_URL"]))
        _ask(server, f"DROP DATABASE {NAME} WITH (FORCE)")


def _ask(server: str, statement: str) -> None:
    connection = psycopg2.connect(server)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
