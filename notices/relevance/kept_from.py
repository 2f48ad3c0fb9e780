"""Whoever recuses, or is named in an accusation, is told nothing more of it; what waited for them passes on.

A danger to life is the exception: it is told to everybody whom the plan calls, and says nothing but where and what.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from accounts.exclusions.actions import Shut
from accounts.exclusions.queries import kept_from
from accounts.scope import Reach
from notices.actions import queue_notices
from notices.choices import ORDER, Channel, State
from notices.models import Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance.ending import end_rows
from notices.sending.message_templates import Message

LIFE_SAFETY = "incident.life_safety"
PASSED = "recusal.passed"
WHY = "kept from them"


def open_to(reach: Reach) -> Q:
    """Notices that this person may still read."""
    kept = reach.open_rows(key="subject") & reach.open_rows(key="thread")
    return kept | Q(purpose__startswith=LIFE_SAFETY) if reach.closed else Q()


def shut_out_of(batch: Sequence[Notice], now: datetime) -> set[tuple[int, str]]:
    """Of notices that are to leave: recipient and subject of those who are kept from it."""
    asked = [one for one in batch if not one.purpose.startswith(LIFE_SAFETY)]
    shut = kept_from([(one.recipient, (one.subject, one.thread)) for one in asked], now)
    if not shut:
        return set()
    return {
        (one.recipient_id, one.subject)
        for one in asked
        if kept_from([(one.recipient, (one.subject, one.thread))], now)
    }


def pass_on(shut: Shut, now: datetime) -> None:
    """Take back what waits for whoever is kept out now. Who takes over from a person is told where to look."""
    about = Q(subject__in=shut.keys) | Q(thread__in=shut.keys)
    waiting = Notice.objects.filter(about & ~Q(purpose__startswith=LIFE_SAFETY)).exclude(
        state__in=[State.CANCELLED, State.ACKNOWLEDGED]
    )
    rows = list(waiting.select_related("recipient"))
    out = kept_from([(row.recipient, (row.subject, row.thread)) for row in rows], now)
    end_rows(about & Q(recipient__in=out) & ~Q(purpose__startswith=LIFE_SAFETY), WHY, now)
    if shut.person is None or not shut.successors:
        return
    thing = shut.thing
    many = len({(row.subject, row.purpose) for row in rows if row.recipient_id == shut.person.pk})
    text = Message(
        text_zh=f"{thing.number}：{shut.person}已回避，由您接办；原待其回应的通知 {many} 条，请打开该件查看。",
        text_en=f"{thing.number}: {shut.person} recused, you take over; {many} notices waited for them. Open it to see.",
    )
    queue_notices(
        Occasion(f"{PASSED}.{shut.person.pk}", thing.key, thing.unit, thing.thread, thing.drill),
        text,
        recipients=[Recipient(person, title, post) for person, title, post in shut.successors],
        channels=(Channel.APP, Channel.SMS),
        priority=ORDER,
        now=now,
    )
