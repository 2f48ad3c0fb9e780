"""What the rooms above add to a text at the moment it leaves: a secret that must not lie in the outbox.

It is neither stored nor shown: the rows of notices are read by more people than the one who gets the message.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from common.hooks import NamedHook
from notices.choices import Channel
from notices.models import Notice
from notices.sending.message_templates import LIMITS

#: Notices, moment → notice → what is added, in the recipient's language.
Adder = Callable[[Sequence[Notice], datetime], dict[int, str]]

#: Only what one person reads alone: a group would share the secret, a call cannot say it.
CHANNELS = (Channel.SMS, Channel.EMAIL, Channel.CHAT)

#: By what the purposes of the notices begin with that they are asked about.
ADDITIONS: NamedHook[Adder] = NamedHook()


def add_to(batch: Sequence[Notice], now: datetime) -> None:
    """Give each notice of a batch that is about to leave its addendum, where there is room for it."""
    for purpose, adder in ADDITIONS.items():
        mine = [n for n in batch if n.purpose.startswith(purpose) and n.channel in CHANNELS]
        if not mine:
            continue
        found = adder(mine, now)
        for notice in mine:
            text = found.get(notice.pk, "")
            if text and len(notice.text_for_recipient()) + 1 + len(text) <= LIMITS[notice.channel]:
                notice.addendum = text
