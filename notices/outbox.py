"""Claim, send, mark. A row is claimed for a while, sent outside every transaction, and marked after the answer.

The only moment a second message can leave is between the provider's yes and our mark; the provider throws it
away by its Idempotency-Key. Any number of processes may turn this wheel.
"""

import logging
import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from common.crash import crash_point
from notices import gateway_events, rules
from notices.actions import fail, twins
from notices.channels import Outcome, sender_of
from notices.choices import Channel, State
from notices.models import Attempt, Notice

log = logging.getLogger(__name__)

#: As many messages are under way at once per lane; a channel that hangs costs a batch its timeout.
BATCH = 8
#: Lower than any urgency: the lane that takes everything.
EVERYTHING = 99


def turn(now: datetime, *, max_priority: int = EVERYTHING, limit: int = BATCH) -> int:
    """Claim one batch, most urgent first, and send it. Returns how many notices it dealt with."""
    gateway_events.apply_waiting(now)
    batch = claim(limit, timedelta(seconds=settings.NOTICE_LEASE_SECONDS), now, max_priority=max_priority)
    if not batch:
        return 0
    crash_point("notices.after_claim")
    watch = _Watch(now)
    for notice, outcome in _send_all(_still_wanted(batch, now)):
        crash_point("notices.sent_not_marked")
        mark(notice, outcome, watch.now())
        crash_point("notices.after_mark")
    return len(batch)


class _Watch:
    """The present, counted on from the `now` the turn was given: sending takes time."""

    def __init__(self, now: datetime):
        self._now, self._begun = now, time.monotonic()

    def now(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._begun)


def claim(limit: int, lease: timedelta, now: datetime, *, max_priority: int = EVERYTHING) -> list[Notice]:
    """Take up to `limit` notices for `lease`: nobody else sees them until then.

    Two statements on purpose. One UPDATE … FROM (SELECT … LIMIT … SKIP LOCKED) runs its subquery once per row
    when the planner thinks the table is empty: 20,000 rows took more than 30 s, and no alert went out.
    """
    waiting = Notice.objects.claimable(now).filter(priority__lte=max_priority)
    # A look without a lock: on SQLite every transaction takes the one write lock.
    if not waiting.exists():
        return []
    with transaction.atomic():
        ids = list(
            waiting.select_for_update(skip_locked=True)
            .order_by("priority", "visible_at", "id")
            .values_list("id", flat=True)[:limit]
        )
        Notice.objects.filter(pk__in=ids).update(
            visible_at=now + lease, token=F("token") + 1, attempts=F("attempts") + 1
        )
        batch = list(
            Notice.objects.filter(pk__in=ids)
            .select_related("recipient", "unit")
            .order_by("priority", "queued_at", "id")
        )
        Attempt.objects.bulk_create(
            [Attempt(notice=notice, number=notice.attempts, began_at=now) for notice in batch]
        )
    return batch


def _still_wanted(batch: list[Notice], now: datetime) -> list[Notice]:
    """Drop what is not true any more: expired, confirmed elsewhere, nobody to send it to."""
    wanted = []
    for notice in batch:
        if reason := _not_needed(notice):
            _cancel(notice, reason, now)
        elif reason := _impossible(notice, now):
            mark(notice, Outcome("never", error=reason), now)
        else:
            wanted.append(notice)
    return wanted


def _not_needed(notice: Notice) -> str:
    reached = [State.ACKNOWLEDGED]
    if notice.channel == Channel.VOICE:
        reached += [State.DELIVERED, State.HEARD]
        others = twins(notice).exclude(channel=Channel.APP)
        if others.filter(state__in=reached).exists():
            return "reached by text message"
    return "confirmed elsewhere" if twins(notice).filter(state=State.ACKNOWLEDGED).exists() else ""


def _impossible(notice: Notice, now: datetime) -> str:
    if notice.attempts > rules.MAX_ATTEMPTS:
        return f"given up after {rules.MAX_ATTEMPTS} attempts"
    if notice.expires_at and notice.expires_at <= now:
        return "expired before it could be sent"
    if not notice.recipient.is_active:
        return "the account is closed"
    if not notice.recipient.phone:
        return "no telephone number"
    return ""


def _send_all(batch: list[Notice]) -> Iterator[tuple[Notice, Outcome]]:
    """Send all at once and give each answer as it comes: one that hangs delays no other's mark."""
    if not batch:
        return
    timeout = settings.NOTICE_LEASE_SECONDS * 0.4
    with ThreadPoolExecutor(max_workers=len(batch), thread_name_prefix="notice") as pool:
        under_way: dict[Future, Notice] = {
            pool.submit(sender_of(notice.channel), notice, timeout): notice for notice in batch
        }
        for future in as_completed(under_way):
            yield under_way[future], _outcome_of(future, under_way[future])


def _outcome_of(future: Future, notice: Notice) -> Outcome:
    try:
        return future.result()
    except Exception as error:
        log.exception("notice %s could not be sent", notice.pk)
        return Outcome("again", error=type(error).__name__)


def mark(notice: Notice, outcome: Outcome, now: datetime) -> None:
    """Write down what came of one attempt."""
    if outcome.kind == "sent":
        _mark_sent(notice, outcome, now)
    elif outcome.kind == "never" or _is_last_attempt(notice, now):
        _mark_failed(notice, outcome.error, now)
    else:
        _put_off(notice, outcome.error, now)


def _is_last_attempt(notice: Notice, now: datetime) -> bool:
    return notice.attempts >= rules.MAX_ATTEMPTS or bool(notice.expires_at and notice.expires_at <= now)


def _mark_sent(notice: Notice, outcome: Outcome, now: datetime) -> None:
    """It is sent, whoever holds the claim by now and whatever was decided since: that is a fact."""
    with transaction.atomic():
        row = Notice.objects.select_for_update().get(pk=notice.pk)
        row.state = rules.further(row.state, State.SENT)
        row.sent_at = row.sent_at or now
        row.provider_id = outcome.provider_id or row.provider_id
        row.last_error = outcome.error
        row.save(update_fields=["state", "sent_at", "provider_id", "last_error"])
        _end_attempt(notice, "sent", now)
    # After the commit: a report may have come before we knew the provider's id for it.
    gateway_events.apply(outcome.provider_id, now)


@transaction.atomic
def _mark_failed(notice: Notice, error: str, now: datetime) -> None:
    row = _ours(notice).select_for_update(of=("self",)).select_related("unit").first()
    if row:
        fail(row, error, now)
    _end_attempt(notice, error, now)


@transaction.atomic
def _put_off(notice: Notice, error: str, now: datetime) -> None:
    wait = rules.wait_after(notice.attempts, random.random())  # noqa: S311
    _ours(notice).update(visible_at=now + wait, last_error=error[:200])
    _end_attempt(notice, error, now)


@transaction.atomic
def _cancel(notice: Notice, reason: str, now: datetime) -> None:
    _ours(notice).update(state=State.CANCELLED, last_error=reason)
    _end_attempt(notice, reason, now)


def _ours(notice: Notice):
    """The row, if nobody has claimed or ended it since."""
    return Notice.objects.open().filter(pk=notice.pk, token=notice.token)


def _end_attempt(notice: Notice, outcome: str, now: datetime) -> None:
    Attempt.objects.filter(notice=notice, number=notice.attempts).update(ended_at=now, outcome=outcome[:200])
