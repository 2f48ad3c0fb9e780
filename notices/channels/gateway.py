"""Text messages and voice calls over an HTTP gateway, with a second one for when the first fails or is slow.

POST {"reference", "channel": "sms"|"voice", "to", "text"}, Idempotency-Key the same for every attempt
2xx {"id"}: accepted · 4xx: final · 5xx, no answer in time, a redirect: tried again
"""

import time
from collections.abc import Sequence

import requests
from django.conf import settings

from notices.channels import Outcome, key_of
from notices.channels.health import PROVIDERS
from notices.channels.texts import text_of
from notices.models import Notice

CONNECT_SECONDS = 3.0


def send(notices: Sequence[Notice], timeout: float) -> Outcome:
    """Hand one message to the gateway whose turn it is."""
    url = gateway_for(notices[0].attempts, notices[0].by_second)
    if not url:
        return Outcome("again", error="no gateway is configured")
    notice, key = notices[0], key_of(notices)
    body = {
        "reference": key,
        "channel": notice.channel,
        "to": notice.recipient.phone,
        "text": text_of(notices),
    }
    began = time.monotonic()
    try:
        with PROVIDERS.asked(url):
            answer = requests.post(
                url,
                json=body,
                headers={"Idempotency-Key": key},
                timeout=(min(CONNECT_SECONDS, timeout), timeout),
                allow_redirects=False,
            )
    except requests.RequestException as error:
        PROVIDERS.failed(url)
        return Outcome("again", error=type(error).__name__)
    PROVIDERS.answered(url, answer.status_code < 500, time.monotonic() - began)
    return read_answer(answer.status_code, answer)


def gateway_for(attempt: int, by_second: bool) -> str:
    """The gateway it began with for the attempts 1, 2, 4, 6 …, the other one for 3, 5, 7 …

    The second attempt stays with the gateway of the first one, which knows the key: what it took without telling
    us rings once.
    """
    first, second = settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_URL_2
    if not second:
        return first
    began, other = (second, first) if by_second else (first, second)
    return other if attempt > 2 and attempt % 2 else began


def read_answer(status: int, answer) -> Outcome:
    if 400 <= status < 500:
        return Outcome("never", error=f"the gateway refused it ({status})")
    if not 200 <= status < 300:
        return Outcome("again", error=f"the gateway answered {status}")
    try:
        return Outcome("sent", provider_id=str(answer.json()["id"])[:120])
    except (ValueError, KeyError, TypeError):
        # Accepted, but nothing it reports later can be matched to this notice.
        return Outcome("sent", error="the gateway gave no id")
