"""Every half minute: are the promises kept? What is found is said once when it begins and once when it ends.

A file outside the database is touched only while everything is right, so that a watchdog elsewhere notices
when nobody is left to say anything.
"""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime

from clocks.queries import unswept_count
from common import alone
from engine.background import nightly
from engine.background.watchdog import ping_watchdog
from engine.choices import can_wait
from engine.models import Alarm, Heartbeat
from engine.monitoring.replication import replication
from engine.monotonic_clock import CLOCK
from exchange import queries as exchange
from incidents.kept_alarms import storage
from journal import anchor
from journal.hashing import follows
from journal.keys import key
from journal.models import Entry, Head
from journal.numbering import number_new
from journal.record import record, stamp
from notices.approved.queries import missing
from notices.reading.queries import waiting_count
from webhooks.queries import failing

log = logging.getLogger(__name__)

CLOCK_LATE = timedelta(seconds=15)
NOTICE_LATE = timedelta(seconds=60)
ALARM_KEPT = timedelta(seconds=30)
#: So many of the newest entries are checked each time; verify_journal checks them all.
TAIL = 200
DISK_FULL = 0.9


class Fault(NamedTuple):
    code: str
    detail: str = ""


def audit(now: datetime, limits: dict[str, timedelta]) -> int:
    """Check every promise, tell what changed, touch the file unless something is urgent. Returns the number of faults."""
    faults = list(find_faults(now, limits))
    _tell_changes({fault.code: fault for fault in faults}, now)
    if all(can_wait(fault.code) for fault in faults):
        touch_heartbeat_file(now)
        ping_watchdog()
    return len(faults)


def find_faults(now: datetime, limits: dict[str, timedelta]) -> Iterator[Fault]:
    checks: list[Callable[[], Iterator[Fault]]] = [
        lambda: _unnumbered(),
        lambda: _overdue_clocks(now),
        lambda: _kept_alarms(now),
        lambda: _waiting_notices(now),
        lambda: _stopped_jobs(now, limits),
        lambda: _broken_tail(),
        lambda: _anchors_elsewhere(),
        lambda: _full_disk(),
        lambda: _jumped_time(),
        lambda: _nights(now),
        lambda: _set_aside(now),
        lambda: _templates(),
        lambda: _webhooks(now),
        lambda: _exchange(now),
        lambda: _archive(),
    ]
    for check in checks:
        try:
            yield from check()
        except Exception as error:
            log.exception("a check of the auditor failed")
            yield Fault("check_failed", type(error).__name__)


def _templates() -> Iterator[Fault]:
    """What cannot be sent by text message or call, because the provider has approved nothing that says it."""
    if lines := missing():
        yield Fault("templates_missing", ", ".join(dict.fromkeys(line.wording.key for line in lines)))


def _webhooks(now: datetime) -> Iterator[Fault]:
    """Whose receiver has taken nothing for an hour, or that were stopped because of it."""
    if found := failing(now):
        yield Fault("webhooks_failing", ", ".join(f"{one.pk} ({one.note})" for one in found)[:200])


def _exchange(now: datetime) -> Iterator[Fault]:
    """What another installation has not received for an hour, or refused. It is tried without end; somebody has to know."""
    if found := exchange.failing(now):
        yield Fault("exchange_waiting", ", ".join(f"{one.number} → {one.partner}" for one in found)[:200])


def _archive() -> Iterator[Fault]:
    """What a recovery to a moment would lack. (A missing standby nobody could record: every commit waits for it.)"""
    if file := replication().not_archived:
        yield Fault("changes_not_archived", file)


def _unnumbered() -> Iterator[Fault]:
    """An entry that numbering passes over. (Entries that commit meanwhile are not it.)"""
    waiting = Entry.objects.filter(number__isnull=True).order_by("id").values_list("id", flat=True).first()
    if waiting is None:
        return
    number_new()
    if Entry.objects.filter(pk=waiting, number__isnull=True).exists():
        yield Fault("journal_unnumbered", f"entry {waiting}")


def _overdue_clocks(now: datetime) -> Iterator[Fault]:
    if count := unswept_count(now - CLOCK_LATE):
        yield Fault("clocks_overdue", str(count))


def _kept_alarms(now: datetime) -> Iterator[Fault]:
    """What is not recorded within seconds of the database's coming back is not recorded by itself."""
    count, age = storage.count_and_age(now)
    if age > ALARM_KEPT.total_seconds():
        yield Fault("alarms_kept", str(count))


def _waiting_notices(now: datetime) -> Iterator[Fault]:
    if count := waiting_count(now, NOTICE_LATE):
        yield Fault("notices_waiting", str(count))


def _stopped_jobs(now: datetime, limits: dict[str, timedelta]) -> Iterator[Fault]:
    beats = dict(Heartbeat.objects.values_list("name", "turned_at"))
    for name, limit in limits.items():
        if name not in beats or now - beats[name] > limit:
            yield Fault(
                f"wheel_stopped:{name}",
                f"since {localtime(beats[name]):%H:%M:%S}" if name in beats else "never",
            )


def _broken_tail() -> Iterator[Fault]:
    """The newest entries follow from each other, end at the head, and agree with the anchors."""
    # What is written meanwhile lies beyond what was read, and is not judged: the anchors lag behind the head, and
    # the head behind the entries.
    anchors = anchor.recent()
    head = Head.objects.filter(pk=1).first() or Head()
    if head.number == 0:
        if anchors or Entry.objects.filter(number__isnull=False).exists():
            yield Fault("journal_broken", "the head is missing")
        return
    tail = list(Entry.objects.numbered().filter(number__gt=head.number - TAIL, number__lte=head.number))
    if not tail or (tail[-1].number, tail[-1].hash) != (head.number, head.hash):
        yield Fault("journal_broken", f"at the head, number {head.number}")
        return
    if max(anchors, default=0) > head.number:
        yield Fault("journal_broken", f"entries up to an anchor are missing after number {head.number}")
        return
    for before, entry in pairwise(tail):
        is_next = entry.number == before.number + 1
        is_whole = is_next and follows(before.hash, entry.number, entry.body, entry.hash)
        if not is_whole or anchors.get(entry.number, entry.hash) != entry.hash:
            yield Fault("journal_broken", f"at number {entry.number}")
            return


def _anchors_elsewhere() -> Iterator[Fault]:
    if why := anchor.behind():
        yield Fault("anchors_not_copied", why)


def _full_disk() -> Iterator[Fault]:
    if used_part_of_disk() > DISK_FULL:
        yield Fault("disk_full", f"{shutil.disk_usage(settings.DATA_DIR).free // 1_000_000} MB free")


def used_part_of_disk() -> float:
    """Of the disk below DATA_DIR, from 0 to 1; what only root may use counts as used."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    return usage.used / ((usage.used + usage.free) or 1)


def _jumped_time() -> Iterator[Fault]:
    if CLOCK.has_jumped:
        yield Fault("time_jumped")


def _nights(now: datetime) -> Iterator[Fault]:
    for code, detail in nightly.standing(now):
        yield Fault(code, detail)


def _set_aside(now: datetime) -> Iterator[Fault]:
    """Rows that raise whenever a loop comes to them: their neighbours went on, they did not."""
    alone.forget_settled(now)
    loops: dict[str, list[str]] = {}
    for one in alone.shown(now):
        loops.setdefault(one.loop, []).append(f"{one.row}: {one.error}")
    for loop, rows in loops.items():
        yield Fault(f"set_aside:{loop}", f"{len(rows)} – {rows[0]}")


def _tell_changes(faults: dict[str, Fault], now: datetime) -> None:
    """An entry when a fault begins and one when it ends; nothing while it lasts."""
    known = {alarm.code: alarm for alarm in Alarm.objects.filter(recovered_at__isnull=True)}
    for code in faults.keys() - known.keys():
        _raise(faults[code], now)
    for code in known.keys() - faults.keys():
        _recover(known[code], now)


@transaction.atomic
def _raise(fault: Fault, now: datetime) -> None:
    opened = Alarm.objects.get_or_create(
        code=fault.code, recovered_at=None, defaults={"detail": fault.detail[:200], "raised_at": now}
    )[1]
    if opened:
        _record("engine.alarmed", fault.code, fault.detail, now)


@transaction.atomic
def _recover(alarm: Alarm, now: datetime) -> None:
    still_open = Alarm.objects.filter(pk=alarm.pk, recovered_at__isnull=True)
    if still_open.update(recovered_at=max(now, alarm.raised_at)):
        _record("engine.recovered", alarm.code, alarm.detail, now)


def _record(kind: str, code: str, detail: str, now: datetime) -> None:
    record(kind, subject=key("engine", code), actor=None, at=now, content={"code": code, "detail": detail})


#: An outside watchdog alarms after so long without a fresh heartbeat: four audits missed.
HEARTBEAT_SECONDS = 120


def heartbeat_age(now: datetime) -> float | None:
    """Seconds since the last audit that found nothing wrong; None if there has been none here."""
    try:
        written = heartbeat_file().read_text(encoding="ascii").split()[0]
        return max(0.0, round((now - datetime.fromisoformat(written)).total_seconds(), 1))
    except (OSError, ValueError, IndexError):
        return None


def heartbeat_file() -> Path:
    return Path(settings.DATA_DIR) / "heartbeat"


def touch_heartbeat_file(now: datetime) -> None:
    """For a watchdog outside: a file older than two minutes means that something is wrong."""
    partial = heartbeat_file().with_name(f"heartbeat.{os.getpid()}")
    partial.write_text(f"{stamp(now)} ok\n", encoding="ascii")
    partial.replace(heartbeat_file())
