"""The nightly backup: a folder of the day beside the last ones, the oldest removed."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from common.dates.local_time import day_of
from engine.backup import backups
from works.kinds import Report

PREFIX = "nightly-"


def folder() -> Path:
    return Path(settings.BACKUP_DIR or Path(settings.DATA_DIR) / "backups")


def make(now: datetime, report: Report) -> Iterable[tuple[str, str]]:
    """Make today's, then keep the newest BACKUP_KEEP; none where that is 0. Yields what went wrong."""
    if not settings.BACKUP_KEEP:
        return
    goal = folder() / f"{PREFIX}{day_of(now):%Y-%m-%d}"
    # Under another name until it is whole: whoever copies the folders away never takes half of one.
    partial = goal.with_name(f".{goal.name}")
    try:
        report(0, 2, "copying")
        shutil.rmtree(partial, ignore_errors=True)
        backups.make(partial, now)
        report(1, 2, "clearing")
        shutil.rmtree(goal, ignore_errors=True)
        partial.rename(goal)
        _prune()
    except (backups.BackupError, OSError) as error:
        yield "backup_failed", str(error)[:200]


def _prune() -> None:
    for old in sorted(folder().glob(f"{PREFIX}*"))[: -settings.BACKUP_KEEP]:
        shutil.rmtree(old)
