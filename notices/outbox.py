"""Claim, send, mark. A row is claimed for a while, sent outside every transaction, and marked after the answer.

The only moment a second message can leave is between the provider's yes and our mark; the provider throws it
away by its Idempotency-Key. Any number of processes may turn this wheel.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from accounts.duty import still_answering
from common.crash import crash_point
from notices import addenda, bundles, gateway_events, rules, still, tellings
from notices.actions import fail, record_progress, twins
from notices.bundles import Parcel
from notices.channels import Outcome
from notices.channels.health import begins_with_second
from notices.choices import BY_NUMBER, Channel, State
from notices.models import Attempt, Notice, Telling
from notices.senders import Senders

#: As many messages are under way at once per lane.
BATCH = 24
#: Of these on one channel: one that hangs leaves room for the others.
PER_CHANNEL = 16
#: Lower than any urgency: the lane that takes everything.
EVERYTHING = 99

_senders: dict[int, Senders] = {}


def turn(now: datetime, *, max_priority: int = EVERYTHING, limit: int = BATCH) -> int:
    """Claim one batch, most urgent first, and send it. Returns how many notices it dealt with.

    What has no answer yet after a moment is left under way, and a later turn marks it: a provider that hangs
    holds up no other recipient.
    """
    gateway_events.apply_waiting(now)
    senders = _senders.setdefault(max_priority, Senders())
    marked = _mark_all(senders.collect(now))
    room = limit - senders.count()
    if room <= 0:
        return marked
    lease = timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
    batch = claim(room, lease, now, max_priority=max_priority, without=senders.full(PER_CHANNEL))
    if not batch:
        return marked
    crash_point("notices.after_claim")
    wanted = _still_wanted(batch, now)
    addenda.add_to(wanted, now)
    senders.begin(bundles.parcels(wanted), now)
    _mark_all(senders.answers())
    return len(batch)


def _mark_all(answers: Iterable[tuple[Parcel, Outcome, datetime]]) -> int:
    count = 0
    for parcel, outcome, at in answers:
        crash_point("notices.sent_not_marked")
        for notice in parcel:
            mark(notice, outcome, at)
        crash_point("notices.after_mark")
        count += 1
    return count


def claim(
    limit: int,
    lease: timedelta,
    now: datetime,
    *,
    max_priority: int = EVERYTHING,
    without: Iterable[str] = (),
) -> list[Notice]:
    """Take up to `limit` notices for `lease`, and what leaves with them as one message: nobody else sees them.

    Two statements on purpose. One UPDATE … FROM (SELECT … LIMIT … SKIP LOCKED) runs its subquery once per row
    when the planner thinks the table is empty: 20,000 rows took more than 30 s, and no alert went out.
    """
    waiting = Notice.objects.claimable(now).filter(priority__lte=max_priority)
    if without := list(without):
        waiting = waiting.exclude(channel__in=without)
    # A look without a lock: on SQLite every transaction takes the one write lock.
    if not waiting.exists():
        return []
    # Asked once: what leaves as one message begins with one gateway.
    by_second = begins_with_second()
    with transaction.atomic():
        ids = _take(waiting.order_by("priority", "visible_at", "id"), limit)
        batch = _claimed(ids, lease, now, by_second=by_second)
        mates = bundles.mates_of(batch, Notice.objects.claimable(now).exclude(pk__in=ids), now)
        batch += _claimed(_take(mates, bundles.MOST), lease, now, by_second=by_second)
        bundles.tie(batch, now)
    return batch


def _take(rows: QuerySet[Notice], limit: int) -> list[int]:
    return list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("id", flat=True)[:limit])


def _claimed(ids: list[int], lease: timedelta, now: datetime, *, by_second: bool) -> list[Notice]:
    if not ids:
        return []
    Notice.objects.filter(pk__in=ids).update(
        visible_at=now + lease,
        token=F("token") + 1,
        attempts=F("attempts") + 1,
        # Stored before anything leaves: whoever repeats it after a crash asks the gateway that knows the key.
        by_second=Case(When(attempts=0, then=Value(by_second)), default=F("by_second")),
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


# --- is it still true? -------------------------------------------------------------------------------------


def _still_wanted(batch: list[Notice], now: datetime) -> list[Notice]:
    """Drop what is not true any more: expired, confirmed elsewhere, nobody to send it to, nobody on duty."""
    wanted = []
    pairs = {(one.recipient_id, one.held_post_id) for one in batch if one.held_post_id}
    on_duty = still_answering(pairs, now)
    over = still.not_needed(batch, now)
    for notice in batch:
        if reason := over.get(notice.pk) or _not_needed(notice):
            _cancel(notice, reason, now)
        elif reason := _gone(notice, on_duty):
            _mark_failed(notice, reason, now, is_gone=True)
        elif reason := _impossible(notice, now):
            _mark_failed(notice, reason, now)
        else:
            wanted.append(notice)
    return wanted


def _not_needed(notice: Notice) -> str:
    reached = [State.ACKNOWLEDGED]
    if notice.channel == Channel.VOICE:
        reached += [State.HEARD] if notice.insists else [State.DELIVERED, State.HEARD]
        others = twins(notice).exclude(channel=Channel.APP)
        if others.filter(state__in=reached).exists():
            return "reached by text message"
    return "confirmed elsewhere" if twins(notice).filter(state=State.ACKNOWLEDGED).exists() else ""


def _gone(notice: Notice, on_duty: set[tuple[int, int]]) -> str:
    if not notice.recipient.is_active:
        return "the account is closed"
    if notice.held_post_id and (notice.recipient_id, notice.held_post_id) not in on_duty:
        return "not on duty any more"
    return ""


def _impossible(notice: Notice, now: datetime) -> str:
    if notice.attempts > rules.MAX_ATTEMPTS:
        return f"given up after {rules.MAX_ATTEMPTS} attempts"
    if notice.expires_at and notice.expires_at <= now:
        return "expired before it could be sent"
    if notice.channel in BY_NUMBER and not notice.recipient.phone:
        return "no telephone number"
    if notice.channel == Channel.EMAIL and not notice.recipient.email:
        return "no e-mail address"
    return ""


# --- what came of it ---------------------------------------------------------------------------------------


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
        row = Notice.objects.select_for_update(of=("self",)).select_related("unit").get(pk=notice.pk)
        if row.sent_at is None:
            record_progress("notice.sent", row, now)
        row.state = rules.further(row.state, State.SENT)
        row.sent_at = row.sent_at or now
        row.provider_id = outcome.provider_id or row.provider_id
        row.last_error = outcome.error
        row.save(update_fields=["state", "sent_at", "provider_id", "last_error"])
        _end_attempt(notice, "sent", now)
    # After the commit: a report may have come before we knew the provider's id for it.
    gateway_events.apply(outcome.provider_id, now)


@transaction.atomic
def _mark_failed(notice: Notice, error: str, now: datetime, *, is_gone: bool = False) -> None:
    telling: Telling | None = tellings.hold(notice)
    row = _ours(notice).select_for_update(of=("self",)).select_related("unit").first()
    if row:
        fail(row, error, now, telling=telling, is_gone=is_gone)
    _end_attempt(notice, error, now)


@transaction.atomic
def _put_off(notice: Notice, error: str, now: datetime) -> None:
    # What leaves as one message comes back at one moment.
    luck = (notice.bundle or notice.key).int % 1000 / 1000
    _ours(notice).update(visible_at=now + rules.wait_after(notice.attempts, luck), last_error=error[:200])
    _end_attempt(notice, error, now)


@transaction.atomic
def _cancel(notice: Notice, reason: str, now: datetime) -> None:
    _ours(notice).update(state=State.CANCELLED, last_error=reason)
    _end_attempt(notice, reason, now)


def _ours(notice: Notice) -> QuerySet[Notice]:
    """The row, if nobody has claimed or ended it since."""
    return Notice.objects.open().filter(pk=notice.pk, token=notice.token)


def _end_attempt(notice: Notice, outcome: str, now: datetime) -> None:
    Attempt.objects.filter(notice=notice, number=notice.attempts).update(ended_at=now, outcome=outcome[:200])
