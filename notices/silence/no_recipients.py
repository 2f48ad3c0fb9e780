"""An act whose recipients turn out to be nobody: who acts learns it at once, on screen, and the journal says it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from accounts.models import User
from journal.record import record_many
from notices.actions import queue_many
from notices.choices import ALERT, Channel
from notices.occasions import Letter, Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message

PURPOSE = "notice.nobody"


class Unheard(NamedTuple):
    """One occasion on which nobody could be told. `who`: for whom nobody answers; `about`: what they were to be told.
    Both {"zh", "en"}."""

    occasion: Occasion
    who: dict[str, str]
    about: dict[str, str]


def tell_sender(
    sender: User,
    occasion: Occasion,
    *,
    who: dict[str, str],
    about: dict[str, str],
    now: datetime,
) -> None:
    tell_sender_of_all(sender, [Unheard(occasion, who, about)], now=now)


def tell_sender_of_all(sender: User, unheard: Sequence[Unheard], *, now: datetime) -> None:
    """Two statements, however many there are."""
    record_many(
        PURPOSE,
        [
            {
                "subject": one.occasion.subject,
                "thread": one.occasion.thread,
                "unit": one.occasion.unit,
                "actor": None,
                "at": now,
                "drill": one.occasion.drill,
                "content": {"who": one.who["zh"], "who_en": one.who["en"]},
            }
            for one in unheard
        ],
    )
    queue_many(
        [
            Letter(
                one.occasion._replace(purpose=PURPOSE),
                Message(wording=PURPOSE, facts={"who": one.who, "about": one.about}),
                [Recipient(sender, "")],
            )
            for one in unheard
        ],
        channels=[Channel.APP],
        priority=ALERT,
        now=now,
    )
