"""From rows to partners: claimed, sent one by one outside every transaction, marked after the signed receipt.

A process that dies between the receipt and our mark sends the same bytes under the same id once more and is given the same
receipt. Only what the partner has signed counts: a receipt, and a refusal. Everything else, whoever says it, means later.
"""

import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from common.alone import Loop, may_begin
from common.failpoints import crash_point
from common.in_front import step_aside
from common.states import move
from exchange import documents, keys, queries, receipts, rules
from exchange.choices import OutgoingState, PartnerState
from exchange.documents import Receipt
from exchange.models import Outgoing, Partner
from exchange.outgoing import record_about
from exchange.rules import OUTGOING
from webhooks.rules import is_listed

Clock = Callable[[], datetime]
EXCHANGE = Loop("exchange")
#: Below the address of an installation.
PATH = "/api/v1/exchange/documents/"
#: Answers that mean "not this document" when they are signed.
REFUSALS = (403, 409, 413, 422)


def with_work(now: datetime) -> QuerySet[Partner]:
    """Partners for whom something is due, that rest no longer and that nobody serves."""
    due = Outgoing.objects.filter(partner=OuterRef("pk"), state=OutgoingState.QUEUED, next_at__lte=now)
    return Partner.objects.filter(may_begin(now), Exists(due), state=PartnerState.ACTIVE).order_by("pk")


def serve(pk: int, clock: Clock) -> int:
    """One turn for one partner: send what is due, the longest waiting first. Returns how many were tried."""
    holder = secrets.token_hex(8)
    now = clock()
    mine = Partner.objects.filter(may_begin(now), pk=pk, state=PartnerState.ACTIVE)
    if not mine.update(holder=holder, held_until=now + rules.LEASE):
        return 0
    try:
        return _send_due(Partner.objects.get(pk=pk), holder, clock, time.monotonic() + rules.BUSY_SECONDS)
    finally:
        Partner.objects.filter(pk=pk, holder=holder).update(holder="", held_until=None)


def _send_due(partner: Partner, holder: str, clock: Clock, end: float) -> int:
    now = clock()
    due = Outgoing.objects.filter(partner=partner, state=OutgoingState.QUEUED, next_at__lte=now).order_by(
        "next_at", "pk"
    )
    tried = refusals = 0
    for pk in EXCHANGE.pick(due, now, rules.BATCH):
        step_aside()
        if time.monotonic() > end or not _hold_on(partner.pk, holder, clock()):
            break
        try:
            result = hand_over(partner, Outgoing.objects.get(pk=pk), clock())
        except Exception as error:
            # A row that cannot even be signed and sent.
            EXCHANGE.put(pk, error, now)
            continue
        tried += 1
        crash_point("exchange.before_mark")
        mark(partner.pk, pk, result, clock())
        refusals = 0 if result.receipt else refusals + 1
        if result.is_silence or refusals >= rules.REFUSALS_OF_A_TURN:
            break
    return tried


def _hold_on(pk: int, holder: str, now: datetime) -> bool:
    """Suspended while it is served, it is sent nothing more."""
    rows = Partner.objects.filter(pk=pk, holder=holder, state=PartnerState.ACTIVE)
    return bool(rows.update(held_until=now + rules.LEASE))


class TryResult(NamedTuple):
    """What came of one try."""

    receipt: Receipt | None = None
    #: The receipt as it was signed.
    answer: str = ""
    error: str = ""
    #: The partner signed that it does not take this document.
    is_refused: bool = False
    #: No whole answer came: nobody else's document would fare better now.
    is_silence: bool = False


def hand_over(partner: Partner, row: Outgoing, now: datetime) -> TryResult:
    """One POST of the bytes as they were written, signed anew with the moment of this try."""
    # Here, not above: without a partner nobody pays for an HTTP client in memory.
    from notices.channels.answers import Unanswered
    from notices.channels.http import post

    if not is_listed(partner.address, settings.EXCHANGE_TARGETS):
        return TryResult(error="not_listed", is_silence=True)
    body, timestamp = row.body.encode(), int(now.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "exchange-from": queries.own_uid(),
        "webhook-id": row.uid,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": keys.sign([own.secret for own in queries.own_keys()], row.uid, timestamp, body),
    }
    try:
        answer = post(partner.address.rstrip("/") + PATH, body, rules.PATIENCE, headers)
    except Unanswered as error:
        return TryResult(error=str(error)[:80], is_silence=True)
    is_signed = keys.is_signed(
        queries.accepted_keys(partner),
        answer.headers.get("webhook-signature", ""),
        row.uid,
        answer.headers.get("webhook-timestamp", ""),
        answer.body,
        answer=True,
    )
    return _understood(partner, row, answer.status, answer.body, is_signed)


def _understood(partner: Partner, row: Outgoing, status: int, body: bytes, is_signed: bool) -> TryResult:
    if status in (200, 201):
        receipt = documents.read_receipt(
            body, uid=row.uid, sha256=row.sha256, sender=partner.uid, to=queries.own_uid()
        )
        if not is_signed or receipt is None:
            return TryResult(error="bad_receipt")
        return TryResult(receipt, body.decode())
    if is_signed and status in REFUSALS:
        code = documents.code_of(body)
        # Not a word about this document: it goes there once the partner is in use again.
        if code != "partner_not_in_use":
            return TryResult(error=code, is_refused=True)
    return TryResult(error=str(status), is_silence=status >= 500 or status == 429)


@transaction.atomic
def mark(partner_id: int, pk: int, result: TryResult, now: datetime) -> None:
    """Write down what came of a try."""
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    rows = Outgoing.objects.select_for_update(of=("self",)).select_related("unit")
    row = rows.filter(pk=pk, state=OutgoingState.QUEUED).first()
    if row is None:
        # It was settled meanwhile.
        return
    row.partner = partner
    row.tries = min(row.tries + 1, 1_000_000)
    if result.receipt:
        receipts.take_receipt(row, result.receipt, result.answer, now)
    elif result.is_refused:
        done = move(row, OUTGOING, rules.REFUSE)
        row.last_error, row.told_at = result.error, None
        row.save(update_fields=["state", "tries", "last_error", "told_at"])
        record_about(done, row, actor=None, now=now, code=result.error)
    else:
        move(row, OUTGOING, rules.PUT_OFF)
        row.last_error = result.error
        # Who is away takes nothing: the partner rests, and what waits goes in its order when it is back.
        row.next_at = row.next_at if result.is_silence else now + rules.wait_after(row.tries)
        row.save(update_fields=["state", "tries", "last_error", "next_at"])
    _note_health(partner, result, now)


def _note_health(partner: Partner, result: TryResult, now: datetime) -> None:
    if result.receipt:
        partner.last_received_at = now
    partner.silences = partner.silences + 1 if result.is_silence else 0
    partner.rests_until = now + rules.rest_after(partner.silences) if partner.silences else None
    partner.last_error = result.error
    partner.save(update_fields=["last_received_at", "silences", "rests_until", "last_error"])
