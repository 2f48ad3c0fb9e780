"""Claim, send, mark. A row is leased, sent outside every transaction, and marked after the answer.

POST {"reference", "kind", "outside_number", "order", "unit", "unit_name", "post", "text", "reported_to", "at"}
Idempotency-Key the same for every try · X-Signature: sha256=HMAC of the body · 2xx {"id"}: accepted, its receipt ·
408, 425, 429: later, as Retry-After says · other 4xx: refused · everything else: tried again

A process that dies between the centre's yes and our mark sends the same once more under the same key: the centre takes
it once and gives the same receipt.
"""

import json
from datetime import datetime, timedelta

from django.db import transaction

from accounts.scope import Reach, reach_of
from command.linkage import alerts, rules
from command.linkage.choices import DeliveryState, ReportState, ReportWay
from command.linkage.delivery import Centre, centre_of
from command.linkage.models import LinkageDelivery, LinkageOrder
from command.linkage.reporting import lock_report, note_try
from command.linkage.transitions import lock_order, record_entry
from common.alone import Loop
from common.failpoints import crash_point
from common.states import move
from notices.channels import SendResult
from plans.lifecycle.queries import plan_in_force

LINKAGE = Loop("linkage")
#: Seconds a centre has for its answer, and until another process may try a row that was claimed.
PATIENCE, LEASE = 8.0, timedelta(seconds=45)
BATCH = 4


def send_due(now: datetime, limit: int = BATCH) -> int:
    """Send what is due, the longest waiting first; how many were sent or tried."""
    due = LinkageDelivery.objects.filter(state=DeliveryState.QUEUED, next_at__lte=now).order_by(
        "next_at", "pk"
    )
    return LINKAGE.each(LINKAGE.pick(due, now, limit), lambda pk: _send(pk, now), now)


def _send(pk: int, now: datetime) -> int:
    """Of several processes one gets the row: the lease is taken in one statement."""
    waiting = LinkageDelivery.objects.filter(pk=pk, state=DeliveryState.QUEUED, next_at__lte=now)
    if not waiting.update(next_at=now + LEASE):
        return 0
    crash_point("linkage.after_claim")
    row = LinkageDelivery.objects.select_related("order").get(pk=pk)
    centre = centre_of(row.order)
    result = hand_over(row, centre) if centre else SendResult("again", error="no address is set up")
    crash_point("linkage.before_mark")
    mark(pk, result, now)
    return 1


def hand_over(row: LinkageDelivery, centre: Centre) -> SendResult:
    """One POST, signed over the bytes as they leave."""
    # Here, not above: without a centre nobody pays for an HTTP client in memory.
    from notices.channels.answers import Unanswered
    from notices.channels.gateway import read_answer
    from notices.channels.http import post
    from notices.incoming.signatures import sign

    body = json.dumps(row.body, ensure_ascii=False, sort_keys=True).encode()
    headers = {
        "Idempotency-Key": row.idempotency_key,
        "X-Signature": f"sha256={sign(body, centre.secret)}",
        "Content-Type": "application/json; charset=utf-8",
    }
    try:
        return read_answer(post(centre.url, body, PATIENCE, headers))
    except Unanswered as error:
        return SendResult("again", error=str(error))


@transaction.atomic
def mark(pk: int, result: SendResult, now: datetime) -> None:
    """What the centre answered: its receipt ends it; no answer, and it is tried again later; a refusal asks for somebody."""
    order = lock_order(LinkageDelivery.objects.values_list("order_id", flat=True).get(pk=pk))
    row = (
        LinkageDelivery.objects.select_for_update(of=("self",))
        .select_related("report", "queued_by")
        .get(pk=pk)
    )

    if row.state != DeliveryState.QUEUED:
        return

    row.tries += 1
    by = reach_of(row.queued_by, now)
    if result.kind == "sent":
        _accepted(order, row, by, result.provider_id, now)
    else:
        _failed(order, row, by, result, now)


def _accepted(order: LinkageOrder, row: LinkageDelivery, by: Reach, receipt: str, now: datetime) -> None:
    move(row, rules.DELIVERIES, rules.DELIVER, str)
    row.delivered_at, row.receipt, row.last_error = now, receipt, ""
    row.save(update_fields=["state", "tries", "delivered_at", "receipt", "last_error"])
    if row.report_id is None:
        content = {"to": order.checked_in_to, "note": receipt}
        record_entry(order, "linkage.duty_delivered", by, at=now, now=now, content=content)
        return
    report = lock_report(row.report_id)
    if report.state == ReportState.TO_SEND and rules.TRANSITIONS.row(order.state, report.kind):
        note_try(report, by, ReportWay.AUTO, "", receipt, None, now)


def _failed(order: LinkageOrder, row: LinkageDelivery, by: Reach, result: SendResult, now: datetime) -> None:
    """Every try is counted; on record, and told to the duty room, are the third and a refusal."""
    is_final = result.kind == "never"
    move(row, rules.DELIVERIES, rules.REFUSE if is_final else rules.PUT_OFF, str)
    row.last_error, row.next_at = result.error[:200], now + rules.wait_after(row.tries, result.wait)
    row.save(update_fields=["state", "tries", "last_error", "next_at"])
    if not is_final and row.tries != rules.TOLD_AFTER_TRIES:
        return
    if row.report_id is not None:
        report = lock_report(row.report_id)
        if report.state == ReportState.TO_SEND:
            note_try(report, by, ReportWay.AUTO, row.last_error, "", None, now)
    else:
        content = {"title": row.title, "way": ReportWay.AUTO.value, "note": row.last_error}
        record_entry(order, "linkage.report_failed", by, at=now, now=now, content=content)
    alerts.tell_not_delivered(order, row, plan_in_force(order.unit, now).document, now=now)
