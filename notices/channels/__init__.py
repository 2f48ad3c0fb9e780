"""The ways to reach a person. A way is a function: notices of one message, seconds to wait → SendResult. No database.

Chat groups take several people in one message, every other way one. On screen (`app`) nothing is sent: the row
is read by the inbox, and the journal wakes the screen.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from notices.choices import Channel
from notices.models import Notice


class SendResult(NamedTuple):
    #: sent: accepted by the provider · again: try once more later · never: it will not be accepted ·
    #: broken: our own code raised, nothing has left.
    kind: str
    provider_id: str = ""
    error: str = ""
    #: Seconds the provider asked us to wait; None: it did not say.
    wait: float | None = None


Sender = Callable[[Sequence[Notice], float], SendResult]

#: Named, not imported: without a gateway nobody pays for an HTTP client in memory.
_MODULES = {
    Channel.SMS: "gateway",
    Channel.VOICE: "gateway",
    Channel.WECOM: "bots",
    Channel.DINGTALK: "bots",
    Channel.FEISHU: "bots",
    Channel.EMAIL: "mail",
    Channel.CHAT: "chat",
}


def sender_of(channel: str) -> Sender | None:
    """The function that sends on this channel, or None for one on which nothing is sent."""
    if channel not in _MODULES:
        return None
    return import_module(f"notices.channels.{_MODULES[Channel(channel)]}").send


def key_of(notices: Sequence[Notice]) -> str:
    """What the provider knows this message by, the same for every attempt."""
    return (notices[0].bundle or notices[0].key).hex
