"""An act whose recipients turn out to be nobody: who acts learns it at once, on screen, and the journal says it."""

from datetime import datetime

from accounts.models import User
from journal.record import record
from notices.actions import queue_notices
from notices.choices import ALERT, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message

PURPOSE = "notice.nobody"


def tell_sender(
    sender: User,
    occasion: Occasion,
    *,
    who: dict[str, str],
    about: dict[str, str],
    now: datetime,
) -> None:
    """`occasion`: the one on which nobody could be told. `who`: for whom nobody answers; `about`: what they were to be
    told. Both {"zh", "en"}."""
    record(
        PURPOSE,
        subject=occasion.subject,
        thread=occasion.thread,
        unit=occasion.unit,
        actor=None,
        at=now,
        drill=occasion.drill,
        content={"who": who["zh"], "who_en": who["en"]},
    )
    queue_notices(
        occasion._replace(purpose=PURPOSE),
        Message(wording=PURPOSE, facts={"who": who, "about": about}),
        recipients=[Recipient(sender, "")],
        channels=[Channel.APP],
        priority=ALERT,
        now=now,
    )
