"""Where a request comes from: its address, and whether this browser has signed in before.

A browser that a person has signed in with carries a signed cookie. It gives no right at all; it only has
its wrong tries counted apart, so that a stranger's tries lock nobody out (throttles.py, ADR 0021).
"""

import hashlib
import secrets

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core import signing

from accounts.sign_in.throttles import Limit

SALT = "accounts.devices"
DAYS = 180
#: A duty room's PC is shared by the whole shift plan; the oldest fall out.
MOST_PEOPLE = 20

PER_ACCOUNT_AND_PLACE = 5
#: From all unknown browsers and addresses together.
PER_ACCOUNT = 25
#: A whole county bureau behind one address mistypes less than that in five minutes.
PER_ADDRESS = 300


def limits_for(request, username: str, address: str) -> list[Limit]:
    """What wrong tries for `username` from this browser count against. The name may not exist."""
    name = _digest(username.strip().casefold())
    device = _read(request)
    if device and name in device["people"]:
        return [Limit(f"device:{device['id']}:{name}", PER_ACCOUNT_AND_PLACE)]
    return [
        Limit(f"place:{_digest(address)}:{name}", PER_ACCOUNT_AND_PLACE),
        Limit(f"account:{name}", PER_ACCOUNT),
        *limits_at(address),
    ]


def limits_at(address: str) -> list[Limit]:
    """What counts against an address whose caller has named nobody."""
    return [Limit(f"address:{_digest(address)}", PER_ADDRESS)]


def remember(request, response, user) -> None:
    """Let this browser know that `user` has signed in with it."""
    device = _read(request) or {"id": secrets.token_urlsafe(12), "people": []}
    name = _digest(user.username.casefold())
    device["people"] = [name, *(other for other in device["people"] if other != name)][:MOST_PEOPLE]
    response.set_cookie(
        _cookie(), signing.dumps(device, salt=SALT, compress=True), max_age=DAYS * 24 * 3600, httponly=True,
        secure=settings.HTTPS, samesite="Lax",
    )  # fmt: skip


def address_of(request) -> str:
    """The caller's address; behind the proxy of the production profile the one the proxy saw."""
    return get_client_ip(request) or ""


def device_name(request) -> str:
    return request.headers.get("User-Agent", "")[:200]


def _read(request) -> dict | None:
    try:
        return signing.loads(request.COOKIES.get(_cookie(), ""), salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature:
        return None


def _cookie() -> str:
    return "__Host-device" if settings.HTTPS else "device"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
