"""The providers of text messages and calls that we know how to speak to, one file each; docs/providers.md.

A provider turns one message into a signed request, reads the answer, and reads what it pushes to us. It neither calls
anybody nor asks the database: notices.channels.gateway sends, notices.incoming.provider_reports applies.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from notices.channels import SendResult
from notices.channels.answers import Answer

#: The bureau's own gateway, with our own protocol (docs/gateway.md).
OWN = "own"
NAMES = ("aliyun", "tencent", "mas")


class Account(NamedTuple):
    """What the settings say of one gateway."""

    url: str
    voice_url: str = ""
    key: str = ""
    secret: str = ""
    region: str = ""
    #: The application at the provider: Tencent's SmsSdkAppId, MAS' ecName.
    app: str = ""
    #: The name that stands in 【】 before each message, as approved; MAS: its code.
    sign: str = ""
    #: The number a call is shown as coming from; empty: the provider chooses.
    voice_number: str = ""
    #: Added to the sender's number (MAS: addSerial).
    extension: str = ""


class Filled(NamedTuple):
    """A message as the provider's approved template says it."""

    code: str
    sign: str
    #: The provider's names of its variables, in order → value within its length.
    values: Mapping[str, str]


class Outgoing(NamedTuple):
    reference: str
    #: "sms" | "voice"
    channel: str
    #: Digits alone, without the country.
    to: str
    text: str
    #: None: sent as text, where the provider takes that.
    template: Filled | None


class Request(NamedTuple):
    url: str
    body: bytes
    headers: Mapping[str, str]


class Told(NamedTuple):
    """One thing a provider pushed: what became of a message, or what somebody answered."""

    #: delivered · failed · heard · reply
    event: str
    #: Local time of the provider made aware; None: it did not say.
    at: datetime | None
    provider_id: str = ""
    reference: str = ""
    reply: str = ""
    #: Whose reply it is, where the provider does not say to which message.
    phone: str = ""


class Provider(NamedTuple):
    channels: tuple[str, ...]
    #: Channels on which only approved templates are sent.
    templates_on: tuple[str, ...]
    #: Characters of one variable.
    variable_limit: int
    request: Callable[[Outgoing, Account, datetime], Request]
    read: Callable[[Answer], SendResult]
    #: What one push says; raises ValueError, TypeError, KeyError or AttributeError for what is none of its own.
    pushed: Callable[[Any], Sequence[Told]]
    #: What it wants to hear for a push that was taken.
    thanks: Mapping[str, Any]


@cache
def provider(name: str) -> Provider:
    return import_module(f"notices.channels.providers.{name}").PROVIDER
