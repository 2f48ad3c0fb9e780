"""Text messages and voice calls over an HTTP gateway, with a second one for when the first does not answer.

POST {"reference", "channel": "sms"|"voice", "to", "text"}, Idempotency-Key the same for every attempt
2xx {"id"}: accepted · 4xx: final · 5xx, no answer in time, a redirect: tried again
"""

import requests
from django.conf import settings

from notices.channels import Outcome
from notices.models import Notice

CONNECT_SECONDS = 3.0


def send(notice: Notice, timeout: float) -> Outcome:
    """Hand one notice to the gateway whose turn it is."""
    url = gateway_for(notice.attempts)
    if not url:
        return Outcome("again", error="no gateway is configured")
    body = {
        "reference": notice.key.hex,
        "channel": notice.channel,
        "to": notice.recipient.phone,
        "text": notice.text_for_recipient(),
    }
    try:
        answer = requests.post(
            url,
            json=body,
            headers={"Idempotency-Key": notice.key.hex},
            timeout=(min(CONNECT_SECONDS, timeout), timeout),
            allow_redirects=False,
        )
    except requests.RequestException as error:
        return Outcome("again", error=type(error).__name__)
    return read_answer(answer.status_code, answer)


def gateway_for(attempt: int) -> str:
    """The first gateway for the attempts 1, 2, 4, 6 …, the second for 3, 5, 7 …"""
    first, second = settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_URL_2
    return second if second and attempt > 2 and attempt % 2 else first


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
