"""Backups brought away from this machine: into a mounted folder of another one, by a command of the operator, or both.

What lies in the folder is read back and held against its list and signature before it gets its name; of a command only
its end is known. What did not arrive is tried again, then said on the page System until a night finds it there.
"""

import logging
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from common import signing
from engine.backup import destroyed_list, manifest, nightly_backup
from engine.backup.postgres_programs import BackupError

log = logging.getLogger(__name__)

TRIES, PAUSE_SECONDS = 3, 60.0
#: A province's backup over a thin line; then it is stopped and tried again.
LONGEST_SECONDS = 3 * 3600
#: Stands for the folder of the backups in BACKUP_COPY_COMMAND.
PLACE = "{}"


def is_wanted() -> bool:
    return bool(settings.BACKUP_COPY_DIR or settings.BACKUP_COPY_COMMAND)


def copy_away(now: datetime) -> Iterator[tuple[str, str]]:
    """Bring away what is not there yet. Yields what went wrong, each way by itself."""
    if settings.BACKUP_COPY_DIR:
        yield from _tried(lambda: _to_folder(Path(settings.BACKUP_COPY_DIR), now))
    if settings.BACKUP_COPY_COMMAND:
        yield from _tried(_by_command)


def _tried(way) -> Iterator[tuple[str, str]]:
    for left in reversed(range(TRIES)):
        try:
            way()
        except (BackupError, OSError, subprocess.SubprocessError, ValueError) as error:
            log.warning("a backup was not copied away, %s tries left", left, exc_info=True)
            if not left:
                yield "backup_not_copied", str(error)[:200]
            else:
                time.sleep(PAUSE_SECONDS)
        else:
            return


def _to_folder(target: Path, now: datetime) -> None:
    """Every night that is not there, whole or not at all; what is too old there goes as it does here."""
    # Not made: an empty mount point would take the copies, on this very disk.
    if not target.is_dir():
        raise BackupError(f"{target} is not there")
    nights = sorted(nightly_backup.folder().glob(f"{nightly_backup.PREFIX}*"))
    if not nights:
        raise BackupError(f"there is no nightly backup in {nightly_backup.folder()}")
    for night in nights:
        if not _is_there(night, target / night.name):
            _copy(night, target / night.name)
    destroyed_list.bring_to(target)
    nightly_backup.prune(target, now)


def _is_there(night: Path, copy: Path) -> bool:
    """Whether this very backup lies there: the day's may have been made anew."""
    try:
        return (copy / manifest.FILE).read_bytes() == (night / manifest.FILE).read_bytes()
    except FileNotFoundError:
        return False


def _copy(night: Path, goal: Path) -> None:
    partial = goal.with_name(f".{goal.name}")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(night, partial)
    # As it arrived, not as it was sent.
    manifest.checked(partial, signers=[signing.signer(), *settings.FORMER_SIGNERS])
    shutil.rmtree(goal, ignore_errors=True)
    partial.rename(goal)


def _by_command() -> None:
    """Without a shell: nothing in a name becomes a word of its own."""
    words = shlex.split(settings.BACKUP_COPY_COMMAND)
    command = [word.replace(PLACE, str(nightly_backup.folder())) for word in words]
    done = subprocess.run(  # noqa: S603
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise BackupError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-120:]}")
