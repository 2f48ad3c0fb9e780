"""Text messages and voice calls over an HTTP gateway, with a second one for when the first fails, is slow or full.

The protocol, with examples, is docs/gateway.md.
2xx {"id"}: accepted · 408, 425, 429: later, as Retry-After says · other 4xx: final · everything else: tried again
"""

import json
import time
from collections.abc import Sequence

from notices.channels import SendResult, key_of
from notices.channels.health import PROVIDERS
from notices.channels.http import LATER, Answer, Unanswered, post, wait_asked
from notices.channels.routes import address_of, secret_of
from notices.channels.signing import signed_headers
from notices.channels.texts import said, text_of
from notices.models import Notice


def send(notices: Sequence[Notice], timeout: float) -> SendResult:
    """Hand one message to the gateway it was claimed for."""
    notice, key = notices[0], key_of(notices)
    url = address_of(notice.gateway)
    if not url:
        return SendResult("again", error="no gateway is configured")
    body = json.dumps(_body(notices, key), ensure_ascii=False).encode()
    headers = {"Idempotency-Key": key, **signed_headers(body, secret_of(notice.gateway), time.time())}
    began = time.monotonic()
    try:
        with PROVIDERS.asked(url):
            answer = post(url, body, timeout, headers)
    except Unanswered as error:
        PROVIDERS.failed(url, time.monotonic() - began)
        return SendResult("again", error=str(error))
    outcome = read_answer(answer)
    if outcome.wait is not None:
        PROVIDERS.is_busy(url, outcome.wait)
    elif outcome.kind == "again":
        PROVIDERS.failed(url, time.monotonic() - began)
    else:
        PROVIDERS.answered(url, time.monotonic() - began)
    return outcome


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
