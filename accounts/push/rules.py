"""Which push services may be called, and what a subscription looks like. Plain values in and out.

Source: RFC 8030 (Web Push), RFC 8291 section 2 (keys), https://www.w3.org/TR/push-api/
"""

import base64
import binascii
import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

#: Devices of one person: an office, a home, telephones.
MOST = 5
#: Characters of an address. The longest that is seen, Edge's, has some six hundred.
LONGEST = 1024
#: Who has not signed in on a device for so long is told nothing there.
KEPT_FOR = timedelta(days=30)
#: Bytes: an uncompressed point of P-256, and a secret.
POINT, SECRET = 65, 16

_HOST = re.compile(r"[a-z0-9.-]{1,100}(:\d{1,5})?")


def host_of(endpoint: str) -> str:
    """Host of an https address, with its port unless that is 443: "web.push.apple.com". Empty for anything else."""
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        return ""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return ""
    if (
        parts.scheme != "https"
        or not parts.hostname
        or parts.fragment
        or "@" in parts.netloc
        or "\\" in endpoint
    ):
        return ""
    host = parts.hostname if port in (None, 443) else f"{parts.hostname}:{port}"
    return host if _HOST.fullmatch(host) else ""


def is_listed(host: str, hosts: Iterable[str]) -> bool:
    """Whether the operator names this host: itself, or "*.push.apple.com" for every host below."""
    return bool(host) and any(
        host == one or (one.startswith("*.") and host.endswith(one[1:]) and host != one[2:]) for one in hosts
    )


def are_keys(p256dh: str, auth: str) -> bool:
    """Whether they have the form of a browser's keys; whether the point lies on the curve is seen when it is used."""
    point, secret = unpacked(p256dh), unpacked(auth)
    return len(point) == POINT and point[0] == 4 and len(secret) == SECRET


def unpacked(text: str) -> bytes:
    """The bytes of base64url, with or without its padding; none for anything else."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}={0,2}", text):
        return b""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return b""
