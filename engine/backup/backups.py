"""Backups: one folder with the database, the journal's anchors, the uploaded files and a signed list of checksums.

Where BACKUP_RECIPIENTS are named every file is encrypted for them, and nothing of it lies in the folder unencrypted.
Restoring puts all of it back and then proves it: signature, checksums and keys before, rows, the journal's chain and
the sealed values after. The secret keys are part of it, because sealed columns cannot be read without them: where it
is not encrypted, keep the folder as you keep the keys. ELSEWHERE is what it does not hold.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, connections

from common import signing
from engine.backup import backup_keys, contents, destroyed_list, manifest, postgres_programs, sealing
from engine.backup.postgres_programs import BackupError
from engine.server import instance_lock
from journal import anchor
from journal.record import stamp
from journal.verify import Verdict, verify

SQLITE, POSTGRESQL = "database.sqlite3", "database.dump"
#: Beside the database, if they are there. Demo passwords, static files and logs are not worth keeping.
KEPT = ("journal-anchors.txt", "files")
#: What a restore needs that no backup holds, because it opens or vouches for it, or belongs to the machine.
ELSEWHERE = {
    "identity": "the private key of BACKUP_RECIPIENTS, which opens it",
    "environment": ".env, or /etc/icd/env and owner.env: passwords of the database, SIGNING_KEY",
    "certificate": "the server's certificate and its key",
}


class Restored(NamedTuple):
    verdict: Verdict
    #: The last number the anchors here knew before; entries beyond the backup's are lost.
    known: int
    #: Sealed values that cannot be read with the keys that are in force from now on.
    unreadable: int
    #: Table → (rows that the backup counted, rows that are there), where they differ.
    miscounted: dict[str, tuple[int, int]]
    #: Lines of the lists of what was destroyed that no key we know signed: nothing was destroyed for them.
    unbelieved: int


class Made(NamedTuple):
    #: The last journal number in it.
    number: int
    #: What a restore needs besides, in words.
    elsewhere: list[str]


def make(folder: Path, now: datetime) -> Made:
    """Write a backup into `folder`, which must be new or empty."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Anchors first: the copy of the database holds at least what they name.
    for name in KEPT:
        sealing.store(_data_dir() / name, folder, name)
    with _stage() as stage:
        backup_keys.write(stage / backup_keys.FILE)
        sealing.store(stage / backup_keys.FILE, folder, backup_keys.FILE)
        counted = (_dump_postgresql if connection.vendor == "postgresql" else _dump_sqlite)(stage, folder)
    elsewhere = [name for name in ELSEWHERE if name != "identity" or settings.BACKUP_RECIPIENTS]
    about = {
        "made_at": stamp(now),
        "engine": connection.vendor,
        "journal": counted.journal,
        "rows": counted.rows,
        "recipients": settings.BACKUP_RECIPIENTS,
        "elsewhere": elsewhere,
    }
    manifest.write(folder, about)
    for file in folder.rglob("*"):
        file.chmod(0o700 if file.is_dir() else 0o600)
    return Made(counted.journal, [ELSEWHERE[name] for name in elsewhere])


def restore(
    folder: Path,
    *,
    identities: Sequence[str] = (),
    signers: Sequence[str] = (),
    unsigned: bool = False,
    other_key: bool = False,
) -> Restored:
    """Put a backup in the place of the present data, which must not be in use. Checked before and after.

    `identities` are private keys of age that open it; `signers` public keys that may have signed it, beside our own.
    One without a signature is refused unless `unsigned`; one whose SECRET_KEY is unknown here unless `other_key`.
    Raises BackupError before anything has been touched.
    """
    about = manifest.checked(
        folder, signers=[signing.signer(), *settings.FORMER_SIGNERS, *signers], is_unsigned_meant=unsigned
    )
    if about["engine"] != connection.vendor:
        raise BackupError(f"the backup is of {about['engine']}, the database here is {connection.vendor}")
    with _opened(folder, about, identities) as plain:
        if not other_key:
            _check_keys(plain, folder)
        known = max(anchor.read(), default=0)
        made_at = datetime.fromisoformat(about["made_at"])
        _list_what_is_here()
        found = destroyed_list.read(folder.parent, signers)
        # Before anything is replaced: whoever is killed after that has it before them all the same.
        destroyed_list.put_down(one for one in found.lines if one.at >= made_at)
        connections.close_all()
        (_load_postgresql if connection.vendor == "postgresql" else _load_sqlite)(plain)
        # Anchors of entries that are gone would call the restored journal cut.
        _set_aside(anchor.anchor_file())
        for name in KEPT:
            _replace(plain, name)
        keys = _restore_keys(plain)
    miscounted = contents.differences(about.get("rows", {}))
    return Restored(
        verify(signers=signers), known, backup_keys.unreadable(keys), miscounted, found.unbelieved
    )


def _list_what_is_here() -> None:
    """Add to the list what no turn of the engine has yet; nothing where there is no database here, or another one."""
    with suppress(DatabaseError):
        destroyed_list.write()


@contextmanager
def _opened(folder: Path, about: dict[str, Any], identities: Sequence[str]) -> Iterator[Path]:
    """A folder with the backup's files as they were; decrypted ones are gone again afterwards."""
    names = list(about["files"])
    sealed = [name for name in names if name.endswith(sealing.SUFFIX)]
    if not sealed:
        yield folder
        return
    if len(sealed) != len(names):
        raise BackupError(f"{folder} is encrypted in part only: not one of ours. Take another backup")
    if not identities:
        raise BackupError(
            f"it is encrypted for {', '.join(about.get('recipients', []))}. Bring that private key and name its file "
            "with --identity, or - for the standard input"
        )
    with _stage() as stage:
        sealing.open_all(folder, stage, names, identities)
        yield stage


@contextmanager
def _stage() -> Iterator[Path]:
    """A folder beside the database, which is no less readable there, for this account alone and for a while."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=_data_dir()) as stage:
        yield Path(stage)


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


def _check_keys(plain: Path, folder: Path) -> None:
    if backup_keys.missing(backup_keys.read(plain), backup_keys.here()):
        file = folder / backup_keys.FILE
        keys = file if file.exists() else f"{file}{sealing.SUFFIX} (age --decrypt opens it)"
        raise BackupError(
            f"it was made under another SECRET_KEY, and staff telephone numbers and second factors in it could not be "
            f"read here. Write the keys of {keys} into the environment, the first line as "
            "SECRET_KEY, further ones into SECRET_KEY_FALLBACKS, and run it again; or add --other-key to lose them"
        )


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


def _dump_sqlite(stage: Path, folder: Path) -> contents.Counted:
    """VACUUM INTO, not a copy of the file: of a live database a copy misses what is still in the log."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(stage / SQLITE)])
    sealing.store(stage / SQLITE, folder, SQLITE)
    return contents.of_sqlite(stage / SQLITE)


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


def _dump_postgresql(stage: Path, folder: Path) -> contents.Counted:
    with contents.exported_snapshot() as snapshot:
        counted = contents.of_connection()
        postgres_programs.dump(stage / POSTGRESQL, snapshot)
    sealing.store(stage / POSTGRESQL, folder, POSTGRESQL)
    return counted


def _load_postgresql(folder: Path) -> None:
    postgres_programs.load(folder / POSTGRESQL)
