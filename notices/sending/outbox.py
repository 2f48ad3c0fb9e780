"""Claim, send, mark. A row is claimed for a while, sent outside every transaction, and marked after the answer.

The only moment a second message can leave is between the provider's yes and our mark; the provider throws it
away by its Idempotency-Key. Any number of processes may run it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from common.alone import Loop, is_of_the_row
from common.failpoints import crash_point
from notices import rules
from notices.actions import fail_notice, record_progress, telephone_meanwhile
from notices.approved.queries import put_templates_beside
from notices.channels import SendResult
from notices.channels.routes import Routes, gateways
from notices.choices import BY_NUMBER, State
from notices.incoming import gateway_events
from notices.models import Attempt, Callout, Notice
from notices.relevance import send_checks
from notices.sending import bundles
from notices.sending.bundles import Parcel
from notices.sending.dispatcher import THREADS, Senders
from notices.silence import callouts

#: So many messages are claimed at once.
BATCH = 24
#: So many are under way at one provider: one that hangs is given no more, and the others have theirs.
PER_PROVIDER = 16
#: Lower than any urgency: the lane that takes everything.
EVERYTHING = 99

#: Notices that our own code cannot send or mark.
BROKEN = Loop("notices")

_senders: dict[int, Senders] = {}


def send_due(now: datetime, *, max_priority: int = EVERYTHING, limit: int = BATCH) -> int:
    """Claim one batch, most urgent first, and send it. Returns how many notices it dealt with.

    What has no answer yet after a moment is left under way, and a later turn marks it: a provider that hangs
    holds up no other recipient.
    """
    gateway_events.apply_waiting(now)
    senders = _senders.setdefault(max_priority, Senders())
    marked = _mark_all(senders.collect(now))
    room = min(limit, max(limit, THREADS) - senders.count())
    if room <= 0:
        return marked
    lease = timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
    batch = claim(room, lease, now, max_priority=max_priority, full=senders.full(PER_PROVIDER))
    if not batch:
        return marked
    crash_point("notices.after_claim")
    senders.begin(bundles.parcels(_still_wanted(batch, now)), now)
    _mark_all(senders.answers())
    return len(batch)


def _still_wanted(batch: list[Notice], now: datetime) -> list[Notice]:
    """Those that are to leave now; the others are settled. A row that raises is set aside and stops no other."""
    verdicts = send_checks.judge(batch, now)
    leaving = []
    for notice in batch:
        verdict = verdicts[notice.pk]
        try:
            if verdict.kind == "send":
                leaving.append(notice)
            else:
                _settle(notice, verdict, now)
        except Exception as error:
            _could_not(notice, error, now)
    send_checks.add_what_is_not_stored(leaving, now)
    put_templates_beside(leaving)
    return leaving


def _settle(notice: Notice, verdict: send_checks.Verdict, now: datetime) -> None:
    if verdict.kind == "cancel":
        _cancel(notice, verdict.reason, now)
    elif verdict.kind == "raised":
        mark(notice, SendResult("broken", error=verdict.reason), now)
    else:
        _mark_failed(notice, verdict.reason, now, is_gone=verdict.kind == "gone")


def _mark_all(answers: Iterable[tuple[Parcel, SendResult, datetime]]) -> int:
    count = 0
    for parcel, outcome, at in answers:
        crash_point("notices.sent_not_marked")
        for notice in parcel:
            try:
                mark(notice, outcome, at)
            except Exception as error:
                _could_not(notice, error, at)
        crash_point("notices.after_mark")
        count += 1
    return count


def _could_not(notice: Notice, error: Exception, now: datetime) -> None:
    """What came of it could not be written down. Its claim ends and it comes again, but not for ever."""
    if not is_of_the_row(error):
        raise error
    BROKEN.put(notice.pk, error, now)
    if notice.attempts >= rules.BROKEN_TRIES:
        _ours(notice).update(state=State.FAILED, last_error=rules.set_aside(type(error).__name__))


def claim(
    limit: int,
    lease: timedelta,
    now: datetime,
    *,
    max_priority: int = EVERYTHING,
    full: Iterable[str] = (),
) -> list[Notice]:
    """Take up to `limit` notices for `lease`, and what leaves with them as one message: nobody else sees them.

    Two statements on purpose. One UPDATE … FROM (SELECT … LIMIT … SKIP LOCKED) runs its subquery once per row
    when the planner thinks the table is empty: 20,000 rows took more than 30 s, and no alert went out.
    """
    routes = Routes.now(frozenset(full))
    waiting = Notice.objects.claimable(now).filter(priority__lte=max_priority)
    if closed := routes.closed_channels():
        waiting = waiting.exclude(channel__in=closed)
    # A look without a lock: on SQLite every transaction takes the one write lock.
    if not waiting.exists():
        return []
    with transaction.atomic():
        ids = _take(waiting.order_by("priority", "visible_at", "id"), limit)
        batch = _claimed(ids, lease, now, routes)
        mates = bundles.mates_of(batch, Notice.objects.claimable(now).exclude(pk__in=ids), now)
        batch += _claimed(_take(mates, bundles.MOST), lease, now, routes)
        bundles.tie(batch, now)
    return batch


def _take(rows: QuerySet[Notice], limit: int) -> list[int]:
    return list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("id", flat=True)[:limit])


def _claimed(ids: list[int], lease: timedelta, now: datetime, routes: Routes) -> list[Notice]:
    if not ids:
        return []
    by_second = routes.begins_with_second()
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
    _route(batch, routes)
    Attempt.objects.bulk_create(
        [Attempt(notice=notice, number=notice.attempts, began_at=now) for notice in batch]
    )
    return batch


def _route(batch: list[Notice], routes: Routes) -> None:
    """Write down which gateway has this attempt: its report may come before its answer."""
    chosen: dict[str, list[int]] = {}
    for notice in batch:
        if notice.channel in BY_NUMBER:
            gateway = routes.for_attempt(notice.attempts, notice.by_second, notice.channel)
            if gateway != notice.gateway:
                notice.gateway = gateway
                chosen.setdefault(gateway, []).append(notice.pk)
    for gateway, pks in chosen.items():
        Notice.objects.filter(pk__in=pks).update(gateway=gateway)


# --- what came of it ---------------------------------------------------------------------------------------


def mark(notice: Notice, outcome: SendResult, now: datetime) -> None:
    """Write down what came of one attempt."""
    if outcome.kind == "sent":
        _mark_sent(notice, outcome, now)
    elif outcome.kind == "never" or _is_last_attempt(notice, now):
        _mark_failed(notice, outcome.error, now)
    elif outcome.kind != "broken":
        _put_off(notice, outcome, now)
    else:
        _set_aside(notice, outcome, now)


def _set_aside(notice: Notice, outcome: SendResult, now: datetime) -> None:
    """Our own code raised: a few more tries, alone. Nothing has left, so no provider knows the bundle."""
    BROKEN.put(notice.pk, outcome.error, now)
    if notice.attempts >= rules.BROKEN_TRIES:
        _mark_failed(notice, rules.set_aside(outcome.error), now)
    else:
        _ours(notice).update(bundle=None)
        _put_off(notice, outcome, now)


def _is_last_attempt(notice: Notice, now: datetime) -> bool:
    return rules.tried_until(notice.queued_at, notice.expires_at) <= now


def _mark_sent(notice: Notice, outcome: SendResult, now: datetime) -> None:
    """It is sent, whoever holds the claim by now and whatever was decided since: that is a fact."""
    with transaction.atomic():
        row = Notice.objects.select_for_update(of=("self",)).select_related("unit").get(pk=notice.pk)
        if row.sent_at is None:
            record_progress("notice.sent", row, now)
        row.state = rules.further(row.state, State.SENT)
        row.sent_at = row.sent_at or now
        if outcome.provider_id:
            row.provider_id, row.gateway = outcome.provider_id, notice.gateway
        row.last_error = outcome.error
        row.save(update_fields=["state", "sent_at", "provider_id", "gateway", "last_error"])
        _end_attempt(notice, "sent", now)
    # After the commit: a report may have come before we knew the provider's id for it.
    gateway_events.apply_to(row, now)


@transaction.atomic
def _mark_failed(notice: Notice, error: str, now: datetime, *, is_gone: bool = False) -> None:
    callout: Callout | None = callouts.lock_callout(notice)
    row = _ours(notice).select_for_update(of=("self",)).select_related("unit").first()
    if row:
        fail_notice(row, error, now, callout=callout, is_gone=is_gone)
    _end_attempt(notice, error, now)


@transaction.atomic
def _put_off(notice: Notice, outcome: SendResult, now: datetime) -> None:
    # What leaves as one message comes back at one moment.
    luck = (notice.bundle or notice.key).int % 1000 / 1000
    wait = rules.wait_after(notice.attempts, luck, notice.priority)
    # A gateway that asks for patience has it; where there is another one, that one need not wait.
    if outcome.wait is not None and (notice.channel not in BY_NUMBER or len(gateways()) < 2):
        wait = max(wait, timedelta(seconds=outcome.wait))
    # The callout before the notice, as everywhere.
    telephone_meanwhile(notice, now)
    _ours(notice).update(visible_at=now + wait, last_error=outcome.error[:200])
    _end_attempt(notice, outcome.error, now)


@transaction.atomic
def _cancel(notice: Notice, reason: str, now: datetime) -> None:
    _ours(notice).update(state=State.CANCELLED, last_error=reason)
    _end_attempt(notice, reason, now)


def _ours(notice: Notice) -> QuerySet[Notice]:
    """The row, if nobody has claimed or ended it since."""
    return Notice.objects.open().filter(pk=notice.pk, token=notice.token)


def _end_attempt(notice: Notice, outcome: str, now: datetime) -> None:
    Attempt.objects.filter(notice=notice, number=notice.attempts).update(ended_at=now, outcome=outcome[:200])
