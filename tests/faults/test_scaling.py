"""The commands of docs/scaling.md, word for word: a standby that serves what is read, partitions."""

import shlex
import sys
from itertools import dropwhile

import psycopg2
import pytest

from tests.documents import blocks, machine, programs, run
from tests.installations import APPLICATION, OWNER, Installation
from tests.processes import ROOT, Server, eventually, manage, python

pytestmark = [pytest.mark.production, pytest.mark.fault, pytest.mark.measured, pytest.mark.slow]

BLOCKS = blocks("docs/scaling.md")


@pytest.fixture
def bureau(production_bureau):
    """PostgreSQL alone is meant."""
    return production_bureau


READING = (
    "/report/matrix/",
    "/reports/history/",
    "/reports/burden/",
    "/reports/volume/C1/2026/",
)

SIGNED_IN = """
from datetime import timedelta
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from accounts.models import OpenSession, User
from accounts.access.sessions import MARK
now = timezone.now()
row = OpenSession.objects.create(
    user=User.objects.get(username="county1.duty"), session_key="{key}", address="", device="",
    signed_in_at=now - timedelta(hours=1), seen_at=now - timedelta(minutes=2),
)
session = SessionStore("{key}")
session[MARK] = row.pk
session.save()
"""

#: Opens the days up to so many from now, and closes those whose cut-off is over.
CUT_OFF = """
from datetime import timedelta
from django.utils import timezone
from zero_reports.rounds.jobs import run_rounds
run_rounds(timezone.now() + timedelta(days={days}))
"""


class Reading(Server):
    """A web process started by the guide's line: the settings it names, then the command."""

    name = "reading"

    def command(self):
        words = shlex.split(BLOCKS["web"])
        command = list(dropwhile(lambda word: "=" in word, words))
        named = dict(word.split("=", 1) for word in words[: len(words) - len(command)])
        assert named.pop("DATABASE_URL") == "$REPLICA"
        self.env |= named
        return [sys.executable, *command[1:]]


def test_a_standby_serves_what_is_read_and_writes_nothing(installation, bureau):
    with machine(bureau.postgres, "docs/operations.md") as second:
        second.follow("role", "standby")
        env = {**installation.env, "DATABASE_URL": second.address(installation.env["DATABASE_URL"])}
        replica = Installation(installation.folder, env, installation.keys)
        # Somebody signed in on the primary and was last noted there two minutes ago.
        python(SIGNED_IN.format(key=installation.keys["county1.duty"][1]), env=installation.env)
        eventually(lambda: replica.one("SELECT count(*) FROM accounts_opensession"), what="it follows")

        with Reading(env=replica.env) as web:
            duty = replica.browser("county1.duty", web)
            answers = {path: duty.get(path).status for path in READING}
            written = duty.form("/alarm/", {"unit": "V111", "place": "hall", "idempotency_key": "k"}).status

    assert answers == dict.fromkeys(READING, 200)
    assert written == 503


def names(installation) -> set[str]:
    """Constraints and indexes of the silences that migrations know by name."""
    rows = installation.rows(
        """SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
           WHERE indrelid = 'zero_reports_silence'::regclass AND NOT indisprimary"""
    )
    return {name for (name,) in rows}


def run_as_owner(installation, name: str) -> None:
    """A block of the guide, with the address of the tables' owner filled in."""
    owner = installation.env["DATABASE_URL"].replace(f"//{APPLICATION}@", f"//{OWNER}@")
    run(
        BLOCKS[name],
        cwd=ROOT,
        env={**installation.env, "PATH": programs(), "OWNER": owner, "MIGRATE_DATABASE_URL": owner},
    )


def test_silences_divided_by_month(installation, bureau):
    python(CUT_OFF.format(days=1), env=installation.env)
    before = installation.rows("SELECT id, unit_id, cadence, day FROM zero_reports_silence ORDER BY id")
    known = names(installation)
    foreign = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'zero_reports_silence'::regclass"
    keys = installation.one(foreign)

    # A copy belongs to who copied it; the delivered script gives the database to the owner of its tables.
    database = installation.env["DATABASE_URL"].rpartition("/")[2]
    installation.rows(f"ALTER DATABASE {database} OWNER TO {OWNER}")
    run_as_owner(installation, "partition")
    run_as_owner(installation, "months")
    python(CUT_OFF.format(days=2), env=installation.env)

    after = installation.rows("SELECT id, unit_id, cadence, day FROM zero_reports_silence ORDER BY id")
    assert before
    assert after[: len(before)] == before
    # Fewer units than the day before may be asked: not all report on a day off.
    added = after[len(before) :]
    assert added
    assert {row[3] for row in added}.isdisjoint({row[3] for row in before})
    assert len({row[0] for row in after}) == len(after)
    assert (names(installation), installation.one(foreign)) == (known, keys)
    parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'zero_reports_silence'::regclass"
    assert installation.one(parts) in (15, 16)
    assert installation.one("SELECT count(*) FROM zero_reports_silence_rest") == 0
    with pytest.raises(psycopg2.errors.UniqueViolation):
        installation.rows("INSERT INTO zero_reports_silence SELECT * FROM zero_reports_silence")

    backup = installation.folder / "backup"
    manage("backup", str(backup), env=installation.env)
    elsewhere = {**installation.env, "DATABASE_URL": bureau.postgres.create("restored")}
    try:
        assert "journal whole" in manage("restore", str(backup), env=elsewhere)
        assert manage("migrate", "--check", env=elsewhere) == ""
    finally:
        bureau.postgres.drop("restored")
