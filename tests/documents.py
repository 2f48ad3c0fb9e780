"""The commands of a page, word for word: its blocks fenced as `sh NAME`, run with their variables filled in."""

import os
import re
import secrets
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.processes import COMMAND_SECONDS, ROOT, Postgres, eventually, free_port, postgres_bin


def blocks(page: str, language: str = "sh") -> dict[str, str]:
    """By the name behind the language: ```sh NAME."""
    text = (ROOT / page).read_text()
    return dict(re.findall(rf"^```{language} ([\w-]+)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))


def run(block: str, **options) -> str:
    """What it printed; an error where a command of it fails."""
    done = subprocess.run(
        ["bash", "-euc", block], capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False, **options
    )  # fmt: skip
    assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def programs() -> str:
    """A PATH with this Python and with PostgreSQL's own programs."""
    return f"{Path(sys.executable).parent}:{postgres_bin()}:{os.environ['PATH']}"


class Machine:
    """Another machine with PostgreSQL on it and nothing else: blocks of a page make a server there and start it."""

    def __init__(self, room: str, first: Postgres, page: str):
        self.room, self._blocks, self._first = Path(room), blocks(page), first
        #: On a machine of its own it would have the usual one.
        self.port = free_port()
        password = secrets.token_hex(8)
        self.values = {
            "PATH": programs(),
            "PGDATA": f"{room}/data",
            "PGPORT": str(self.port),
            "PRIMARY": first.url,
            "STANDBY": f"postgres://postgres@127.0.0.1:{self.port}/postgres",
            "REPLICA_PASSWORD": password,
            "FROM_PRIMARY": f"postgres://replica:{password}@127.0.0.1:{first.port}/postgres",
        }

    @property
    def log(self) -> str:
        file = Path(self.values["PGDATA"], "start.log")
        return file.read_text() if file.exists() else ""

    def follow(self, *names: str, **values: str) -> str:
        return "".join(self.bash(self._blocks[name], **values) for name in names)

    def bash(self, block: str, **values: str) -> str:
        try:
            return run(block, cwd=self.room, env={**self.values, **values}, **self._first.options())
        except AssertionError as error:
            error.add_note(self.log)
            raise

    def address(self, url: str) -> str:
        """The same database here."""
        return url.replace(f":{self._first.port}/", f":{self.port}/")

    def stop(self, mode: str = "fast") -> None:
        self.bash(
            f'[[ ! -f "$PGDATA/postmaster.pid" ]] || pg_ctl --pgdata="$PGDATA" --mode={mode} --wait stop'
        )


@contextmanager
def machine(first: Postgres, page: str):
    """A second machine beside `first`; at the end it is gone, and `first` is as it was.

    The tests' server gets some settings on its command line; a copy takes along only what is in the files.
    """
    with tempfile.TemporaryDirectory(prefix="tests-machine-") as room:
        if account := first._account:
            os.chown(room, account.pw_uid, account.pw_gid)
        made = Machine(room, first, page)
        for name, value in (("max_connections", "200"), ("unix_socket_directories", "'.'")):
            made.bash(f'psql "$PRIMARY" --command "ALTER SYSTEM SET {name} = {value}"')
        try:
            yield made
        finally:
            made.stop("immediate")
            if not first.is_alive:
                first.start()
            made.bash(
                """psql "$PRIMARY" --command "ALTER SYSTEM RESET ALL" --command "SELECT pg_reload_conf()" """
            )
            busy = (
                """psql "$PRIMARY" -At --command "SELECT slot_name FROM pg_replication_slots WHERE active" """
            )
            eventually(lambda: not made.bash(busy).strip(), what="it has noticed that nobody follows")
            made.bash(
                """psql "$PRIMARY" --command "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots" \
                --command "DROP ROLE IF EXISTS replica" """
            )
