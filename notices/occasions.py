"""Why somebody is told, and of what: the same for each notice, each channel and each step that follows silence."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from accounts.models import Unit
from notices.recipients import Recipient
from notices.sending.message_templates import Message


class Occasion(NamedTuple):
    #: One reason, told once to each person on each channel; notices.relevance.validity says how long it lasts.
    purpose: str
    #: The thing it is about, by its journal key, and the thread that belongs to; "" where it is its own.
    subject: str
    unit: Unit | None
    thread: str = ""
    drill: bool = False

    def columns(self) -> dict[str, Any]:
        """As notices and callouts keep it."""
        kept = self._asdict() | {"thread": self.thread or self.subject}
        return kept | {"unit_path": self.unit.path if self.unit else ""}


class Letter(NamedTuple):
    """One of many that are queued together: why, what it says, to whom."""

    occasion: Occasion
    message: Message
    recipients: Sequence[Recipient]
