"""What happens to tokens of the API. Lock, check, change, record."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access.tokens import issue
from accounts.models import ApiToken, User
from accounts.people.actions import record_about
from accounts.permissions import check_can_manage
from accounts.scope import Reach
from accounts.tokens.queries import live_tokens, tokens_in_area
from accounts.tokens.scopes import every_scope, in_order
from common.errors import Invalid, NotFound

#: A token ends a year after it was made at the latest.
LONGEST = timedelta(days=365)
#: Live tokens of one person.
MOST = 20


@transaction.atomic
def make_token(
    *, user: User, actor: User | None, note: str, scopes: Collection[str], until: datetime, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token for `user`. Returns it with its secret, which is kept nowhere; actor None: the machine's console."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)

    _check_scopes(scopes)
    _check_end(until, now)
    if live_tokens(now).filter(user=user).count() >= MOST:
        raise Invalid(
            "too_many_tokens",
            _("No token was made: there are %(most)s already. Revoke one that is not used any more.")
            % {"most": MOST},
        )

    token, secret = issue(user=user, now=now, note=note, scopes=in_order(scopes), until=until)

    content = {"token": token.pk, "note": note, "scopes": token.scopes, "until": until.isoformat()}
    record_about("token.issued", user, actor=actor, now=now, content=content)
    return token, secret


@transaction.atomic
def revoke_token(*, reach: Reach, token_id: int, now: datetime) -> ApiToken:
    """Make a token useless at once: one's own, or as security administrator one of the people one manages."""
    token = (
        ApiToken.objects.select_for_update(of=("self",)).select_related("user").filter(pk=token_id).first()
    )

    if token is None or (token.user_id != reach.user.pk and not _is_in_area(reach, token, now)):
        raise NotFound("no_such_token", _("Nothing was revoked: this token is revoked already."))
    if token.user_id != reach.user.pk:
        check_can_manage(reach, token.user, now)
    if token.revoked_at is not None:
        raise NotFound("no_such_token", _("Nothing was revoked: this token is revoked already."))

    token.revoked_at = now
    token.save(update_fields=["revoked_at"])

    record_about("token.revoked", token.user, actor=reach.user, now=now, content={"token": token.pk})
    return token


def _is_in_area(reach: Reach, token: ApiToken, now: datetime) -> bool:
    return reach.has("people.manage") and tokens_in_area(reach, now).filter(pk=token.pk).exists()


def _check_scopes(scopes: Collection[str]) -> None:
    unknown = sorted(set(scopes) - set(every_scope()))
    if unknown:
        sentence = _("No token was made: there is no scope “%(scope)s”. Take one of the list.") % {
            "scope": unknown[0]
        }
    elif not scopes:
        sentence = _("No token was made: it would open nothing. Tick what the program needs, and no more.")
    else:
        return
    raise Invalid("bad_scope", sentence, fields={"scopes": [sentence]})


def _check_end(until: datetime, now: datetime) -> None:
    if not now < until <= now + LONGEST:
        sentence = _("No token was made: its last day is over or more than a year ahead. Name another one.")
        raise Invalid("bad_end", sentence, fields={"until": [sentence]})
