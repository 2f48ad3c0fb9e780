"""From the journal to the receivers: messages are made as rows, then sent one by one, outside every transaction.

A receiver may be told the same thing twice (a process that dies between the answer and our mark): the id is the same.
One that hangs costs its own webhook one wait, then it rests; one message that is refused again and again stops no other.
"""

import json
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.people.actions import record_about
from accounts.scope import reach_of
from common.alone import Loop, may_begin
from common.failpoints import crash_point
from common.in_front import step_aside
from common.states import move
from journal.models import Entry
from journal.numbering import head
from journal.queries import entries_after
from journal.record import stamp
from webhooks import rules
from webhooks.choices import DeliveryState, WebhookState, kinds_in
from webhooks.models import Delivery, Webhook

Clock = Callable[[], datetime]
WEBHOOKS = Loop("webhooks")
LATER = (408, 425, 429, 502, 503, 504)
GONE = 410


def with_work(now: datetime) -> QuerySet[Webhook]:
    """Those for which there is something to look at or to send now, and that nobody serves."""
    due = Delivery.objects.filter(webhook=OuterRef("pk"), state=DeliveryState.QUEUED, next_at__lte=now)
    active = Webhook.objects.filter(may_begin(now), state=WebhookState.ACTIVE)
    last = head()
    # Beyond the head: the database is an older one than the webhook was told of (restored).
    return active.filter(~Q(cursor=last) | Exists(due)).order_by("pk")


def serve(pk: int, clock: Clock) -> int:
    """One turn for one webhook: make the messages of what happened, send what is due. Returns how many were sent or tried."""
    holder = secrets.token_hex(8)
    if not _hold(pk, holder, clock()):
        return 0
    tried, end = 0, time.monotonic() + rules.BUSY_SECONDS
    try:
        while time.monotonic() < end:
            step_aside()
            webhook = Webhook.objects.select_related("person", "unit").get(pk=pk)
            if not _may_go_on(webhook, clock()):
                break
            made = make_messages(webhook, clock())
            step_aside()
            done, is_over = _send_due(webhook, holder, clock, end)
            tried += done
            # What has happened meanwhile is for the next look: another pass to find nothing costs as much as this one.
            if is_over or max(made, done) < rules.BATCH:
                break
    finally:
        Webhook.objects.filter(pk=pk, holder=holder).update(holder="", held_until=None)
    return tried


def _hold(pk: int, holder: str, now: datetime) -> bool:
    """Of several processes one gets it, until its lease is over."""
    rows = Webhook.objects.filter(may_begin(now), pk=pk, state=WebhookState.ACTIVE)
    return bool(rows.update(holder=holder, held_until=now + rules.LEASE))


def _may_go_on(webhook: Webhook, now: datetime) -> bool:
    """An account that was disabled, or an address that is no longer listed, is told nothing more."""
    if not webhook.person.is_active:
        _stop(webhook.pk, "away", now)
    elif not rules.is_listed(webhook.url, settings.WEBHOOK_TARGETS):
        _stop(webhook.pk, "forbidden", now)
    else:
        return webhook.state == WebhookState.ACTIVE
    return False


# --- from the journal to rows ----------------------------------------------------------------------------------


@transaction.atomic
def make_messages(webhook: Webhook, now: datetime) -> int:
    """A row for each entry after its cursor that its person may see and asked for. Returns by how much the cursor moved."""
    locked = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
    last = head()
    if locked.cursor > last:
        # An older database was restored: what it says next has these numbers again.
        Webhook.objects.filter(pk=webhook.pk).update(cursor=last)
        return 0
    entries = entries_after(locked.cursor, reach_of(webhook.person, now)).filter(number__lte=last)
    numbers = _asked_for(webhook, entries).values_list("number", flat=True)[: rules.BATCH]
    found = [number for number in numbers if number is not None]
    upto = found[-1] if len(found) == rules.BATCH else last
    # A row that is there already was made before the cursor was set back to send it again.
    Delivery.objects.bulk_create(
        [Delivery(webhook=webhook, number=number, queued_at=now, next_at=now) for number in found],
        ignore_conflicts=True,
    )
    Webhook.objects.filter(pk=webhook.pk).update(cursor=upto)
    return upto - locked.cursor


def _asked_for(webhook: Webhook, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    entries = entries.filter(kind__in=kinds_in(webhook.groups.split()))
    return entries.filter(unit_path__under=webhook.unit.path) if webhook.unit else entries


# --- from rows to receivers ------------------------------------------------------------------------------------


class TryResult(NamedTuple):
    """What came of one try."""

    #: HTTP status; 0: no whole answer came.
    status: int
    error: str = ""
    #: Seconds the receiver asked us to wait.
    wait: float = 0.0

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def _send_due(webhook: Webhook, holder: str, clock: Clock, end: float) -> tuple[int, bool]:
    """Send what is due, the longest waiting first. Returns how many were tried, and whether this turn is over."""
    now = clock()
    due = webhook.deliveries.filter(state=DeliveryState.QUEUED, next_at__lte=now).order_by("next_at", "pk")
    rows = {row.pk: row for row in due.filter(pk__in=WEBHOOKS.pick(due, now, rules.BATCH))}
    seen = _still_seen(webhook, [row.number for row in rows.values() if row.number], now)
    tried = refusals = 0
    taken: list[int] = []
    try:
        for row in rows.values():
            step_aside()
            if not _is_held(webhook.pk, holder) or time.monotonic() > end:
                return tried, True
            if row.number and row.number not in seen:
                _drop(row.pk, clock())
                continue
            try:
                body = json.dumps(
                    _body(row, seen.get(row.number or 0)), ensure_ascii=False, separators=(",", ":")
                )
                outcome = hand_over(webhook, row, body, clock())
            except Exception as error:
                # A row that cannot even be written down as a message.
                WEBHOOKS.put(row.pk, error, now)
                continue
            tried += 1
            crash_point("webhook.before_mark")
            if outcome.is_taken:
                taken.append(row.pk)
                refusals = 0
                if len(taken) < rules.MARKED_AT_ONCE:
                    continue
            # Before a refusal too: how the receiver does is said by the last answer.
            mark_taken(webhook.pk, taken, clock())
            taken.clear()
            if outcome.is_taken:
                continue
            refusals += 1
            is_over = mark_refused(webhook.pk, row.pk, outcome, clock())
            if is_over or refusals >= rules.REFUSALS_OF_A_TURN:
                return tried, True
    finally:
        mark_taken(webhook.pk, taken, clock())
    return tried, False


def _is_held(pk: int, holder: str) -> bool:
    """Ours still, and not stopped or ended meanwhile. The lease lasts longer than a turn: nothing is written."""
    return Webhook.objects.filter(pk=pk, holder=holder, state=WebhookState.ACTIVE).exists()


def _still_seen(webhook: Webhook, numbers: list[int], now: datetime) -> dict[int, Entry]:
    """Entries that its person may see at this moment: rights may have changed since the message was made."""
    if not numbers:
        return {}
    entries = entries_after(min(numbers) - 1, reach_of(webhook.person, now)).filter(number__in=numbers)
    return {entry.number: entry for entry in entries.select_related("unit") if entry.number}


def _body(row: Delivery, entry: Entry | None) -> dict:
    """What leaves: that something happened and to what, never its content and never a name. More is read over the API."""
    if entry is None:
        return {"type": "webhook.trial", "timestamp": stamp(row.queued_at), "data": {}}
    return {
        "type": entry.kind,
        "timestamp": stamp(entry.recorded_at),
        "data": {
            "number": entry.number,
            "at": stamp(entry.at),
            "subject": entry.subject,
            "thread": entry.thread,
            "unit": entry.unit.code if entry.unit else "",
            "level": entry.level,
            "drill": entry.drill,
        },
    }


def hand_over(webhook: Webhook, row: Delivery, body: str, now: datetime) -> TryResult:
    """One POST, signed by the secret, and for a day after it was renewed by the former one too."""
    # Here, not above: without a webhook nobody pays for an HTTP client in memory.
    from standardwebhooks import Webhook as Signer

    from notices.channels.answers import Unanswered
    from notices.channels.http import post, wait_asked

    row.webhook = webhook
    keys = [webhook.secret]
    if webhook.former_until and webhook.former_until > now:
        keys.append(webhook.former_secret)
    signatures = " ".join(Signer(key).sign(row.message_id, now, body) for key in keys)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": row.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signatures,
    }
    try:
        answer = post(webhook.url, body.encode(), rules.PATIENCE, headers)
    except Unanswered as error:
        return TryResult(0, str(error))
    wait = wait_asked(answer) if answer.status in LATER else 0.0
    return TryResult(answer.status, "" if 200 <= answer.status < 300 else str(answer.status), wait)


@transaction.atomic
def mark_taken(webhook_id: int, pks: list[int], now: datetime) -> None:
    """Write down that these were taken: together, because each transaction of the sender is one that an alarm waits for."""
    if not pks:
        return
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook_id)
    row = rules.DELIVERIES[rules.DELIVER]
    # Not those that were ended, or sent again, meanwhile.
    done = Delivery.objects.filter(pk__in=pks, state__in=row.at).update(
        state=row.to, tries=F("tries") + 1, last_error="", ended_at=now
    )
    if done:
        _note_health(webhook, TryResult(200), now)


@transaction.atomic
def mark_refused(webhook_id: int, pk: int, outcome: TryResult, now: datetime) -> bool:
    """Write down what came of a try that was not taken. Returns whether nothing more is to be sent in this turn."""
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook_id)
    row = Delivery.objects.select_for_update(of=("self",)).filter(pk=pk, state=DeliveryState.QUEUED).first()
    if row is None:
        # It was ended, or sent again, meanwhile.
        return webhook.state != WebhookState.ACTIVE
    row.tries, row.last_error = row.tries + 1, outcome.error[:80]
    if (wait := rules.wait_after(row.tries)) is None:
        move(row, rules.DELIVERIES, rules.GIVE_UP)
        row.ended_at = now
    else:
        move(row, rules.DELIVERIES, rules.PUT_OFF)
        row.next_at = now + wait
    row.save(update_fields=["state", "tries", "next_at", "ended_at", "last_error"])
    return _note_health(webhook, outcome, now)


def _note_health(webhook: Webhook, outcome: TryResult, now: datetime) -> bool:
    """How the receiver does. Returns whether it is to be left alone for now."""
    if outcome.is_taken:
        webhook.last_delivered_at, webhook.failing_since = now, None
        webhook.silences, webhook.rests_until, webhook.last_error = 0, None, ""
    else:
        webhook.failing_since = webhook.failing_since or now
        webhook.last_error = outcome.error[:80]
        webhook.silences = webhook.silences + 1 if outcome.status == 0 else 0
        rest = rules.rest_after(webhook.silences) if webhook.silences else timedelta(seconds=outcome.wait)
        webhook.rests_until = now + rest if rest else None
    webhook.save(
        update_fields=["last_delivered_at", "failing_since", "silences", "rests_until", "last_error"]
    )
    if outcome.status == GONE:
        _stop(webhook.pk, "gone", now)
    elif webhook.failing_since and now - webhook.failing_since > rules.SILENT_FOR:
        _stop(webhook.pk, "silent", now)
    else:
        return webhook.rests_until is not None
    return True


@transaction.atomic
def _drop(pk: int, now: datetime) -> None:
    row = Delivery.objects.select_for_update(of=("self",)).filter(pk=pk, state=DeliveryState.QUEUED).first()
    if row is not None:
        move(row, rules.DELIVERIES, rules.DROP)
        row.ended_at = now
        row.save(update_fields=["state", "ended_at"])


@transaction.atomic
def _stop(pk: int, because: str, now: datetime) -> None:
    """By the sender. On record, shown to its person, and told to whoever keeps the system."""
    rows = Webhook.objects.select_for_update(of=("self",)).select_related("person")
    webhook = rows.filter(pk=pk, state=WebhookState.ACTIVE).first()
    if webhook is None:
        return
    done = move(webhook, rules.WEBHOOKS, rules.STOP)
    webhook.stopped_because = because
    webhook.save(update_fields=["state", "stopped_because"])
    content = {"webhook": webhook.pk, "note": webhook.note, "because": because}
    record_about(done.entry, webhook.person, actor=None, now=now, content=content)


def tidy(now: datetime) -> None:
    """Take away rows that are past their time. An id can be made again from its entry's number."""
    Delivery.objects.filter(
        state__in=(DeliveryState.DELIVERED, DeliveryState.DROPPED), ended_at__lt=now - rules.DELIVERED_KEPT
    ).delete()
    Delivery.objects.filter(state=DeliveryState.FAILED, ended_at__lt=now - rules.FAILED_KEPT).delete()
