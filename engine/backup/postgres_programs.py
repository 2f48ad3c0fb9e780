"""PostgreSQL's own programs for backup and restore: pg_dump, and pg_restore into psql."""

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.db import connection

#: What is there goes first, also tables that the backup's schema does not know yet (it was made before an upgrade).
#: Somebody who is still at work is waited for, but not for ever.
EMPTY = b"""
BEGIN;
SET LOCAL lock_timeout = '30s';
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT oid::regclass FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            AND pg_has_role(relowner, 'USAGE')
    LOOP
        EXECUTE 'DROP TABLE ' || name || ' CASCADE';
    END LOOP;
    FOR name IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP
        EXECUTE 'DROP ROUTINE ' || name || ' CASCADE';
    END LOOP;
END
$$;
"""
CHUNK = 1 << 20


class BackupError(Exception):
    """A sentence for the person who ran the command."""


def dump(file: Path, snapshot: str) -> None:
    """Write a copy of the database as it was at this exported snapshot, while everything runs."""
    form = ("--format=custom", "--no-owner", "--no-privileges")
    with _Program("pg_dump", *form, f"--snapshot={snapshot}", f"--file={file}") as program:
        program.finish()


def load(file: Path) -> None:
    """Put the copy in the place of what is there, in one transaction: what fails leaves everything as it was."""
    with (
        _Program("pg_restore", "--no-owner", "--no-privileges", "--file=-", str(file)) as reading,
        _Program("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1") as writing,
    ):
        writing.write(EMPTY)
        while chunk := reading.output.read(CHUNK):
            writing.write(chunk)
        # Not before the last line has been read, or half a copy would be committed.
        reading.finish()
        writing.write(b"\nCOMMIT;\n")
        writing.finish()


class _Program:
    """A program on the database of this installation."""

    def __init__(self, name: str, *arguments: str):
        self._name = name
        # A file, not a pipe that nobody reads while something else is waited for.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # closed at the end of this
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [name, *arguments],
                env={**os.environ, **_address()},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if name == "pg_restore" else subprocess.DEVNULL,
                stderr=self._said,
            )
        except FileNotFoundError as error:
            raise BackupError(f"{name} is not installed; install the PostgreSQL client programs") from error

    @property
    def output(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def write(self, text: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(text)
        except BrokenPipeError:
            self.finish()

    def finish(self) -> None:
        """Wait for its end. Raises BackupError if it was not a good one."""
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        if self._process.wait():
            self._said.seek(0)
            said = self._said.read().decode(errors="replace").strip()
            raise BackupError(f"{self._name}: {said[-1000:] or self._process.returncode}")

    def __enter__(self) -> "_Program":
        return self

    def __exit__(self, *error: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._said):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


def _address() -> dict[str, str]:
    """By the environment, because every account on the machine can read a command line. With how the line is sealed: by
    themselves these programs take a line in plain text, or a certificate of anybody."""
    given = connection.settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    sealed = {
        "PGSSLMODE": "sslmode",
        "PGSSLROOTCERT": "sslrootcert",
        "PGSSLCERT": "sslcert",
        "PGSSLKEY": "sslkey",
    }
    options = given.get("OPTIONS", {})
    found = {name: given.get(key) for name, key in names.items()}
    found |= {name: options.get(key) for name, key in sealed.items()}
    return {name: str(value) for name, value in found.items() if value}
