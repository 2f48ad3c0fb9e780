"""Who carries a message to one person's chat: WeCom, DingTalk, Feishu, one file each; docs/providers.md.

One of them, by the settings. Each says how a token is asked for, how a message is, and how its answers are read. It
neither calls anybody nor asks the database: notices.channels.chat sends.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from notices.channels.answers import Answer

NAMES = ("wecom", "dingtalk", "feishu")

#: Nobody at the provider, or nobody the application may write to.
USER = "user"
#: The token is refused: a new one is asked for, once.
EXPIRED = "expired"

#: What all three allow, beginning with a letter or figure. WeCom would tell everybody "@all", and "|" parts people.
_FITS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class Account(NamedTuple):
    """The bureau's application at the provider."""

    url: str
    #: WeCom: corpid; DingTalk: appKey; Feishu: app_id.
    app: str
    secret: str
    #: WeCom: agentid; DingTalk: robotCode; Feishu: nothing.
    agent: str = ""


class Ask(NamedTuple):
    url: str
    #: None: a GET.
    body: dict[str, Any] | None
    headers: dict[str, str] = {}


class Message(NamedTuple):
    #: 32 characters, the same for every attempt.
    reference: str
    #: The person's id at the provider.
    to: str
    text: str


class Said(NamedTuple):
    """What an answer says."""

    #: Empty: taken. Else one of notices.channels.providers.answers, `USER` or `EXPIRED`; UNKNOWN for any other no.
    kind: str
    code: str = ""
    provider_id: str = ""
    #: Seconds it wants to be left alone; None: it did not say.
    wait: float | None = None


UNKNOWN = "unknown"


class Token(NamedTuple):
    text: str
    #: Seconds it is good for.
    lasts: float


class ChatProvider(NamedTuple):
    #: Bytes of one text.
    most_bytes: int
    ask_token: Callable[[Account], Ask]
    #: Raises KeyError, TypeError or ValueError where there is none in it.
    token_in: Callable[[Answer], Token]
    ask: Callable[[Message, Account, str], Ask]
    #: Also of what came instead of a token.
    said: Callable[[Answer, str], Said]


@cache
def chat_provider(name: str) -> ChatProvider:
    return import_module(f"notices.channels.chats.{name}").PROVIDER


def is_user_id(text: str) -> bool:
    """Whether it can be the id of one person at one of the three; up to 64 characters."""
    return bool(_FITS.fullmatch(text))


def token_of(text: object, lasts: object) -> Token:
    """Raises TypeError or ValueError for what is none."""
    if not isinstance(text, str) or not text or len(text) > 2000:
        raise ValueError("no token")
    return Token(text, float(str(lasts)))
