"""Is it really the gateway? HMAC-SHA256 over the body as it came, compared in constant time."""

import hashlib
import hmac


def sign(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether `header` (X-Signature, hexadecimal, with or without "sha256=") signs `body`. No secret: never."""
    given = header.strip().lower().removeprefix("sha256=")
    return bool(secret) and hmac.compare_digest(given.encode(), sign(body, secret).encode())
