"""The nightly backup: a folder of the day beside the last ones, the oldest removed. What was destroyed ages out with them."""

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from common.dates.local_time import day_of
from engine.backup import backups, destroyed_list, manifest
from works.kinds import Report

PREFIX = "nightly-"


def folder() -> Path:
    return Path(settings.BACKUP_DIR or Path(settings.DATA_DIR) / "backups")


def make(now: datetime, report: Report) -> Iterable[tuple[str, str]]:
    """Make today's, then keep the newest BACKUP_KEEP, none older than BACKUP_DAYS; makes none where BACKUP_KEEP is 0. Yields what went wrong."""
    if not settings.BACKUP_KEEP:
        return
    goal = folder() / f"{PREFIX}{day_of(now):%Y-%m-%d}"
    # Under another name until it is whole: whoever copies the folders away never takes half of one.
    partial = goal.with_name(f".{goal.name}")
    try:
        report(0, 2, "copying")
        shutil.rmtree(partial, ignore_errors=True)
        backups.make(partial, now)
        destroyed_list.bring_to(folder())
        report(1, 2, "clearing")
        shutil.rmtree(goal, ignore_errors=True)
        partial.rename(goal)
        prune(folder(), now)
    except (backups.BackupError, OSError) as error:
        yield "backup_failed", str(error)[:200]


def prune(folder: Path, now: datetime) -> None:
    """Beyond the newest BACKUP_KEEP, and whatever is older than BACKUP_DAYS; the newest of all stays."""
    for old in sorted(folder.glob(f"{PREFIX}*"))[: -settings.BACKUP_KEEP]:
        shutil.rmtree(old)
    made = sorted((when, one) for one in folder.iterdir() if (when := _made_at(one)))
    for when, old in made[:-1]:
        if now - when > timedelta(days=settings.BACKUP_DAYS):
            shutil.rmtree(old)


def _made_at(one: Path) -> datetime | None:
    """When this backup was made; None for what is none."""
    try:
        return datetime.fromisoformat(manifest.read(one)["made_at"])
    except (backups.BackupError, KeyError, ValueError):
        return None
