"""What the auditor should know although nobody acted: refusals and downloads, written by the door.

The same thing is written once in five minutes, and of one person or address at most so many things: whoever tries
every number there is fills no journal. Counted in the cache, because a reader's refusal is no row of theirs.
"""

import logging
from datetime import datetime
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, transaction

from accounts.models import User
from accounts.queries import home_of
from accounts.sign_in import devices
from journal.keys import key
from journal.record import record

WINDOW_SECONDS = 300
#: Entries about one person or one address within the window.
MOST = 20
REFUSALS = (401, 403, 404)
#: Pages whose downloads are an act with an entry of its own.
RECORDED = {"paper-file", "account-directory", "voice-note"}

logger = logging.getLogger(__name__)


class RefusedToken(NamedTuple):
    """Hung on a request whose token does not open the address: whose token, which, and the scope it lacks."""

    user: User
    token_id: int
    scope: str


def look(request, response) -> None:
    """Write what this answer tells the auditor, if anything. An answer never fails for it."""
    match = request.resolver_match
    kind = _kind_of(request, response) if match else None
    if kind is None:
        return
    address = devices.address_of(request)
    refused = getattr(request, "refused_token", None)
    user = refused.user if refused else request.user if _is_known(request) else None
    token = {"token": refused.token_id, "scope": refused.scope} if refused else {}
    # A token in an address is not for the journal.
    path = "" if "token" in match.kwargs else request.path[:200]
    note(
        kind,
        user=user,
        address=address,
        about=f"{match.view_name}:{response.status_code}:{path if kind == 'file.downloaded' else ''}{token or ''}",
        now=request.now,
        content={
            "page": match.view_name,
            "path": path,
            "status": response.status_code,
            "address": address,
            **token,
        },
    )


def _kind_of(request, response) -> str | None:
    if getattr(request, "refused_token", None):
        return "token.refused"
    is_known, name = _is_known(request), request.resolver_match.view_name
    if response.status_code in REFUSALS:
        gave_a_key = "Authorization" in request.headers or name == "api:gateway-events"
        return "access.refused" if is_known or gave_a_key else None
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    return "file.downloaded" if is_known and is_file and name not in RECORDED else None


def _is_known(request) -> bool:
    """Who calls the API without a key is None there."""
    return bool(request.user) and request.user.is_authenticated


def note(kind: str, *, user, address: str, about: str, now: datetime, content: dict[str, Any]) -> None:
    who = key("user", user.pk) if user else f"address:{address}"
    try:
        if _is_new(f"watch:{who}:{kind}:{about}"[:200]) and _has_room(f"watched:{who}"):
            _write(kind, user, now, content)
    except (DatabaseError, InterfaceError):
        logger.warning("%s of %s could not be written down", kind, who)


def _is_new(name: str) -> bool:
    """Read first: adding takes the write lock of SQLite."""
    name = name.replace(" ", "_")
    return cache.get(name) is None and cache.add(name, 1, WINDOW_SECONDS)


def _has_room(name: str) -> bool:
    written = cache.get(name, 0)
    if written >= MOST:
        return False
    cache.set(name, written + 1, WINDOW_SECONDS)
    return True


@transaction.atomic
def _write(kind: str, user, now: datetime, content: dict[str, Any]) -> None:
    home = home_of(user, now) if user else None
    record(
        kind,
        subject=key("user", user.pk if user else 0),
        unit=home.unit if home else None,
        post=home.title if home else "",
        actor=user,
        at=now,
        content=content,
    )
