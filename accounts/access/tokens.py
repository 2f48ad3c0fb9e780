"""How the HTTP API knows who is calling: a bearer token or the browser session."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import authentication, exceptions

from accounts.exclusions.shut import is_shut_out_somewhere
from accounts.models import ApiToken, Appointment, User
from accounts.scope import HeldPost, Reach, reach_of, read_closed
from accounts.sign_in.first_things import check_nothing_comes_first
from common.database.composed import Composed

LIFETIME = timedelta(days=365)


def _good(hash: str, now: datetime) -> QuerySet[ApiToken]:
    """The token of this hash, if it is good at that moment."""
    return ApiToken.objects.filter(
        hash=hash, revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
    )


_OWNER = Composed(lambda hash, now: _good(hash, now).select_related("user"))
#: The posts of its owner with the owner, so that most calls ask once who calls and what they may.
_HELD = Composed(
    lambda hash, now: (
        Appointment.objects.current(now)
        .filter(person__in=_good(hash, now).values("user"))
        .annotate(is_shut_out=is_shut_out_somewhere("person", "post__unit__path"))
        .select_related("person", "post__unit")
        .order_by("post__unit__path", "post_id")
    )
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
        reach = _reach_of_token(_hash(token.strip()), now)
        if reach is None:
            raise exceptions.AuthenticationFailed("The token is unknown, expired or revoked.")
        check_nothing_comes_first(reach.user, now)
        return _with_reach(request, reach)

    def authenticate_header(self, request):
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser session, with CSRF checked on writes."""

    def authenticate(self, request):
        answer = super().authenticate(request)
        return _with_reach(request, reach_of(answer[0], timezone.now())) if answer else None


def _reach_of_token(hash: str, now: datetime) -> Reach | None:
    """What the owner of a good token may do; of one without posts the owner is asked for alone."""
    held = _HELD(hash, now)
    if held:
        reach = Reach(held[0].person, [held_post(one) for one in held], now)
        read_closed([reach] if any(one.is_shut_out for one in held) else [])
        return reach
    owners = _OWNER(hash, now)
    return Reach(owners[0].user, [], now) if owners else None


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
