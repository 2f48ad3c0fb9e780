"""The ways to reach a person. A way is a function: notice, seconds to wait → Outcome. It touches no database.

On screen (`app`) nothing is sent: the row is read by the inbox, and the journal wakes the screen.
"""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from notices.choices import Channel
from notices.models import Notice


class Outcome(NamedTuple):
    #: sent: accepted by the provider · again: try once more later · never: it will not be accepted.
    kind: str
    provider_id: str = ""
    error: str = ""


#: Named, not imported: without a gateway nobody pays for an HTTP client in memory.
_MODULES = {Channel.SMS: "notices.channels.gateway", Channel.VOICE: "notices.channels.gateway"}


def sender_of(channel: str) -> Callable[[Notice, float], Outcome] | None:
    """The function that sends on this channel, or None for one on which nothing is sent."""
    return import_module(_MODULES[channel]).send if channel in _MODULES else None
