"""Open sessions: begun at sign-in, ended by the person, an administrator, idleness or age.

A session that was signed in has a row here. The row gone, the session is over, whatever the browser still
sends; sockets ask the same question (`is_open`).
"""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.db.models import QuerySet

from accounts.models import OpenSession, PushDevice, User

log = logging.getLogger(__name__)

#: Where the session keeps the id of its row.
MARK = "open_session"
#: Where the session keeps how it was begun, if not with a password kept here: "central", "directory".
WAY = "signed_in_by"
#: Set between the two steps of signing in when the directory took the password.
BY_DIRECTORY = "by_directory"
#: Set while nothing of the person's own was given in it: the word of a provider signs nothing.
UNPROVEN = "unproven"
#: `seen_at` is written no more often than this.
SEEN_EVERY = timedelta(seconds=60)


def begin(*, request, user: User, now: datetime, address: str, device: str) -> OpenSession:
    """Note that `user` signed in with this session; forget rows whose session is too old to live."""
    OpenSession.objects.filter(user=user, signed_in_at__lte=now - longest()).delete()
    if request.session.session_key is None:
        request.session.save()
    opened, _new = OpenSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "signed_in_at": now,
            "seen_at": now,
            "address": address[:45],
            "device": device[:200],
        },
    )
    request.session[MARK] = opened.pk
    return opened


def note_way(request, way: str, *, is_proven: bool) -> None:
    """Keep in the session how it was begun; of a password nothing is kept."""
    for mark, content in ((WAY, way if way != "password" else ""), (UNPROVEN, not is_proven)):
        if content:
            request.session[mark] = content
        else:
            request.session.pop(mark, None)


def follow_new_key(request) -> None:
    """The session got a new key (Django does that when the password changes): keep its row with it."""
    OpenSession.objects.filter(pk=request.session.get(MARK)).update(session_key=request.session.session_key)


def end(rows: QuerySet) -> int:
    """End these sessions on the server, and the pushes to their devices. Returns how many sessions."""
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    PushDevice.objects.filter(session__in=rows).delete()
    rows.delete()
    return len(keys)


def end_all(person: User) -> int:
    """End every session of a person, and whatever their devices are told. Returns how many sessions."""
    ended = end(OpenSession.objects.filter(user=person))
    PushDevice.objects.filter(person=person).delete()
    return ended


def open_sessions(user: User, now: datetime) -> QuerySet:
    """The sessions of a person that are still good, last used first."""
    rows = OpenSession.objects.filter(user=user, signed_in_at__gt=now - longest())
    if idle_limit():
        rows = rows.filter(seen_at__gt=now - idle_limit())
    return rows.order_by("-seen_at", "-pk")


def why_over(row: OpenSession | None, now: datetime) -> str:
    """Why a session that was signed in is over: "ended", "age", "idle"; empty while it is good."""
    if row is None:
        return "ended"
    if now >= row.signed_in_at + longest():
        return "age"
    if idle_limit() and now >= row.seen_at + idle_limit():
        return "idle"
    return ""


def touch(row: OpenSession, now: datetime) -> None:
    """Note that the person is there. Written at most once a minute, and not where nothing is written."""
    if now - row.seen_at >= SEEN_EVERY and not settings.READ_ONLY:
        try:
            OpenSession.objects.filter(pk=row.pk).update(seen_at=now)
        except DatabaseError:
            # Who can be read may go on: an alarm is kept where nothing can be written (incidents.kept_alarms).
            log.warning("could not note an open session as being there", exc_info=True)


def signed_in_just_now(request) -> bool:
    """Did this person give password or code within the last five minutes, at the sign-in?"""
    row = getattr(request, "open_session", None)
    just_now = row is not None and request.now - row.signed_in_at < timedelta(minutes=5)
    return just_now and not is_unproven(request)


def is_unproven(request) -> bool:
    """Was this session begun by a provider's word alone?"""
    return bool(request.session.get(UNPROVEN))


def came_centrally(request) -> bool:
    """By a provider or the directory: no password kept here was typed."""
    return request.session.get(WAY) in ("central", "directory")


def came_by_directory(session: Mapping) -> bool:
    return session.get(WAY) == "directory"


def way_in(records: list[dict]) -> tuple[str, bool]:
    """How a session was begun, "password" or "central", and whether something of the person's own was given in it.

    `records`: allauth's, of this sign-in and of what was begun before it and left.
    """
    methods = [record["method"] for record in records]
    first = max((at for at, method in enumerate(methods) if method in _WAYS), default=None)
    if first is None:
        return "password", True
    way = _WAYS[methods[first]]
    return way, way == "password" or "mfa" in methods[first:]


#: allauth's names of the first step.
_WAYS = {"password": "password", "socialaccount": "central"}


def over_among(session_keys: Collection[str], now: datetime) -> set[str]:
    """Which of these sessions are too old or idle; the others are noted as being there.

    For open screens, asked once a minute: a duty desk that only watches is not idle. Sessions without a row
    (made by a test, not by signing in) have no such limit.
    """
    rows = list(OpenSession.objects.filter(session_key__in=session_keys))
    over = {row.session_key for row in rows if why_over(row, now)}
    there = [row.pk for row in rows if row.session_key not in over and now - row.seen_at >= SEEN_EVERY]
    try:
        if there and not settings.READ_ONLY:
            OpenSession.objects.filter(pk__in=there).update(seen_at=now)
    except DatabaseError:
        # A screen goes on showing what can be read while nothing can be written.
        log.warning("could not note %s open screens as being there", len(there), exc_info=True)
    return over


def longest() -> timedelta:
    """A session's longest life, whatever happens in it: one shift."""
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


def idle_limit() -> timedelta | None:
    minutes = settings.SESSION_IDLE_MINUTES
    return timedelta(minutes=minutes) if minutes else None
