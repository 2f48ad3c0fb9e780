"""Is it really the gateway, and which one? HMAC-SHA256 over the body as it came, compared in constant time."""

import hashlib
import hmac

from django.conf import settings

from notices.channels.routes import FIRST, SECOND, gateways


def sign(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether `header` (X-Signature, hexadecimal, with or without "sha256=") signs `body`. No secret: never."""
    given = header.strip().lower().removeprefix("sha256=")
    return bool(secret) and hmac.compare_digest(given.encode(), sign(body, secret).encode())


def signer_of(body: bytes, header: str) -> str | None:
    """Which gateway signed it; empty: one of two that share a secret; None: nobody we know."""
    first, second = settings.NOTICE_GATEWAY_SECRET, settings.NOTICE_GATEWAY_SECRET_2
    if second and second != first:
        if is_signed(body, header, second):
            return SECOND
        return FIRST if is_signed(body, header, first) else None
    if not is_signed(body, header, first):
        return None
    return FIRST if len(gateways()) < 2 else ""
