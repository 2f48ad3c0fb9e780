"""Backups: one folder with the database, the journal's anchors, the uploaded files and a list of checksums.

Restoring puts all of it back and then proves it: checksums and keys before, the journal's chain and the sealed
values after. The secret keys are part of it, because sealed columns cannot be read without them: keep the folder as
you keep the keys.
"""

import hashlib
import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, connections

from engine.backup import backup_keys, postgres_programs
from engine.backup.postgres_programs import BackupError
from engine.server import instance_lock
from journal import anchor
from journal.numbering import head
from journal.record import stamp
from journal.verify import Verdict, verify

MANIFEST = "manifest.json"
SQLITE, POSTGRESQL = "database.sqlite3", "database.dump"
#: Beside the database, if they are there. Demo passwords, static files and logs are not worth keeping.
KEPT = ("journal-anchors.txt", "files")


class Restored(NamedTuple):
    verdict: Verdict
    #: The last number the anchors here knew before; entries beyond the backup's are lost.
    known: int
    #: Sealed values that cannot be read with the keys that are in force from now on.
    unreadable: int


def make(folder: Path, now: datetime) -> int:
    """Write a backup into `folder`, which must be new or empty. Returns the last journal number in it."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Number and anchors first: the copy of the database holds at least what they name.
    number = head()
    for name in KEPT:
        _copy(_data_dir() / name, folder / name)
    backup_keys.write(folder / backup_keys.FILE)
    (_dump_postgresql if connection.vendor == "postgresql" else _dump_sqlite)(folder)
    manifest = {"made_at": stamp(now), "engine": connection.vendor, "journal": number, "files": _sums(folder)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for file in folder.rglob("*"):
        file.chmod(0o700 if file.is_dir() else 0o600)
    return number


def restore(folder: Path, *, other_key: bool = False) -> Restored:
    """Put a backup in the place of the present data, which must not be in use. Checked before and after.

    A backup sealed with a key unknown here is refused, unless `other_key` says that this is meant.
    """
    _check(folder)
    if not other_key:
        _check_keys(folder)
    known = max(anchor.read(), default=0)
    connections.close_all()
    (_load_postgresql if connection.vendor == "postgresql" else _load_sqlite)(folder)
    # Anchors of entries that are gone would call the restored journal cut.
    _set_aside(anchor.anchor_file())
    for name in KEPT:
        _replace(folder, name)
    return Restored(verify(), known, backup_keys.unreadable(_restore_keys(folder)))


def _replace(folder: Path, name: str) -> None:
    if (folder / name).exists():
        _set_aside(_data_dir() / name)
        _copy(folder / name, _data_dir() / name)


def _restore_keys(folder: Path) -> list[str]:
    """Take over the backup's keys where ours lie in a file. Returns those in force from the next start on."""
    given = backup_keys.read(folder)
    if not (given and settings.SECRET_KEY_IS_IN_FILE):
        return backup_keys.here()
    _replace(folder, backup_keys.FILE)
    return [*given, *settings.SECRET_KEY_FALLBACKS]


def _data_dir() -> Path:
    return Path(settings.DATA_DIR)


def _check(folder: Path) -> None:
    """Whether this is a whole backup of this kind of database."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} is not a backup: {error}") from error
    if manifest["engine"] != connection.vendor:
        raise BackupError(f"the backup is of {manifest['engine']}, the database here is {connection.vendor}")
    sums = _sums(folder)
    if wrong := sorted(name for name, expected in manifest["files"].items() if sums.get(name) != expected):
        raise BackupError(f"not as it was written: {', '.join(wrong)}")


def _check_keys(folder: Path) -> None:
    if backup_keys.missing(backup_keys.read(folder), backup_keys.here()):
        raise BackupError(
            f"it was made under another SECRET_KEY, and staff telephone numbers and second factors in it could not be "
            f"read here. Write the keys of {folder / backup_keys.FILE} into the environment, the first line as "
            "SECRET_KEY, further ones into SECRET_KEY_FALLBACKS, and run it again; or add --other-key to lose them"
        )


def _sums(folder: Path) -> dict[str, str]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != MANIFEST)
    return {str(file.relative_to(folder)): _sum(file) for file in files}


def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


def _set_aside(target: Path) -> None:
    """What was there stays beside it as `….before-restore`, the last time's instead."""
    kept = target.with_name(f"{target.name}.before-restore")
    if target.exists():
        shutil.rmtree(kept) if kept.is_dir() else kept.unlink(missing_ok=True)
        target.rename(kept)


# --- SQLite ------------------------------------------------------------------------------------------------


def _dump_sqlite(folder: Path) -> None:
    """VACUUM INTO, not a copy of the file: of a live database a copy misses what is still in the log."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(folder / SQLITE)])


def _load_sqlite(folder: Path) -> None:
    """Whoever had the database open would go on writing into a file that is no longer there: nobody may."""
    lock = instance_lock.take()
    if lock is None:
        raise BackupError("the server is running on this data; stop it first")
    with lock:
        target = Path(connection.settings_dict["NAME"])
        fresh = target.with_name(f"{target.name}.restoring")
        shutil.copy2(folder / SQLITE, fresh)
        # A log of the old database beside the new one would be played into it.
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        os.replace(fresh, target)


# --- PostgreSQL --------------------------------------------------------------------------------------------


def _dump_postgresql(folder: Path) -> None:
    postgres_programs.dump(folder / POSTGRESQL)


def _load_postgresql(folder: Path) -> None:
    postgres_programs.load(folder / POSTGRESQL)
