"""Text messages and voice calls over an HTTP gateway, with a second one for when the first fails, is slow or full.

A gateway is the bureau's own (docs/gateway.md) or a provider that is spoken to directly (docs/providers.md). Its own:
2xx {"id"}: accepted · 408, 425, 429: later, as Retry-After says · other 4xx: final · everything else: tried again
"""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from notices.channels import SendResult, key_of
from notices.channels.answers import Answer, Unanswered
from notices.channels.health import PROVIDERS
from notices.channels.http import LATER, post, wait_asked
from notices.channels.providers import OWN, Outgoing, Provider, Request, provider
from notices.channels.providers.answers import is_ours
from notices.channels.providers.templates import NoTemplate, template_for
from notices.channels.routes import account_of, address_of, carriers, kind_of, secret_of
from notices.channels.signing import signed_headers
from notices.channels.texts import digits_of, said, text_of
from notices.models import Notice


def send(notices: Sequence[Notice], timeout: float) -> SendResult:
    """Hand one message to the gateway it was claimed for."""
    gateway = notices[0].gateway
    url = address_of(gateway)
    if not url:
        return SendResult("again", error="no gateway is configured")
    kind = kind_of(gateway)
    try:
        made = _own(notices, url) if kind == OWN else _of_provider(notices, provider(kind))
    except NoTemplate as refused:
        return _or_another(notices[0], refused.outcome)
    began = time.monotonic()
    try:
        with PROVIDERS.asked(url):
            answer = post(made.url, made.body, timeout, made.headers)
    except Unanswered as error:
        PROVIDERS.failed(url, time.monotonic() - began)
        return SendResult("again", error=str(error))
    outcome = read_answer(answer) if kind == OWN else provider(kind).read(answer)
    if outcome.wait is not None:
        PROVIDERS.is_busy(url, outcome.wait)
    elif outcome.kind == "again":
        PROVIDERS.failed(url, time.monotonic() - began)
    else:
        PROVIDERS.answered(url, time.monotonic() - began)
    return _or_another(notices[0], outcome)


def _or_another(notice: Notice, outcome: SendResult) -> SendResult:
    """What is wrong between us and one provider is none of another's business: that one has its turn first."""
    may_have = is_ours(outcome) and len(carriers(notice.channel)) > 1 and notice.attempts < _OTHERS_TURN
    return outcome._replace(kind="again") if may_have else outcome


#: The attempt that goes to the other gateway (notices.channels.routes.Routes.for_attempt).
_OTHERS_TURN = 3


def _own(notices: Sequence[Notice], url: str) -> Request:
    key = key_of(notices)
    body = json.dumps(_body(notices, key), ensure_ascii=False).encode()
    signed = signed_headers(body, secret_of(notices[0].gateway), time.time())
    return Request(url, body, {"Idempotency-Key": key, **signed})


def _of_provider(notices: Sequence[Notice], who: Provider) -> Request:
    """Raises NoTemplate where it cannot be said in words that were approved."""
    notice, account = notices[0], account_of(notices[0].gateway)
    message = Outgoing(
        reference=key_of(notices),
        channel=notice.channel,
        to=digits_of(notice.recipient.phone),
        text=text_of(notices),
        template=template_for(notices, who, account),
    )
    return who.request(message, account, datetime.now(UTC))


def _body(notices: Sequence[Notice], key: str) -> dict:
    what = said(notices)
    return {
        "reference": key,
        "channel": notices[0].channel,
        "to": notices[0].recipient.phone,
        "text": text_of(notices),
        "language": what.language,
        "template": {"key": what.key, "version": what.version},
        "parameters": {
            **what.parameters,
            **({"mark": what.mark} if what.mark else {}),
            **({"addendum": what.addendum} if what.addendum else {}),
        },
    }


def read_answer(answer: Answer) -> SendResult:
    status = answer.status
    if status in LATER:
        return SendResult("again", error=f"the gateway answered {status}", wait=wait_asked(answer))
    if 400 <= status < 500:
        return SendResult("never", error=f"the gateway refused it ({status})")
    if not 200 <= status < 300:
        return SendResult("again", error=f"the gateway answered {status}")
    # Without an id nobody could ever say what became of it: a page of a proxy answers 200 as well.
    provider_id = _id_in(answer)
    return (
        SendResult("sent", provider_id)
        if provider_id
        else SendResult("again", error="the gateway gave no id")
    )


def _id_in(answer: Answer) -> str:
    try:
        given = answer.json()["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    is_plain = isinstance(given, str | int) and not isinstance(given, bool)
    return str(given).strip()[:120] if is_plain else ""
