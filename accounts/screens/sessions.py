"""The session of a screen: nobody is signed in there, and it opens the wall alone.

Its mark stands in the browser's session; the row says whether it still counts. Pages and sockets ask the same question.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError

from accounts.access.sessions import SEEN_EVERY
from accounts.scope import HeldPost, Reach, read_closed
from accounts.screens.models import Screen
from accounts.verbs import SCREEN

log = logging.getLogger(__name__)

#: Where the session keeps the screen's id.
MARK = "screen"


class Nobody(AnonymousUser):
    """Who looks at a wall. No account has this key, so nothing is open to, or closed to, it alone."""

    id = pk = 0


def longest() -> timedelta:
    return timedelta(days=settings.WALL_SESSION_DAYS)


def begin(request, screen: Screen) -> str:
    """Make this browser's session that of the screen; whoever was signed in there is signed out. Returns its key."""
    logout(request)
    request.session.set_expiry(int(longest().total_seconds()))
    request.session[MARK] = screen.pk
    request.session.save()
    return request.session.session_key


def screen_of(request) -> Screen | None:
    """The screen behind a request, if it is one that is still connected."""
    pk = request.session.get(MARK)
    if pk is None:
        return None
    screen = Screen.objects.select_related("unit").filter(pk=pk).first()
    if screen is None or not _is_connected(screen, request.session.session_key, request.now):
        return None
    note_seen([screen], request.now)
    return screen


def screens_of(sessions: Mapping[str, dict[str, Any]], now: datetime) -> dict[str, Screen]:
    """Session key → its screen, of those that are still connected (one query)."""
    marks = {key: content[MARK] for key, content in sessions.items() if MARK in content}
    if not marks:
        return {}
    rows = Screen.objects.select_related("unit").in_bulk({*marks.values()})
    found = {key: rows[pk] for key, pk in marks.items() if pk in rows}
    return {key: screen for key, screen in found.items() if _is_connected(screen, key, now)}


def note_seen(screens: Collection[Screen], now: datetime) -> None:
    """That they are there, at most once a minute; a wall goes on showing what can be read while nothing can be written."""
    quiet = [one.pk for one in screens if one.seen_at is None or now - one.seen_at >= SEEN_EVERY]
    if not quiet or settings.READ_ONLY:
        return
    try:
        Screen.objects.filter(pk__in=quiet).update(seen_at=now)
    except DatabaseError:
        log.warning("could not note %s wall screens as being there", len(quiet), exc_info=True)


def reach_of_screen(screen: Screen, now: datetime) -> Reach:
    """What a screen shows: its unit's picture as the table of verbs has it, without anybody's account."""
    unit = screen.unit
    post = HeldPost(
        post_id=0,
        kind=SCREEN,
        squad="",
        title=screen.label,
        title_en=screen.label,
        held_as="holder",
        unit_id=unit.pk,
        unit_code=unit.code,
        unit_path=unit.path,
        unit_tier=unit.tier,
        unit_name=unit.name,
        unit_name_en=unit.name_en,
    )
    reach = Reach(Nobody(), [post], now)  # type: ignore[arg-type]
    read_closed([reach])
    return reach


def _is_connected(screen: Screen, session_key: str | None, now: datetime) -> bool:
    is_this = bool(session_key) and screen.session_key == session_key
    return is_this and screen.ended_at is None and screen.until is not None and now < screen.until
