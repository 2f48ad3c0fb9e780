"""deploy/README.md, word for word: its fenced commands are run in the order of the page, on an empty PostgreSQL.

`docker` is tests/docker_stand_in.py, which runs what the named service would run; its MAPPED is the whole translation.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import date

import psycopg2
import pytest
from django.utils import timezone

from common.dates.local_time import day_of
from tests.docker_stand_in import MAPPED
from tests.documents import blocks
from tests.processes import ROOT, Postgres

BLOCKS = blocks("deploy/README.md")


class Machine:
    """A machine with the product's folder on it and an empty database."""

    def __init__(self, folder, postgres):
        self.folder, self.postgres = folder, postgres
        shutil.copytree(
            ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("*.key", "*.crt", "*.srl")
        )
        shutil.copy(ROOT / ".env.example", folder)
        programs = folder / "bin"
        programs.mkdir()
        for name in ("docker", "git"):
            stand_in = programs / name
            stand_in.write_text(
                f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/docker_stand_in.py" {name} "$@"\n'
            )
            stand_in.chmod(0o755)
        self._path = f"{programs}:{postgres._bin}:{os.environ['PATH']}"

    def follow(self, name: str, **values: str) -> str:
        """Run the block of the guide, and return what it printed."""
        return self.bash(BLOCKS[name], **values)

    def bash(self, commands: str, **values: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", commands],
            cwd=self.folder,
            env={
                "PATH": self._path,
                "HOME": str(self.folder),
                "LANG": "C.UTF-8",
                "GUIDE_DATABASE": f"127.0.0.1:{self.postgres.port}",
                **values,
            },
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def one(self, sql: str):
        address = f"postgres://postgres@127.0.0.1:{self.postgres.port}/dashboard"
        with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.fetchone()[0]
            connection.commit()
        return found

    def env(self) -> dict[str, str]:
        return dict(
            line.split("=", 1)
            for line in (self.folder / ".env").read_text().splitlines()
            if re.match("[A-Z_]+=", line)
        )


@pytest.fixture
def machine(tmp_path):
    """machine("name") → a machine with nothing on it yet."""
    running = []

    def make(name):
        folder = tmp_path / name
        folder.mkdir()
        postgres = Postgres(folder / "postgres")
        running.append(postgres)
        postgres.start()
        return Machine(folder, postgres)

    yield make
    for postgres in running:
        postgres.kill()


def without_docker(machine: Machine) -> str:
    """The block for an installation without Docker, with this machine's places for those of a real one."""
    settings = machine.folder / "icd.env"
    address = f"postgres://postgres@127.0.0.1:{machine.postgres.port}/dashboard"
    kept = {name: machine.env()[name] for name in ("SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")}
    kept |= {"DATABASE_URL": address, "REDIS_URL": "redis://127.0.0.1:1/0"}
    settings.write_text("".join(f"{name}={value}\n" for name, value in kept.items()))
    block = BLOCKS["icd"]
    for there, here in {
        "/etc/icd/env": settings,
        "/var/lib/icd": machine.folder / "data",
        "/opt/icd": ROOT,
        "runuser -u icd -- ": "",
    }.items():
        assert there in block, there
        block = block.replace(there, str(here))
    return block


def keep_logs(machine: Machine) -> None:
    """The line of the guide's table; systemd is not the tests' to restart."""
    install = re.search(
        r"`(install [^`]*journald\.conf[^`]*?) && systemctl", (ROOT / "deploy/README.md").read_text()
    )
    machine.bash(install[1].replace(" /etc/", f" {machine.folder}/etc/"))


@pytest.mark.production
@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_guide_from_the_first_start_to_another_machine(machine):
    first = machine("first")
    said = first.follow("first-start")
    keep_logs(first)
    with (first.folder / "first-passwords.csv").open(encoding="utf-8") as file:
        handed_out = list(csv.DictReader(file))
    with (first.folder / "people.csv").open(encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    assert [row["username"] for row in handed_out] == [row["username"] for row in people]
    assert (first.folder / "first-passwords.csv").stat().st_mode & 0o777 == 0o600
    assert not (first.folder / "data" / "first-passwords.csv").exists()
    assert first.one("SELECT count(*) FROM plans_planversion WHERE state = 'in_force'") >= 1
    assert first.one("SELECT count(*) FROM accounts_user WHERE username = 'zhang.san'") == 1
    assert "zhang.san" in said or "张三" in said

    # An older schema, filled: the migrations of the engine undone. Upgrading brings it forward.
    first.bash("docker compose run --rm migrate python manage.py migrate --verbosity 0 engine zero")
    assert first.one("SELECT to_regclass('engine_nightlyjob') IS NULL")
    assert "journal whole" in first.follow("upgrade")
    assert first.one("SELECT to_regclass('engine_nightlyjob') IS NOT NULL")
    number_before = first.one("SELECT max(number) FROM journal_entry")

    first.follow("copy-backup")
    (nightly,) = (folder.name for folder in (first.folder / "backup-copy").glob("nightly-*"))

    # In December a missing calendar is something wrong too.
    year = day_of(timezone.now()).year + 1
    (first.folder / "calendar.csv").write_text(f"date,is_workday,notice\n{year}-01-01,0,元旦\n")
    assert f"{year}：写入 {date(year, 12, 31):%-j} 天" in first.follow("calendar")
    assert "未写入" in first.bash(without_docker(first))
    assert "nothing wrong" in first.follow("renew-certificate")

    # What comes after the backup is lost by a rollback, and said to be.
    first.one("INSERT INTO common_series (name, last) VALUES ('after the backup', 1) RETURNING 1")
    assert "journal whole" in first.follow("rollback", PREVIOUS="v0")
    assert "journal whole" in first.follow("restore", FROM=nightly)
    assert first.one("SELECT count(*) FROM common_series WHERE name = 'after the backup'") == 0
    assert first.one("SELECT max(number) FROM journal_entry") >= number_before

    before = first.env()["SECRET_KEY"]
    first.follow("rotate-key")
    first.follow("rotate-key")
    keys = [first.env()["SECRET_KEY"], *first.env()["SECRET_KEY_FALLBACKS"].split(",")]
    assert (len(set(keys)), keys[2]) == (3, before)

    second = machine("second")
    shutil.copy(first.folder / ".env", second.folder)
    shutil.copytree(first.folder / "backup-copy", second.folder / "backup-copy")
    said = second.follow("other-machine", FROM=nightly)
    assert "journal whole" in said
    assert "sealed" not in said
    assert second.one("SELECT count(*) FROM accounts_user") == len(people) + 1


def test_every_command_of_the_lists_is_known():
    """And no list is left out: a fence of the page with a name is one that a test runs."""
    words = {
        " ".join(line.split()[:3]) for line in "\n".join(BLOCKS.values()).splitlines() if "docker " in line
    }

    assert {word for word in words if word.startswith("docker")} <= set(MAPPED)
    assert set(BLOCKS) == {
        "first-start",
        "copy-backup",
        "upgrade",
        "rollback",
        "restore",
        "other-machine",
        "renew-certificate",
        "rotate-key",
        "calendar",
        "icd",
    }
