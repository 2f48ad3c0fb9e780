"""The commands as people run them: serve, run_engine, backup, restore."""

import signal
import subprocess
import sys
from contextlib import closing

import psycopg2
import pytest
from django.db import connection

from engine.backup import manifest
from tests.processes import ROOT, Engine, Server, eventually, free_port, manage, python

pytestmark = [pytest.mark.fault, pytest.mark.slow]

ENTRIES = """
from django.db import transaction
from django.utils import timezone
from journal.record import record
for _ in range(3):
    with transaction.atomic():
        record("incident.observed", subject="incident:1", actor=None, at=timezone.now())
"""


#: What tests and tools brought along and libraries of the product load where they find it: an installation has neither.
NOT_INSTALLED = ("jinja2", "pygments")
AS_INSTALLED = f"""
import runpy, sys
sys.modules.update(dict.fromkeys({NOT_INSTALLED!r}))
sys.argv = ["manage.py", "serve"]
runpy.run_path("manage.py", run_name="__main__")
"""


class Serve(Server):
    """`manage.py serve`, as script/server starts it, without what no installation has."""

    def command(self):
        return [sys.executable, "-c", AS_INSTALLED]


def serve(env, **more):
    return subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env={**env, **more},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def is_embedded(bare_env):
    return "DATABASE_URL" not in bare_env


def test_serving(bare_env, is_embedded):
    with Serve(env=bare_env, name="web") as server:
        assert server.status("/healthz") == 200
        assert f"http://127.0.0.1:{server.port}/" in server.tail()
        if is_embedded:
            eventually(lambda: server.status("/readyz") == 200, what="the jobs run")
            # Entries written by another process get their number from the ticker.
            python(ENTRIES.replace("transaction.atomic()", "transaction.atomic(durable=True)"), env=bare_env)
            assert server.memory() < 150 * 1024 * 1024

        taken = serve(bare_env, PORT=str(server.port))
        assert taken.returncode == 1
        assert f"port {server.port} of 127.0.0.1 is taken" in taken.stderr
        assert "Traceback" not in taken.stderr
        if is_embedded:
            twice = serve(bare_env, PORT=str(free_port()))
            assert "another process serves from" in twice.stderr

        assert server.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_engine_ends_when_it_is_told_to(bare_env, number):
    beats = "from engine.models import Heartbeat; print(Heartbeat.objects.count())"
    with Engine(env=bare_env) as engine:
        eventually(lambda: int(python(beats, env=bare_env)) >= 4, what="every lane has turned")
        engine.polite_signal = number

        assert engine.stop(seconds=10) == 0
        assert "engine: stopped" in engine.tail()


@pytest.mark.control(58)
def test_backup_and_restore(bare_env, tmp_path):
    folder = tmp_path / "backup"
    python(ENTRIES, env=bare_env)
    assert "up to number 3" in manage("backup", str(folder), env=bare_env)
    python(ENTRIES, env=bare_env)
    manage("run_engine", "--once", env=bare_env)  # anchors number 6

    done = run("restore", str(folder), env=bare_env)

    assert done.returncode == 0, done.stderr
    assert "journal whole: 3 entries" in done.stdout
    assert "entries 4 to 6 were written after this backup" in done.stderr
    python(ENTRIES, env=bare_env)
    assert "journal whole: 6 entries" in manage("verify_journal", env=bare_env)
    assert (folder / "manifest.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.control(58)
def test_a_backup_makes_a_new_machine(bare_env, tmp_path, elsewhere):
    python(ENTRIES, env=bare_env)
    manage("backup", str(tmp_path / "backup"), env=bare_env)

    assert "journal whole: 3 entries" in manage("restore", str(tmp_path / "backup"), env=elsewhere)
    assert manage("migrate", "--check", env=elsewhere) == ""


def test_a_backup_goes_into_a_new_folder_only(bare_env, tmp_path):
    (tmp_path / "mine").write_text("x")

    done = run("backup", str(tmp_path), env=bare_env)

    assert done.returncode == 1
    assert "not empty" in done.stderr


@pytest.mark.control(58)
def test_a_damaged_backup_is_not_restored(bare_env, tmp_path):
    folder = tmp_path / "backup"
    python(ENTRIES, env=bare_env)
    manage("backup", str(folder), env=bare_env)
    database = next(folder.glob("database.*"))
    database.write_bytes(database.read_bytes()[:-1] + b"?")

    done = run("restore", str(folder), env=bare_env)

    assert done.returncode == 1
    assert f"not as it was written: {database.name}" in done.stderr
    assert "journal whole: 3 entries" in manage("verify_journal", env=bare_env)


@pytest.mark.embedded_only
def test_nothing_is_restored_under_a_running_server(bare_env, tmp_path):
    folder = tmp_path / "backup"
    manage("backup", str(folder), env=bare_env)

    with Serve(env=bare_env):
        done = run("restore", str(folder), env=bare_env)

    assert done.returncode == 1
    assert "stop it first" in done.stderr


def run(*arguments, env):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_this_run_is_about_the_database_it_says(bare_env, is_embedded):
    assert is_embedded is (connection.vendor == "sqlite")


@pytest.mark.production
def test_a_restore_leaves_nothing_that_the_backup_does_not_know(bare_env, tmp_path):
    """After an upgrade that failed: tables and functions made since would be in the way of making them again."""
    folder = tmp_path / "backup"
    manage("backup", str(folder), env=bare_env)
    with closing(psycopg2.connect(bare_env["DATABASE_URL"])) as upgraded, upgraded.cursor() as cursor:
        cursor.execute("CREATE TABLE made_since (id bigint PRIMARY KEY REFERENCES accounts_user)")
        cursor.execute("CREATE FUNCTION made_since() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        upgraded.commit()

        assert "journal whole" in manage("restore", str(folder), env=bare_env)

        cursor.execute("SELECT to_regclass('made_since') IS NULL, to_regproc('made_since') IS NULL")
        assert cursor.fetchone() == (True, True)


@pytest.mark.production
def test_a_restore_that_fails_leaves_everything_as_it_was(bare_env, tmp_path):
    """A copy cut short that its list of checksums says is right: what was read of it is not kept."""
    folder = tmp_path / "backup"
    python(ENTRIES, env=bare_env)
    manage("backup", str(folder), env=bare_env)
    python(ENTRIES, env=bare_env)
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size * 3 // 4])
    about = manifest.read(folder)
    # Listed and signed anew by the key of this installation, as nobody else could.
    python(
        "from pathlib import Path\nfrom engine.backup import manifest\n"
        f"manifest.write(Path({str(folder)!r}), {about!r})",
        env=bare_env,
    )

    done = run("restore", str(folder), env=bare_env)

    assert done.returncode == 1
    assert "nothing was restored: pg_restore" in done.stderr
    assert "journal whole: 6 entries" in manage("verify_journal", env=bare_env)


def test_what_is_left_out_of_the_measure_is_in_no_installation():
    installed = (ROOT / "requirements.txt").read_text().lower()
    assert all(f"\n{name}==" not in installed for name in NOT_INSTALLED)
