"""What the gateway reports: delivered, failed, heard, a reply. In any order, more than once, or too early.

Every report is stored first and applied then: one that overtakes our own mark waits until its notice knows
the provider's id.
"""

from datetime import datetime, timedelta

from django.db import transaction

from notices import rules, tellings
from notices.actions import confirm_by_reply, fail, record_progress
from notices.choices import State
from notices.models import GatewayEvent, Notice, Telling

EVENTS = ("delivered", "failed", "heard", "reply")
#: How far `at` may lie from the present: what is older or newer is refused.
WINDOW = timedelta(minutes=5)
#: A report nobody waits for is not tried for ever.
TRIED_FOR = timedelta(days=1)


def receive(*, provider_id: str, event: str, reply: str, at: datetime, now: datetime) -> None:
    """Store a report and apply it. A report that was stored before is done already."""
    GatewayEvent.objects.bulk_create(
        [GatewayEvent(provider_id=provider_id, event=event, reply=reply, at=at, received_at=now)],
        ignore_conflicts=True,
    )
    apply(provider_id, now)


def apply(provider_id: str, now: datetime) -> int:
    """Apply the reports that wait for this provider's id. Returns how many.

    A message that carried several notices is reported for all of them.
    """
    if not provider_id:
        return 0
    with transaction.atomic():
        held = {
            (one.recipient_id, one.subject, one.purpose): tellings.hold(one)
            for one in Notice.objects.filter(provider_id=provider_id).order_by("pk")
        }
        notices = list(
            Notice.objects.select_for_update(of=("self",))
            .select_related("unit", "recipient")
            .filter(provider_id=provider_id)
            .order_by("pk")
        )
        if not notices:
            return 0
        waiting = list(GatewayEvent.objects.filter(provider_id=provider_id, is_applied=False).order_by("at"))
        for event in waiting:
            for notice in notices:
                telling = held.get((notice.recipient_id, notice.subject, notice.purpose))
                _apply_one(notice, telling, event, now)
        GatewayEvent.objects.filter(pk__in=[event.pk for event in waiting]).update(is_applied=True)
    return len(waiting)


def apply_waiting(now: datetime) -> int:
    """Apply the reports that came before their notice was marked (and survived the process that got them)."""
    ids = GatewayEvent.objects.filter(is_applied=False, received_at__gt=now - TRIED_FOR).values("provider_id")
    known = Notice.objects.filter(provider_id__in=ids).values_list("provider_id", flat=True)
    return sum(apply(provider_id, now) for provider_id in set(known))


def _apply_one(notice: Notice, telling: Telling | None, event: GatewayEvent, now: datetime) -> None:
    if event.event == "failed":
        if rules.is_failed_by_report(notice.state):
            fail(notice, "the gateway reported that it was not delivered", now, telling=telling)
        return
    if event.event == "reply":
        notice.reply = event.reply
        if answer := rules.answer_of(event.reply):
            confirm_by_reply(notice, telling, answer, event.at)
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
    notice.save(update_fields=["state", "delivered_at", "heard_at", "reply"])
