"""An answer by text message that nobody can read: the person is asked what they meant, once for each reason.

Their next answer comes to the number of that question and counts for what it was about.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from notices.actions import queue_notices
from notices.choices import Channel
from notices.models import Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message

SUFFIX = ".asked"
#: Characters of what they wrote that are repeated to them.
REPEATED = 20


def ask_what_was_meant(notice: Notice, reply: str, now: datetime) -> None:
    """Asked twice, it is one question; whatever is answered to the question itself is not asked about again."""
    if notice.purpose.endswith(SUFFIX):
        return
    headlines = {
        "zh": notice.text_zh.partition("\n")[0][:60],
        "en": (notice.text_en or notice.text_zh).partition("\n")[0][:60],
    }
    queue_notices(
        Occasion(f"{notice.purpose}{SUFFIX}", notice.subject, notice.unit, notice.thread, notice.drill),
        Message(wording="reply.unclear", facts={"reply": reply[:REPEATED], "about": headlines}),
        recipients=[Recipient(notice.recipient, notice.post, notice.held_post_id)],
        channels=[Channel.SMS],
        priority=notice.priority,
        expires_at=notice.expires_at,
        now=now,
    )


def with_originals(asked: QuerySet[Notice]) -> QuerySet[Notice]:
    """These notices, and in place of a question what it was about."""
    wanted = Q(pk__in=[])
    for one in asked:
        if one.purpose.endswith(SUFFIX):
            about = Q(recipient=one.recipient_id, subject=one.subject, channel=Channel.SMS)
            wanted |= about & Q(purpose=one.purpose.removesuffix(SUFFIX))
        else:
            wanted |= Q(pk=one.pk)
    return Notice.objects.filter(wanted)
