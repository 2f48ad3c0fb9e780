"""From an answer of SAML to the session that asked for it, in one redirect.

The answer is posted from another site, so without any cookie of ours (ADR 0268): it is read where it comes in, and what is
believed of it travels signed, in a cookie of a minute, to the address that sees the person's session.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

#: Seconds on the way.
LONGEST = 60
_SALT = "accounts.central.hand_over"


def give(response: HttpResponse, said: dict) -> None:
    """Let the next request of this browser know what the provider's answer said."""
    response.set_cookie(
        _cookie(), signing.dumps(said, salt=_SALT, compress=True), max_age=LONGEST, httponly=True,
        secure=settings.HTTPS, samesite="Lax",
    )  # fmt: skip


def taken(request) -> dict:
    """What was given within the last minute; empty if nothing was."""
    try:
        return signing.loads(request.COOKIES.get(_cookie(), ""), salt=_SALT, max_age=LONGEST)
    except signing.BadSignature:
        return {}


def forget(response: HttpResponse) -> None:
    response.delete_cookie(_cookie(), samesite="Lax")
    # A browser takes no other answer about a cookie of this prefix.
    response.cookies[_cookie()]["secure"] = settings.HTTPS


def _cookie() -> str:
    return "__Host-central" if settings.HTTPS else "central"
