"""What the gateways report: delivered, failed, heard, a reply. In any order, more than once, too early or late.

Every report is stored first and applied then: one that overtakes our own mark waits until its notice knows the
provider's id. An id is a number of one gateway; which one says it is known by its signature, or the report repeats
our reference (docs/adr/0110). One that could mean two messages means none.
"""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from common.alone import Loop
from notices import rules
from notices.actions import confirm_by_reply, fail_notice, record_progress
from notices.channels.routes import gateways
from notices.choices import BY_NUMBER, Answer, State
from notices.incoming import clarification, replies
from notices.models import Callout, GatewayEvent, Notice
from notices.silence import callouts

log = logging.getLogger(__name__)

EVENTS = ("delivered", "failed", "heard", "reply")
#: How far `at` may lie in the future: clocks differ.
AHEAD = timedelta(minutes=5)
#: A text message is kept for a telephone that is off for three days at most (3GPP TS 23.040 lets a network choose;
#: ours offer 72 hours). Replayed within that time it is known already: reports are kept for 90 days.
BEHIND = timedelta(days=3)
#: A report nobody waits for is not tried for ever.
TRIED_FOR = timedelta(days=1)
#: A number is believed to be the message's for so long: some gateways begin at 1 again.
KNOWN_FOR = timedelta(days=7)
#: Reports applied in one go.
MOST = 500
AMBIGUOUS = "the id stands for more than one message"

REPORTS = Loop("notices.reports")


class Report(NamedTuple):
    """One report as it came."""

    provider_id: str
    event: str
    at: datetime
    reply: str = ""
    #: Which gateway signed it; empty: either of two with one secret.
    gateway: str = ""
    #: Our own name for the message, where the gateway repeats it.
    reference: UUID | None = None


def receive(report: Report, now: datetime) -> None:
    """Store a report and apply it. A report that was stored before is done already."""
    GatewayEvent.objects.bulk_create(
        [GatewayEvent(received_at=now, **report._asdict())], ignore_conflicts=True
    )
    _apply_all(_waiting().filter(provider_id=report.provider_id), now)


def apply_to(notice: Notice, now: datetime) -> None:
    """Apply what was reported of this notice before it was marked as sent."""
    mine = Q(reference__in=[notice.key, notice.bundle] if notice.bundle else [notice.key])
    if notice.provider_id:
        mine |= Q(provider_id=notice.provider_id)
    _apply_all(_waiting().filter(mine), now)


def apply_waiting(now: datetime) -> int:
    """Apply the reports that came before their notice was marked (and survived the process that got them)."""
    by_id = Notice.objects.filter(provider_id=OuterRef("provider_id"))
    by_key = Notice.objects.filter(key=OuterRef("reference"))
    by_bundle = Notice.objects.filter(bundle=OuterRef("reference"))
    fresh = _waiting().filter(
        Exists(by_id) | Exists(by_key) | Exists(by_bundle), received_at__gt=now - TRIED_FOR
    )
    return _apply_all(fresh, now)


def _waiting() -> QuerySet[GatewayEvent]:
    return GatewayEvent.objects.filter(is_applied=False).order_by("at", "pk")


def _apply_all(events: QuerySet[GatewayEvent], now: datetime) -> int:
    return REPORTS.each(REPORTS.pick(events, now, MOST), lambda pk: _apply(pk, now), now)


@transaction.atomic
def _apply(event_id: int, now: datetime) -> int:
    """Apply one report to the notices of its message. Returns 1 if it is settled."""
    event = GatewayEvent.objects.get(pk=event_id)
    meant = _meant_by(event)
    if len(set(meant.order_by().values_list("gateway", Coalesce("bundle", "key")))) > 1:
        return _settle(event, AMBIGUOUS)
    if event.event == "reply":
        meant = clarification.with_originals(meant)
    held = {
        (one.recipient_id, one.subject, one.purpose): callouts.lock_callout(one)
        for one in meant.order_by("pk")
    }
    locked = meant.select_for_update(of=("self",)).select_related("unit", "recipient")
    notices = list(locked.order_by("pk"))
    # Locked after the notices, as everywhere: another process may have applied it meanwhile.
    if not notices or not GatewayEvent.objects.select_for_update().filter(pk=event_id, is_applied=False):
        return 0
    if _may_be_anothers(event, notices[0], now):
        return 0
    for notice in notices:
        _apply_one(notice, held.get((notice.recipient_id, notice.subject, notice.purpose)), event, now)
    return _settle(event, "")


def _settle(event: GatewayEvent, note: str) -> int:
    if note:
        log.warning("report %s (%s) was not applied: %s", event.pk, event.event, note)
    event.is_applied, event.note = True, note
    event.save(update_fields=["is_applied", "note"])
    return 1


def _meant_by(event: GatewayEvent) -> QuerySet[Notice]:
    """The notices of the message that a report is about."""
    if event.reference:
        return Notice.objects.filter(Q(key=event.reference, bundle__isnull=True) | Q(bundle=event.reference))
    lately = Notice.objects.filter(provider_id=event.provider_id, sent_at__gt=event.at - KNOWN_FOR)
    return lately.filter(gateway__in=["", event.gateway]) if event.gateway else lately


def _may_be_anothers(event: GatewayEvent, notice: Notice, now: datetime) -> bool:
    """Nothing says which of two gateways numbered it, and the other one has messages whose number we do not know yet."""
    if event.gateway or event.reference or len(gateways()) < 2:
        return False
    under_way = Notice.objects.open().filter(channel__in=BY_NUMBER, attempts__gt=0)
    return under_way.exclude(gateway=notice.gateway).exists()


# --- what a report changes ---------------------------------------------------------------------------------


def _apply_one(notice: Notice, callout: Callout | None, event: GatewayEvent, now: datetime) -> None:
    if event.event == "failed":
        if rules.is_failed_by_report(notice.state) and _has_failed(notice, event):
            fail_notice(notice, "the gateway reported that it was not delivered", now, callout=callout)
        return
    # Whoever has had it has had it, although the gateway's answer got lost: it is not sent again.
    notice.sent_at = notice.sent_at or event.at
    if event.event == "reply":
        _apply_reply(notice, callout, event, now)
    elif event.event == "heard":
        if notice.heard_at is None:
            record_progress("notice.heard", notice, event.at)
        notice.heard_at = notice.heard_at or event.at
        notice.state = rules.further(notice.state, State.HEARD)
    else:
        if notice.delivered_at is None:
            record_progress("notice.delivered", notice, event.at)
        notice.delivered_at = notice.delivered_at or event.at
        notice.state = rules.further(notice.state, State.DELIVERED)
    notice.save(update_fields=["state", "sent_at", "delivered_at", "heard_at", "reply"])


def _has_failed(notice: Notice, event: GatewayEvent) -> bool:
    """The gateway that has it says so. One that had it before, while another tries, ends nothing."""
    return not event.gateway or notice.gateway in ("", event.gateway)


def _apply_reply(notice: Notice, callout: Callout | None, event: GatewayEvent, now: datetime) -> None:
    if _is_outdated(event):
        return
    notice.reply = event.reply
    notice.state = rules.further(notice.state, State.SENT)
    answer = replies.answer_of(event.reply)
    if answer == replies.CONFIRMED:
        answer = _plain_answer(notice, callout)
    if answer is not None:
        confirm_by_reply(notice, callout, answer, event.at)
    elif callout is not None and not callout.answer and callout.ended_at is None:
        clarification.ask_what_was_meant(notice, event.reply, now)


def _plain_answer(notice: Notice, callout: Callout | None) -> str:
    """ "Got it" without more: they come, unless they have said otherwise already."""
    return notice.answer or (callout.answer if callout else "") or Answer.COMING


def _is_outdated(event: GatewayEvent) -> bool:
    """A later answer of theirs came first."""
    later = GatewayEvent.objects.filter(
        provider_id=event.provider_id, gateway=event.gateway, event="reply", is_applied=True, at__gt=event.at
    )
    return later.exists()
