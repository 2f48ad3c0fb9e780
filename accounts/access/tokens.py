"""How the HTTP API knows who is calling: a bearer token or the browser session."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import CharField, DateTimeField
from django.utils import timezone
from rest_framework import authentication, exceptions

from accounts.models import ApiToken, User
from accounts.scope import reach_of
from accounts.sign_in.first_things import check_nothing_comes_first
from common.database.questions import Question

LIFETIME = timedelta(days=365)

#: The tokens of this hash that are good at a moment.
_GOOD = Question(
    "good_tokens",
    lambda hash, now: ApiToken.objects.select_related("user").filter(
        hash=hash, revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
    ),
    hash=CharField(),
    now=DateTimeField(),
)


def issue(*, user: User, now: datetime, note: str = "") -> str:
    """Make a token and return it; only its hash is stored."""
    token = "icd_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user, hash=_hash(token), note=note, created_at=now, expires_at=now + LIFETIME
    )
    return token


def _hash(token: str) -> str:
    # A random token of 256 bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer icd_…`. A token does no more than its account may do on pages at that moment."""

    def authenticate(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        found = _GOOD(hash=_hash(token.strip()), now=now)
        if not found:
            raise exceptions.AuthenticationFailed("The token is unknown, expired or revoked.")
        user = found[0].user
        check_nothing_comes_first(user, now)
        return _with_reach(request, user, now)

    def authenticate_header(self, request):
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser session, with CSRF checked on writes."""

    def authenticate(self, request):
        answer = super().authenticate(request)
        return _with_reach(request, answer[0], timezone.now()) if answer else None


def _with_reach(request, user, now):
    """Read the time and the posts once at the door; the call uses both."""
    request.now = now
    request.reach = reach_of(user, now)
    return user, None
