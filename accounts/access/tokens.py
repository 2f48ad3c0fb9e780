"""How the HTTP API knows who is calling: a bearer token or the browser session."""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions

from accounts.access.watch import RefusedToken
from accounts.exclusions.shut import is_shut_out_somewhere
from accounts.models import ApiToken, Appointment, User
from accounts.scope import HeldPost, Reach, reach_of, read_closed
from accounts.sign_in.first_things import check_nothing_comes_first
from accounts.tokens.scopes import FREE, scope_for
from common.database.composed import Change, Composed
from common.errors import NotAllowed

#: Last use is written no more often than this.
USED_EVERY = timedelta(hours=1)
log = logging.getLogger(__name__)


def _good(hash: str, now: datetime) -> QuerySet[ApiToken]:
    """The token of this hash, if it is good at that moment."""
    return ApiToken.objects.filter(
        hash=hash, revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
    )


_OWNER = Composed(lambda hash, now: _good(hash, now).select_related("user"))
_USED = Change(lambda pk, now: (ApiToken.objects.filter(pk=pk), {"used_at": now}))
#: The posts of its owner with the owner, so that most calls ask once who calls and what they may.
_HELD = Composed(
    lambda hash, now: (
        Appointment.objects.current(now)
        .filter(
            person__api_tokens__hash=hash,
            person__api_tokens__revoked_at__isnull=True,
            person__api_tokens__expires_at__gt=now,
            person__is_active=True,
        )
        .annotate(
            is_shut_out=is_shut_out_somewhere("person", "post__unit__path"),
            token=F("person__api_tokens__pk"),
            scopes=F("person__api_tokens__scopes"),
            used_at=F("person__api_tokens__used_at"),
        )
        .select_related("person", "post__unit")
        .order_by("post__unit__path", "post_id")
    )
)


class Use(NamedTuple):
    """A good token that is being used: who calls with which posts, and what the token opens."""

    reach: Reach
    token_id: int
    scopes: str
    used_at: datetime | None


def issue(
    *, user: User, now: datetime, scopes: Iterable[str], until: datetime, note: str = ""
) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret; only the secret's hash is stored."""
    secret = "icd_" + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, hash=hash_of(secret), note=note, scopes=" ".join(scopes), created_at=now, expires_at=until
    )
    return token, secret


def hash_of(token: str) -> str:
    # A random token of 256 bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer icd_…`. A token does what its scopes say, and of that no more than its account may do on
    pages at that moment."""

    def authenticate(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        use = _use_of_token(hash_of(token.strip()), now)
        if use is None:
            raise exceptions.AuthenticationFailed("The token is unknown, expired or revoked.")
        check_nothing_comes_first(use.reach.user, now)
        _check_scope(request, use)
        request.used_token = use
        note_use(use.token_id, use.used_at, now)
        return _with_reach(request, use.reach)

    def authenticate_header(self, request):
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser session, with CSRF checked on writes."""

    def authenticate(self, request):
        answer = super().authenticate(request)
        return _with_reach(request, reach_of(answer[0], timezone.now())) if answer else None


def _use_of_token(hash: str, now: datetime) -> Use | None:
    """What a good token and its owner may do; of one without posts the owner is asked for alone."""
    held = _HELD(hash, now)
    if held:
        first = held[0]
        reach = Reach(first.person, [held_post(one) for one in held], now)
        read_closed([reach] if any(one.is_shut_out for one in held) else [])
        return Use(reach, first.token, first.scopes, first.used_at)
    owners = _OWNER(hash, now)
    return (
        Use(Reach(owners[0].user, [], now), owners[0].pk, owners[0].scopes, owners[0].used_at)
        if owners
        else None
    )


def _check_scope(request, use: Use) -> None:
    """Raise NotAllowed unless the token opens this address. The auditor is told (accounts.access.watch)."""
    at = request.resolver_match
    if at.url_name in FREE:
        return
    _check_has(request, use, scope_for(at.route, at.url_name, request.method))


def check_token_opens(request, scope: str | None) -> None:
    """Raise NotAllowed where this call came with a token that lacks `scope` too; None: no token has it.

    For an address behind which lies something of another subject. A browser's session has no scopes.
    """
    if use := getattr(request, "used_token", None):
        _check_has(request, use, scope)


def _check_has(request, use: Use, scope: str | None) -> None:
    if scope in use.scopes.split():
        return
    request._request.refused_token = RefusedToken(use.reach.user, use.token_id, scope or "")
    if scope is None:
        raise NotAllowed("scope_missing", _("Nothing was done: no token opens this address."), scope=None)
    raise NotAllowed(
        "scope_missing",
        _(
            "Nothing was done: this token lacks the scope %(scope)s. Have its person make one that has it, under "
            "My account, API tokens."
        )
        % {"scope": scope},
        scope=scope,
    )


def tokens_among(hashes: Iterable[str], now: datetime) -> dict[str, ApiToken]:
    """Hash → the good token it is of, with its person. One query."""
    rows = ApiToken.objects.filter(
        hash__in=hashes, revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
    )
    return {token.hash: token for token in rows.select_related("user")}


def note_use(token_id: int, used_at: datetime | None, now: datetime) -> None:
    """Note that the token was used, to the hour. A call never fails for it: an alarm may be in it."""
    if settings.READ_ONLY or (used_at is not None and now - used_at < USED_EVERY):
        return
    try:
        _USED(token_id, now)
    except DatabaseError:
        log.warning("the use of token %s could not be noted", token_id, exc_info=True)


def held_post(held: Appointment) -> HeldPost:
    """An appointment, with its post and unit, as a Reach has it."""
    post, unit = held.post, held.post.unit
    return HeldPost(
        post_id=post.pk,
        kind=post.kind,
        squad=post.squad,
        title=post.title,
        title_en=post.title_en,
        held_as=held.held_as,
        unit_id=unit.pk,
        unit_code=unit.code,
        unit_path=unit.path,
        unit_tier=unit.tier,
        unit_name=unit.name,
        unit_name_en=unit.name_en,
    )


def _with_reach(request, reach: Reach):
    """The time and the posts are read once at the door; the call uses both."""
    request.now, request.reach = reach.now, reach
    return reach.user, None
