"""Doing a long work, wherever that is: a worker's process, or a thread of the one server.

Whoever does it holds the row by a secret and a place. A thread beside it writes the progress and a sign of life once a
second, on a connection of its own: the work may be inside a transaction that shows nobody anything. What a holder that
was thought dead writes later is refused, for the row has another secret by then.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.db.models import F, Q
from django.utils.translation import override

from accounts.scope import reach_of
from common.alone import Loop
from common.errors import Refused
from common.failpoints import crash_point
from common.in_front import step_aside
from common.states import move
from journal.record import record
from works import files, handed_in, kinds, rules
from works.choices import WorkState
from works.kinds import Result, Stopped, Task
from works.models import Work

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

#: Set when this process is told to end: what it does begins anew elsewhere.
ENDING = threading.Event()


class Hold:
    """This process's claim to one work, and how far it has come."""

    def __init__(self, work: Work, clock: Clock):
        self.work = work
        self._clock = clock
        self._end = clock() + rules.LONGEST
        self.far = (0, 0, "")
        self._is_over = threading.Event()
        #: Not ours any more, or taken back.
        self.is_stopped = False

    def report(self, done: int, total: int = 0, phrase: str = "") -> None:
        self.far = (done, total, phrase or self.far[2])
        if not connection.in_atomic_block:
            step_aside()
        if self.is_stopped or ENDING.is_set():
            raise Stopped

    def beat(self) -> None:
        """Write the progress and that we live; notice that it was taken back or is another's. One statement."""
        done, total, phrase = self.far
        held = Work.objects.filter(pk=self.work.pk, holder=self.work.holder, stop_asked_at__isnull=True)
        self.is_stopped = not held.update(done=done, total=total, phrase=phrase, beat_at=self._clock())

    @contextmanager
    def beating(self) -> Iterator[None]:
        thread = threading.Thread(target=self._keep_beating, name=f"work-{self.work.pk}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()

    def _keep_beating(self) -> None:
        """Until the work is over, or has taken longer than anything may: then nobody speaks for it any more."""
        try:
            while not self._is_over.wait(rules.BEAT_SECONDS) and self._clock() < self._end:
                try:
                    # Taken back, and not at its next step yet: it is spoken for until then.
                    self._only_live() if self.is_stopped else self.beat()
                except (DatabaseError, InterfaceError):
                    # A database that is away comes back, or the row grows stale.
                    connection.close()
            self.is_stopped = True
        finally:
            connection.close()

    def _only_live(self) -> None:
        Work.objects.filter(pk=self.work.pk, holder=self.work.holder).update(beat_at=self._clock())


def carry_out(pk: int, clock: Clock) -> bool:
    """Do this work, if it waits and there is a place for it. Returns whether it was ours to do."""
    work = _claim(pk, clock())
    if work is None:
        return False
    hold = Hold(work, clock)
    name = files.name_of(work.pk, work.holder)
    crash_point("work.begun")
    try:
        with hold.beating(), files.written(name) as file:
            result = _do(work, hold, file, clock())
    except Stopped:
        _end(work, rules.AGAIN if ENDING.is_set() else rules.STOP, clock(), far=hold.far)
    except Refused as refused:
        _end(work, rules.FAIL, clock(), far=hold.far, error="refused", refusal=str(refused)[:400])
    except Exception:
        log.exception("the work %s of kind %s failed", work.pk, work.kind)
        _end(work, rules.FAIL, clock(), far=hold.far, error="fault")
    else:
        crash_point("work.before_end")
        if not _end(work, rules.FINISH, clock(), result=result, far=hold.far):
            files.erase(name)
    return True


def _claim(pk: int, now: datetime) -> Work | None:
    """Of several processes one gets it; the database holds both: one holder for a work, one work for a place.

    A process that is told to end begins nothing: it would be the same work, which it has just put back, over and over.
    """
    if ENDING.is_set():
        return None
    slot = rules.free_slot(set(Work.objects.filter(state=WorkState.RUNNING).values_list("slot", flat=True)))
    if slot is None:
        return None
    row = rules.TRANSITIONS[rules.BEGIN]
    try:
        with transaction.atomic():
            ours = Work.objects.filter(pk=pk, state__in=row.at).update(
                state=row.to, holder=secrets.token_hex(8), slot=slot, beat_at=now, started_at=now, done=0, total=0,
                phrase="", attempts=F("attempts") + 1,
            )  # fmt: skip
    except IntegrityError:
        # Another work took the place in this moment; whoever ends sends who waits.
        return None
    return Work.objects.select_related("asked_by", "unit").get(pk=pk) if ours else None


def _do(work: Work, hold: Hold, file: BinaryIO, now: datetime) -> Result:
    kind = kinds.KINDS[work.kind]
    with override(work.language or settings.LANGUAGE_CODE):
        reach = reach_of(work.asked_by, now) if work.asked_by else None
        if reach is not None:
            kind.check(reach, work.arguments)
        lines = handed_in.opened(work.handed_in)
        return kind.do(Task(work.arguments, lines, reach, now, work.asked_at, hold.report, file))


@transaction.atomic
def _end(
    held: Work,
    verb: str,
    now: datetime,
    *,
    result: Result | None = None,
    far=(0, 0, ""),
    error="",
    refusal="",
) -> bool:
    """Write what came of it, if it is still ours. Returns whether its file is kept."""
    work = Work.objects.select_for_update(of=("self",)).filter(pk=held.pk, holder=held.holder).first()
    if work is None or work.state != WorkState.RUNNING:
        return False
    if work.stop_asked_at is not None:
        verb = rules.STOP
    done = move(work, rules.TRANSITIONS, verb)
    work.holder, work.slot, work.beat_at = "", None, None
    work.ended_at = None if work.is_live else now
    work.sent_at = None if work.is_live else work.sent_at
    work.handed_in = work.handed_in if work.is_live else ""
    # Of one that was taken back too: if its process died, nobody knows how far it came.
    work.error = error if verb in (rules.FAIL, rules.STOP) else ""
    work.refusal = refusal if verb == rules.FAIL else ""
    if verb == rules.FINISH and result is not None:
        work.phrase = result.phrase
        work.done = work.total = max(far[1], far[0])
        work.saved_as, work.content_type = result.name, result.content_type
        work.file = files.name_of(held.pk, held.holder) if result.has_file else ""
    elif verb in (rules.STOP, rules.FAIL) and any(far):
        # To the step, not to the last sign of life: it says what stays.
        work.done, work.total, work.phrase = far
    work.save()
    if done.entry and work.asked_by_id:
        content = {"kind": work.kind, "arguments": work.arguments}
        record(done.entry, subject=work.key, unit=work.unit, actor=None, at=now,
               content=content | ({"error": error} if error else {}))  # fmt: skip
    return bool(work.file)


# --- those whose process is gone -----------------------------------------------------------------------------

STALE = Loop("works")
#: In one turn.
BATCH = 50


def take_up_stale(now: datetime) -> int:
    """Works that nobody speaks for any more begin anew, or end."""
    silent = Q(beat_at__lt=now - rules.STALE) | Q(beat_at__gt=now + rules.STALE)
    gone = Work.objects.filter(silent, state=WorkState.RUNNING).order_by("pk")
    return STALE.each(STALE.pick(gone, now, BATCH), lambda pk: _take_up(pk, now), now)


def _take_up(pk: int, now: datetime) -> int:
    work = Work.objects.get(pk=pk)
    # It beat in this moment: it is not ours.
    if work.state != WorkState.RUNNING or abs(now - work.beat_at) < rules.STALE:
        return 0
    verb = rules.after_death(attempts=work.attempts, is_stopping=work.stop_asked_at is not None)
    log.warning("the work %s of kind %s lost its process: %s", pk, work.kind, verb)
    _end(work, verb, now, error="died")
    return 1


def waiting(now: datetime) -> list[int]:
    """Those nobody was told of, or nobody has picked up; the oldest first."""
    unseen = Q(sent_at__isnull=True) | Q(sent_at__lt=now - rules.RESEND) | Q(sent_at__gt=now + rules.RESEND)
    rows = Work.objects.filter(unseen, state=WorkState.QUEUED).order_by("asked_at", "pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def oldest_waiting() -> int | None:
    rows = Work.objects.filter(state=WorkState.QUEUED).order_by("asked_at", "pk")
    return rows.values_list("pk", flat=True).first()


def note_sent(pk: int, now: datetime) -> None:
    Work.objects.filter(pk=pk).update(sent_at=now)


def tidy(now: datetime) -> int:
    """Take away results and rows that are past their time. Returns how many files went."""
    for work in Work.objects.filter(ended_at__lt=now - rules.RESULT_KEPT).exclude(file=""):
        files.erase(work.file)
        Work.objects.filter(pk=work.pk).update(file="")
    Work.objects.filter(ended_at__lt=now - rules.ROW_KEPT).delete()
    named = set(Work.objects.exclude(file="").values_list("file", flat=True))
    running = Work.objects.filter(state=WorkState.RUNNING).values_list("pk", "holder")
    return files.sweep(named | {files.name_of(pk, holder) for pk, holder in running}, now)
