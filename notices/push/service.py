"""One message to a push service: sealed for the browser, signed by us. No database.

2xx: taken · 404, 410: the subscription is gone · 408, 425, 429: later, as Retry-After says · other 4xx: final ·
everything else: tried again. Source: RFC 8030, RFC 8292 (VAPID).
"""

import json
import time
from datetime import UTC, datetime
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from accounts.push.rules import is_listed, unpacked
from notices.channels import SendResult
from notices.channels.answers import Answer, Unanswered
from notices.channels.health import PROVIDERS
from notices.channels.http import LATER, post, wait_asked
from notices.models import PushMessage
from notices.push.rules import GONE, UNUSABLE, topic_of, urgency_of
from notices.push.sealing import Unusable, sealed

#: Seconds that a signature is good for. A push service takes none that is good for longer than a day.
SIGNED_FOR = 12 * 3600


def send(message: PushMessage, timeout: float) -> SendResult:
    device = message.device
    # The list may have changed since the browser was registered.
    if not is_listed(device.host, settings.WEB_PUSH_HOSTS):
        return SendResult("never", error="the push service is not listed")
    try:
        text = json.dumps(message.content, ensure_ascii=False).encode()
        body = sealed(text, unpacked(device.p256dh), unpacked(device.auth))
    except Unusable:
        return SendResult("never", error=UNUSABLE)
    began = time.monotonic()
    try:
        with PROVIDERS.asked(device.host):
            answer = post(device.endpoint, body, timeout, _headers(message), private=settings.WEB_PUSH_HOSTS)
    except Unanswered as error:
        PROVIDERS.failed(device.host, time.monotonic() - began)
        return SendResult("again", error=str(error))
    outcome = read_answer(answer)
    if outcome.wait is not None:
        PROVIDERS.is_busy(device.host, outcome.wait)
    elif outcome.kind == "again":
        PROVIDERS.failed(device.host, time.monotonic() - began)
    else:
        PROVIDERS.answered(device.host, time.monotonic() - began)
    return outcome


def read_answer(answer: Answer) -> SendResult:
    status = answer.status
    if 200 <= status < 300:
        return SendResult("sent")
    if status in (404, 410):
        return SendResult("never", error=GONE)
    if status in LATER:
        return SendResult("again", error=f"the push service answered {status}", wait=wait_asked(answer))
    if 400 <= status < 500:
        return SendResult("never", error=f"the push service refused it ({status})")
    return SendResult("again", error=f"the push service answered {status}")


def _headers(message: PushMessage) -> dict[str, str]:
    left = (message.expires_at - datetime.now(UTC)).total_seconds()
    return {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(max(int(left), 1)),
        "Urgency": urgency_of(bool(message.content.get("stays"))),
        "Topic": topic_of(message.content["tag"], settings.SECRET_KEY),
        "Authorization": f"vapid t={signature(f'https://{message.device.host}')}, k={settings.WEB_PUSH_PUBLIC_KEY}",
    }


def signature(audience: str) -> str:
    """The token for one push service, the same for an hour: some refuse whoever makes a new one each time."""
    return _signed(audience, int(time.time()) // 3600, settings.WEB_PUSH_KEY, settings.WEB_PUSH_CONTACT)


@lru_cache(maxsize=32)
def _signed(audience: str, hour: int, key: str, contact: str) -> str:
    private = ec.derive_private_key(int.from_bytes(unpacked(key)), ec.SECP256R1())
    claims = {"aud": audience, "exp": hour * 3600 + SIGNED_FOR, "sub": contact}
    return jwt.encode(claims, private, algorithm="ES256")
