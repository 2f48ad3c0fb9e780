"""How we sign what we send to a gateway of the bureau's own, so that nobody else can send in our name."""

import hashlib
import hmac


def signed_headers(body: bytes, secret: str, at: float) -> dict[str, str]:
    """X-Timestamp (seconds since 1970) and X-Signature over time and body. No secret: nothing.

    The time is under the signature, so that a request somebody wrote down cannot be sent again later.
    """
    if not secret:
        return {}
    stamp = str(int(at))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Timestamp": stamp, "X-Signature": f"sha256={signature}"}
