"""Make the migrated databases of a run before anybody asks for them: python -m tests.migrated [postgres://…]

Two workers that begin together would both migrate, a minute each, and keep the models of every migration in memory for
the whole run. Here it is done once, while one processor reads the code for faults.
"""

import os
import sys
import tempfile
from pathlib import Path

import psycopg2

from tests.processes import environment, migrate

NAME = "migrated"


def main(server: str = "") -> None:
    """On SQLite, and on the PostgreSQL server behind this address where one is given; its REDIS is TEST_REDIS_URL."""
    with tempfile.TemporaryDirectory(prefix="tests-migrated-") as folder:
        migrate(environment(Path(folder)))
        if not server:
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
