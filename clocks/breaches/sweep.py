"""Ask "due and not done?", never "due in the last window?": a sweep that was away for an hour misses nothing.

Any number of processes may sweep. A breach is marked and recorded in one transaction; what follows from it
(the effect) runs in one of its own, so that one that fails holds up nobody.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Value, When

from clocks.actions import record_with_clocks
from clocks.breaches import effects
from clocks.models import RUNNING, Clock
from common.alone import Loop, is_of_the_row
from common.failpoints import crash_point
from journal.record import stamp

log = logging.getLogger(__name__)

#: How long one sweeper has an effect to itself; it then belongs to whoever asks next.
EFFECT_LEASE = timedelta(seconds=10)
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(minutes=15)
BREACHES = Loop("clocks.breach")


def sweep(now: datetime, limit: int = 100) -> int:
    """Record up to `limit` breaches and run up to `limit` effects. Returns how many clocks it dealt with."""
    return _mark_breached(now, limit) + _run_effects(now, limit)


def _mark_breached(now: datetime, limit: int) -> int:
    # A look without a lock: on SQLite every transaction takes the one write lock.
    late = BREACHES.pick(Clock.objects.unswept(now).order_by("due_at"), now, limit)
    if not late:
        return 0
    try:
        count = _mark(late, now)
    except Exception as error:
        if not is_of_the_row(error):
            raise
        # One of them cannot be recorded: each alone, so that the others are.
        count = BREACHES.each(late, lambda pk: _mark([pk], now), now)
    crash_point("clocks.after_breach_commit")
    return count


@transaction.atomic
def _mark(pks: list[int], now: datetime) -> int:
    late = list(
        Clock.objects.unswept(now)
        .filter(pk__in=pks)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("unit")
        .order_by("due_at")
    )
    # Answered late but before anybody could be told: then nobody need be.
    Clock.objects.filter(pk__in=[clock.pk for clock in late]).update(
        breached_at=now, tell_due_at=Case(When(RUNNING, then=Value(now)), default=None)
    )
    owed = [clock.pk for clock in late if clock.effect and clock.is_running]
    if owed:
        Clock.objects.filter(pk__in=owed).update(effect_due_at=now)
    for clock in late:
        _record_breach(clock, now)
    crash_point("clocks.before_breach_commit")
    return len(late)


def _record_breach(clock: Clock, now: datetime) -> None:
    """The breach happened at the deadline; it is written down now."""
    content = {
        "clock": clock.clock_id,
        "title_zh": clock.title_zh,
        "title_en": clock.title_en,
        "due_at": stamp(clock.due_at),
        "role": clock.role,
        "cite": clock.cite,
    }
    if clock.stopped_at:
        content["stopped_at"] = stamp(clock.stopped_at)
    _record("clock.breached", clock, content, at=clock.due_at, recorded_at=now)


def _record(kind: str, clock: Clock, content: dict, *, at: datetime, recorded_at: datetime) -> None:
    record_with_clocks(
        kind,
        subject=clock.subject,
        thread=clock.thread,
        unit=clock.unit,
        actor=None,
        at=at,
        recorded_at=recorded_at,
        plan=clock.plan,
        drill=clock.drill,
        content=content,
    )


def _run_effects(now: datetime, limit: int) -> int:
    if not Clock.objects.filter(effect_due_at__lte=now).exists():
        return 0
    claimed = _claim_effects(now, limit)
    for clock in claimed:
        try:
            _run_effect(clock, now)
        except Exception as error:
            log.exception("effect %s of clock %s failed", clock.effect, clock.pk)
            _put_off(clock, error, now)
    return len(claimed)


@transaction.atomic
def _claim_effects(now: datetime, limit: int) -> list[Clock]:
    due = list(
        Clock.objects.filter(effect_due_at__lte=now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("unit")
        .order_by("effect_due_at")[:limit]
    )
    Clock.objects.filter(pk__in=[clock.pk for clock in due]).update(effect_due_at=now + EFFECT_LEASE)
    for clock in due:
        clock.effect_due_at = now + EFFECT_LEASE
    return due


@transaction.atomic
def _run_effect(clock: Clock, now: datetime) -> None:
    """Run the effect and settle the claim together: of two sweepers, only one can commit.

    The clock is locked after whatever the effect locks, as in every action: no circle, no deadlock.
    """
    if clock.is_running:
        effects.run(clock, now)
    crash_point("clocks.before_effect_commit")
    mine = Clock.objects.filter(pk=clock.pk, effect_due_at=clock.effect_due_at)
    if not mine.update(effect_due_at=None):
        # Another sweeper has it by now: what was written here goes, what it writes stays.
        transaction.set_rollback(True)


@transaction.atomic
def _put_off(clock: Clock, error: Exception, now: datetime) -> None:
    """Try again in a minute, then two, four … fifteen. The first failure is recorded."""
    wait = min(FIRST_RETRY * 2**clock.effect_tries, LAST_RETRY)
    mine = Clock.objects.filter(pk=clock.pk, effect_due_at=clock.effect_due_at)
    if not mine.update(effect_due_at=now + wait, effect_tries=min(clock.effect_tries + 1, 100)):
        return
    if clock.effect_tries == 0:
        content = {"clock": clock.clock_id, "effect": clock.effect, "error": type(error).__name__}
        _record("clock.effect_failed", clock, content, at=now, recorded_at=now)
