"""The commands of docs/operations.md by which a database goes back to a moment, on a PostgreSQL of its own."""

import os
import re
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg2
import pytest

from tests.processes import ROOT, Postgres, eventually, free_port, postgres_bin

pytestmark = [pytest.mark.production, pytest.mark.fault, pytest.mark.slow]

GUIDE = (ROOT / "docs" / "operations.md").read_text()


def block(fence: str) -> str:
    (found,) = re.findall(rf"^```{fence}\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def archiving(tmp_path):
    """A server that keeps what the guide tells it to keep, in a folder of its own."""
    server = Postgres(tmp_path / "postgres")
    server._make_cluster()
    wal = Path(server._room.name) / "wal"
    wal.mkdir()
    if account := server._account:
        os.chown(wal, account.pw_uid, account.pw_gid)
        os.chown(wal.parent, account.pw_uid, account.pw_gid)
    with (server._cluster / "postgresql.conf").open("a") as conf:
        conf.write(block("ini").replace("/srv/wal", str(wal)))
    with server:
        yield server, wal


def run(server, name: str, **values: str) -> None:
    done = subprocess.run(
        ["bash", "-euc", block(f"sh {name}")],
        cwd=server._room.name,
        env={"PATH": f"{postgres_bin()}:{os.environ['PATH']}", **values},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **server.options(),
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def ask(address: str, *statements: str):
    with closing(psycopg2.connect(address)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def test_a_mistake_is_gone_and_what_was_before_it_is_there(archiving):
    server, wal = archiving
    room, address = server._room.name, server.url
    ask(address, "CREATE TABLE said (word text)", "SELECT 1")
    run(server, "base", PRIMARY=address, BASE=f"{room}/base")
    (before,) = ask(address, "INSERT INTO said VALUES ('good')", "SELECT clock_timestamp()")
    assert isinstance(before, datetime)
    ask(address, "UPDATE said SET word = 'mistake'", "SELECT pg_switch_wal()")
    eventually(lambda: ask(address, "SELECT archived_count FROM pg_stat_archiver")[0] >= 2, what="it is kept")

    port = str(free_port())
    again = {"PGDATA": f"{room}/again", "PGPORT": port}
    # The tests' server gets this on its command line.
    with (Path(room) / "base" / "postgresql.conf").open("a") as conf:
        conf.write("unix_socket_directories = '.'\nmax_connections = 200\narchive_mode = off\n")
    run(server, "moment", BASE=f"{room}/base", WAL=str(wal), UNTIL=before.isoformat(), **again)
    try:
        there = address.replace(f":{server.port}/", f":{port}/")
        eventually(lambda: not ask(there, "SELECT pg_is_in_recovery()")[0], what="it has taken over")
        assert ask(there, "SELECT word FROM said") == ["good"]
        assert ask(there, "INSERT INTO said VALUES ('on') RETURNING word") == ["on"]
    finally:
        subprocess.run(
            [postgres_bin() / "pg_ctl", "--pgdata", again["PGDATA"], "--mode=immediate", "--wait", "stop"],
            cwd=room,
            check=True,
            capture_output=True,
            **server.options(),
        )
