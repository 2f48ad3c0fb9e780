"""Rehearsing a restore: the newest backup, restored by the real command into a scratch database, verified and counted.

Nothing of the present data is touched. The command runs in a process of its own, whose DATA_DIR and DATABASE_URL are
the scratch ones. Whether it went well is a row here; what it found, a page to file.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from engine.backup import manifest, nightly_backup
from engine.backup.postgres_programs import BackupError
from engine.models import NightlyJob

#: Its row among the jobs of the night, which no night does: it wants a key that is not here.
JOB = "rehearsal"


class Drill(NamedTuple):
    at: datetime
    seconds: int
    #: The folder's name, and when it was made.
    backup: str
    made_at: datetime
    #: Of the journal, of the whole database, as they were found there; 0 where it did not get so far.
    entries: int
    tables: int
    rows: int
    #: Why it was not restored, as the command said it; empty where all of it was right.
    fault: str


def newest() -> Path:
    """The newest nightly backup. Raises BackupError where there is none."""
    folders = sorted(nightly_backup.folder().glob(f"{nightly_backup.PREFIX}*"))
    if not folders:
        raise BackupError(f"there is no nightly backup in {nightly_backup.folder()}; name a folder")
    return folders[-1]


def rehearse(
    folder: Path, *, identity: str = "", signers: Sequence[str] = (), scratch_url: str = "", now: datetime
) -> tuple[Drill, Path]:
    """Restore `folder` into a scratch database, and note how that went. Returns how it went and the page about it.

    `identity` is the text of an identity file; `scratch_url` an empty database, otherwise one is made and taken away.
    Raises BackupError where it could not even be tried.
    """
    about = manifest.read(folder)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=settings.DATA_DIR) as scratch,
        _database(Path(scratch), scratch_url) as url,
    ):
        done = _restore(folder, Path(scratch), url, identity, signers)
        report = Path(scratch) / "report.json"
        found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    drill = Drill(
        at=now,
        seconds=round(time.monotonic() - began),
        backup=folder.name,
        made_at=datetime.fromisoformat(about["made_at"]),
        entries=found.get("entries", 0),
        tables=len(about.get("rows", {})) if found else 0,
        rows=sum(about.get("rows", {}).values()) if found else 0,
        fault="" if done.returncode == 0 else _sentence(done.stderr),
    )
    found_wrong = [("restore_unrehearsed", f"{drill.backup}: {drill.fault}"[:200])] if drill.fault else []
    NightlyJob.objects.update_or_create(
        name=JOB, defaults={"started_at": now, "ended_at": now, "found": found_wrong}
    )
    return drill, _write_page(drill)


def last() -> NightlyJob | None:
    """When a restore was last rehearsed, and what was wrong with it."""
    return NightlyJob.objects.filter(name=JOB).first()


def _restore(
    folder: Path, scratch: Path, url: str, identity: str, signers: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    """The command, as it would be typed on another machine that has this one's .env."""
    env = {**os.environ, "DATA_DIR": str(scratch), "DATABASE_URL": url, "MIGRATE_DATABASE_URL": ""}
    env |= {"SIGNING_KEY": settings.SIGNING_KEY, "DEMO": "0"}
    more = ["--identity", "-"] if identity else []
    more += [f"--signer={signer}" for signer in signers]
    command = ["manage.py", "restore", str(folder.resolve()), "--report", str(scratch / "report.json"), *more]
    return subprocess.run(  # noqa: S603
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=env,
        input=identity,
        capture_output=True,
        text=True,
        check=False,
    )


def _sentence(said: str) -> str:
    lines = [line.removeprefix("CommandError: ") for line in said.strip().splitlines() if line.strip()]
    return (lines[-1] if lines else "it ended without a word")[:1000]


@contextmanager
def _database(scratch: Path, given: str) -> Iterator[str]:
    """The address of an empty database; one made here is gone afterwards."""
    if given:
        yield given
    elif connection.vendor != "postgresql":
        yield f"sqlite:///{scratch / 'dashboard.sqlite3'}" if settings.DATABASE_URL else ""
    else:
        name = f"rehearsal_{os.getpid()}"
        with connection.cursor() as cursor:
            try:
                cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
            except DatabaseError as error:
                raise BackupError(
                    f"no scratch database could be made ({str(error).strip()}). As superuser: ALTER ROLE "
                    f'"{connection.settings_dict["USER"]}" CREATEDB; or name an empty one with --scratch-url'
                ) from error
            try:
                yield _address(name)
            finally:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _address(name: str) -> str:
    given = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items() if value}
    who = given.get("USER", "") + (f":{given['PASSWORD']}" if given.get("PASSWORD") else "")
    where = given.get("HOST", "") + (f":{given['PORT']}" if given.get("PORT") else "")
    return f"postgres://{who}{'@' if who else ''}{where}/{name}"


def _write_page(drill: Drill) -> Path:
    """One page in both languages, to be printed and filed."""
    folder = Path(settings.DATA_DIR) / "restore-drills"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    texts = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            texts.append("\n".join(_lines(drill)))
    page = folder / f"{localtime(drill.at):%Y-%m-%d-%H%M%S}.txt"
    page.write_text("\n\n\n".join(texts) + "\n", encoding="utf-8")
    return page


def _lines(drill: Drill) -> Iterator[str]:
    """In the language in force."""
    yield " · ".join(filter(None, (settings.SITE_NAME, _("Rehearsal of a restore"))))
    yield f"{_('When')}: {localtime(drill.at):%Y-%m-%d %H:%M}"
    yield f"{_('Backup')}: {drill.backup}, {localtime(drill.made_at):%Y-%m-%d %H:%M}"
    if drill.fault:
        yield f"{_('Result')}: {_('FAILED')} – {drill.fault}"
    else:
        yield f"{_('Result')}: {_('restored and whole')}"
        yield f"{_('Journal, verified from the beginning')}: {drill.entries}"
        yield f"{_('Tables, each with as many rows as the backup says')}: {drill.tables}"
        yield f"{_('Rows')}: {drill.rows}"
    yield f"{_('Seconds')}: {drill.seconds}"
    yield f"\n{_('Done by (name, signature)')}: ____________________"
