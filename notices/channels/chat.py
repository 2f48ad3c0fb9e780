"""A message to one person's chat, by the provider of the settings (notices.channels.chats, docs/providers.md).

That it was taken is all that is known of it: nobody is asked whether it was read, and taken is not heard.
"""

import time
from collections.abc import Sequence

from django.conf import settings

from notices.channels import SendResult, key_of
from notices.channels.answers import Answer, Unanswered
from notices.channels.bots import cut_to, without_markup
from notices.channels.chats import (
    EXPIRED,
    UNKNOWN,
    USER,
    Account,
    Ask,
    ChatProvider,
    Message,
    Said,
    Token,
    chat_provider,
    is_user_id,
)
from notices.channels.chats.tokens import TOKENS, TooLate
from notices.channels.http import LATER, LONGEST_WAIT, SHORTEST_WAIT, get, post, wait_asked
from notices.channels.providers.answers import BUSY, KEY, refusal
from notices.channels.texts import text_of
from notices.models import Notice


class NoToken(Exception):
    def __init__(self, outcome: SendResult):
        super().__init__(outcome.error)
        self.outcome = outcome


def send(notices: Sequence[Notice], timeout: float) -> SendResult:
    """Write to this person. A token that is refused is renewed once; all of it within `timeout`."""
    name, to = settings.NOTICE_CHAT_PROVIDER, notices[0].recipient.chat_id
    if not name:
        return SendResult("never", error="no chat service is configured")
    if not is_user_id(to):
        return refusal(USER, "none")
    who, account, until = chat_provider(name), Account(**settings.NOTICE_CHAT), time.monotonic() + timeout
    text = cut_to(without_markup(text_of(notices)), who.most_bytes)
    message = Message(key_of(notices), to, text)
    try:
        outcome = _once(who, account, message, until)
        # A new one that is refused as well is no matter of its age.
        return outcome or _once(who, account, message, until) or refusal(KEY, EXPIRED)
    except NoToken as refused:
        return refused.outcome
    except TooLate:
        return SendResult("again", error="ReadTimeout")
    except Unanswered as error:
        return SendResult("again", error=str(error))


def _once(who: ChatProvider, account: Account, message: Message, until: float) -> SendResult | None:
    """None: the token was refused, and is kept no longer."""
    token = TOKENS.get(account, lambda: _new_token(who, account, until), until)
    answer = _call(who.ask(message, account, token), until)
    said = who.said(answer, message.to)
    if said.kind == EXPIRED:
        TOKENS.refused(account, token)
        return None
    return _outcome(answer, said)


def _new_token(who: ChatProvider, account: Account, until: float) -> Token:
    answer = _call(who.ask_token(account), until)
    try:
        return who.token_in(answer)
    except (KeyError, TypeError, ValueError):
        said = who.said(answer, "")
        # A yes without a token is none.
        raise NoToken(_outcome(answer, said if said.kind else Said(UNKNOWN, "no token"))) from None


def _call(ask: Ask, until: float) -> Answer:
    left = until - time.monotonic()
    if left <= 0:
        raise Unanswered("ReadTimeout")
    return get(ask.url, left) if ask.body is None else post(ask.url, ask.body, left, ask.headers)


def _outcome(answer: Answer, said: Said) -> SendResult:
    status = answer.status
    if status in LATER:
        wait = said.wait if said.wait is not None else wait_asked(answer)
        return refusal(BUSY, said.code or str(status))._replace(wait=_within(wait))
    if said.kind == BUSY:
        known = refusal(BUSY, said.code)
        return known if said.wait is None else known._replace(wait=_within(said.wait))
    if said.kind == UNKNOWN or (not said.kind and not 200 <= status < 300):
        return refusal("", said.code or str(status))
    if said.kind:
        return refusal(KEY if said.kind == EXPIRED else said.kind, said.code)
    return SendResult("sent", said.provider_id)


def _within(seconds: float) -> float:
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)
