"""An act whose recipients turn out to be nobody: who acts learns it at once, on screen, and the journal says it."""

from datetime import datetime

from accounts.models import Unit, User
from journal.record import record
from notices.actions import queue
from notices.choices import ALERT, Channel
from notices.recipients import Recipient
from notices.wordings import Message

PURPOSE = "notice.nobody"


def tell_sender(
    sender: User,
    *,
    who: dict[str, str],
    about: dict[str, str],
    subject: str,
    thread: str,
    unit: Unit,
    drill: bool,
    now: datetime,
) -> None:
    """`who`: for whom nobody answers; `about`: what they were to be told. Both {"zh", "en"}."""
    record(
        PURPOSE,
        subject=subject,
        thread=thread,
        unit=unit,
        actor=None,
        at=now,
        drill=drill,
        content={"who": who["zh"], "who_en": who["en"]},
    )
    queue(
        recipients=[Recipient(sender, "")],
        channels=[Channel.APP],
        purpose=PURPOSE,
        subject=subject,
        thread=thread,
        unit=unit,
        message=Message(wording=PURPOSE, facts={"who": who, "about": about}),
        priority=ALERT,
        now=now,
        drill=drill,
    )
