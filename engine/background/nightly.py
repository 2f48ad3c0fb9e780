"""What is done once a night: the whole journal is verified, a backup is made, and what expires is looked for.

A row per job says when it last began and what it found, so that a night slept through is made up for and two
processes do not do it twice. What was found wrong stands on the system page until the next night finds it right.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from common.dates.local_time import LOCAL, day_of
from engine.background import expiry
from engine.backup import copying, nightly_backup
from engine.models import NightlyJob
from incidents.voice_notes import storage
from journal.verify import verify
from works.actions import begin_of_night
from works.kinds import Report, Stopped
from works.running import carry_out

log = logging.getLogger(__name__)

#: A job that began so long ago and has not ended died with its process.
DIED = timedelta(hours=6)
#: A night and a half without a job that ended: nobody does it.
LATE = timedelta(hours=36)

#: A code of engine.choices.FAULTS, and details.
Found = tuple[str, str]


class Nightly(NamedTuple):
    #: Of the night, in local time.
    hour: int
    do: Callable[[datetime, Report], Iterable[Found]]


def _verify_journal(now: datetime, report: Report) -> Iterable[Found]:
    verdict = verify(lambda done, total: report(done, total, "reading"))
    if verdict.broken is not None:
        yield "journal_unverified", f"number {verdict.broken}: {verdict.why}"


def _sweep_voice_notes(now: datetime, report: Report) -> Iterable[Found]:
    """What a process that died left without a row is nobody's, and goes."""
    storage.sweep(now)
    return ()


JOBS = {
    "verify": Nightly(2, _verify_journal),
    "backup": Nightly(3, nightly_backup.make),
    "voice_notes": Nightly(4, _sweep_voice_notes),
    "copy": Nightly(5, lambda now, _report: copying.copy_away(now)),
    "expiry": Nightly(6, lambda now, _report: expiry.find(now)),
}
#: Those that take long: each is a work, with its progress, taken up anew where its process dies.
LONG = ("verify", "backup")


def _unheard(done: int, total: int = 0, phrase: str = "") -> None:
    """Nobody looks at how far it is."""


def run_due(now: datetime) -> list[str]:
    """Do what is due and nobody else has begun. Returns the names of the jobs done."""
    mine = [name for name, job in JOBS.items() if _claim(name, job, now)]
    began = timezone.now()
    for name in mine:
        if name in LONG:
            # Where every place is taken it waits for one, like any other.
            carry_out(begin_of_night(name, now).pk, lambda: now + (timezone.now() - began))
        else:
            run(name, now)
    return mine


def run(name: str, now: datetime, report: Report = _unheard) -> list[Found]:
    """Do this job now, whatever the hour, and note what it found (also returned)."""
    try:
        found = list(JOBS[name].do(now, report))
    except Stopped:
        raise
    except Exception as error:
        log.exception("the nightly job %s failed", name)
        found = [(f"nightly_failed:{name}", f"{type(error).__name__}: {error}"[:200])]
    NightlyJob.objects.update_or_create(
        name=name, defaults={"started_at": now, "ended_at": max(now, timezone.now()), "found": found}
    )
    return found


def is_due(*, started_at: datetime, ended_at: datetime | None, now: datetime, hour: int) -> bool:
    """Whether it has not begun since `hour` last struck, or began and died."""
    if ended_at is None:
        return now - started_at > DIED
    return started_at < _last(hour, now)


def _last(hour: int, now: datetime) -> datetime:
    struck = datetime.combine(day_of(now), time(hour), tzinfo=LOCAL)
    return struck if struck <= now else struck - timedelta(days=1)


def _claim(name: str, job: Nightly, now: datetime) -> bool:
    """Of several processes one gets it. A job without a row begins with the next night."""
    row, is_new = NightlyJob.objects.get_or_create(name=name, defaults={"started_at": now, "ended_at": now})
    if is_new or not is_due(started_at=row.started_at, ended_at=row.ended_at, now=now, hour=job.hour):
        return False
    ours = NightlyJob.objects.filter(name=name, started_at=row.started_at)
    return bool(ours.update(started_at=now, ended_at=None))


def standing(now: datetime) -> Iterable[Found]:
    """What the last night found wrong, and what no night has done. (For the auditor, every half minute.)"""
    rows = {row.name: row for row in NightlyJob.objects.all()}
    begun = [NightlyJob(name=name, started_at=now, ended_at=now) for name in JOBS if name not in rows]
    NightlyJob.objects.bulk_create(begun, ignore_conflicts=True)
    for name in rows.keys() & JOBS.keys():
        yield from ((code, detail) for code, detail in rows[name].found or ())
        if now - rows[name].started_at > LATE:
            yield f"nightly_late:{name}", f"since {timezone.localtime(rows[name].started_at):%Y-%m-%d %H:%M}"
