"""A restore that is rehearsed, and a rehearsal that is missing."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from engine.background import auditor, expiry, nightly
from engine.backup import manifest, rehearsal, sealing
from engine.backup.postgres_programs import BackupError
from engine.models import NightlyJob
from journal.numbering import number_new
from journal.record import record
from tests.engine.test_sealed_backups import ENTRY, PERSON
from tests.processes import COMMAND_SECONDS, ROOT, manage, python

DAY = timedelta(days=1)
ROW = "from engine.backup.rehearsal import last; print(last().found)"


def rehearse(private, env):
    return subprocess.run(
        [sys.executable, "manage.py", "rehearse_restore", "--identity", "-"],
        cwd=ROOT,
        env=env,
        input=private,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


@pytest.mark.control(58)
@pytest.mark.fault
@pytest.mark.slow
def test_the_newest_backup_is_rehearsed_and_leaves_everything_as_it_was(bare_env, tmp_path):
    private, public = sealing.new_identity()
    env = {**bare_env, "BACKUP_RECIPIENTS": public, "BACKUP_DIR": str(tmp_path / "backups")}
    python(PERSON + ENTRY, env=env)
    for night in ("nightly-2026-11-28", "nightly-2026-11-29"):
        manage("backup", str(tmp_path / "backups" / night), env=env)
    python(ENTRY, env=env)

    said = rehearse(private, env)
    assert said.returncode == 0, said.stderr
    assert "日志条目（从头核验）: 1\n" in said.stdout
    assert "Journal, verified from the beginning: 1\n" in said.stdout
    assert Path(said.stderr.strip().splitlines()[-1]).read_text() in said.stdout
    assert python(ROW, env=env).strip() == "[]"
    counted = re.search(r"with as many rows as the backup says: (\d+)\n", said.stdout)
    assert counted
    assert int(counted[1]) > 90
    # Cut since: the rehearsal fails, and says so.
    newest = tmp_path / "backups" / "nightly-2026-11-29"
    database = next(newest.glob("database.*"))
    database.write_bytes(database.read_bytes()[:-1])
    failed = rehearse(private, env)

    assert failed.returncode == 1
    wrong = f"not as it was written: {database.name}. Take another backup"
    assert python(ROW, env=env).strip() == str(
        [["restore_unrehearsed", f"{newest.name}: nothing was restored: {wrong}"]]
    )
    # The present data is as it was, and nothing of the scratch is left.
    assert "journal whole: 2 entries" in manage("verify_journal", env=env)
    assert not list((tmp_path / "data").glob(".rehearsal-*"))
    assert manifest.read(newest)["journal"] == 1


def drill(now, *, fault="", ago=timedelta()):
    found = [["restore_unrehearsed", fault]] if fault else []
    return NightlyJob.objects.create(
        name=rehearsal.JOB, started_at=now - ago, ended_at=now - ago, found=found
    )


def found(now):
    return [code for code, _detail in expiry.find(now) if code == "restore_unrehearsed"]


@pytest.mark.parametrize(
    ("days", "ago", "fault", "is_said"),
    [(92, 91, "", False), (92, 93, "", True), (92, 1, "cut", True), (0, 93, "", False)],
)
def test_a_rehearsal_is_missing(db, settings, now, days, ago, fault, is_said):
    settings.RESTORE_DRILL_DAYS = days
    drill(now, ago=ago * DAY, fault=fault)

    assert bool(found(now)) is is_said


def test_where_none_ever_was_the_first_entry_counts(db, now):
    assert found(now) == []
    with transaction.atomic():
        record("incident.observed", subject="incident:1", actor=None, at=now)
    number_new()

    assert found(now + 91 * DAY) == []
    assert found(now + 93 * DAY) == ["restore_unrehearsed"]


@pytest.mark.parametrize(("ago", "words"), [(1, "已恢复，完整"), (93, "已过期"), (None, "从未演练")])
def test_the_system_page_says_when_it_was(cast, signed_in, now, ago, words):
    if ago:
        drill(now, ago=ago * DAY)
    nightly.run("expiry", now)
    auditor.audit(now, {})

    assert words in signed_in("city.sysadmin").get(reverse("system")).content.decode()


def test_nothing_to_rehearse(db, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)

    with pytest.raises(BackupError, match="no nightly backup"):
        rehearsal.newest()


def test_the_end_of_a_traceback_is_the_reason():
    assert rehearsal._sentence("WARN\nCommandError: nothing was restored: x\n") == "nothing was restored: x"
    assert rehearsal._sentence("") == "it ended without a word"
