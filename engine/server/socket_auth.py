"""Whose session is it, and what may that person see? The ticket of a live socket is its session key."""

from collections.abc import Collection
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.access.sessions import over_among
from accounts.models import User
from accounts.scope import Reach, reaches_of, read_threads


def read_readers(session_keys: Collection[str]) -> dict[str, Reach | None]:
    """The reach behind each session that is still good: not expired, not signed out, account active,
    password not changed since, neither too old nor idle. A few queries for any number of sessions."""
    now = timezone.now()
    over = over_among(session_keys, now)
    sessions = {key: session for key, session in _sessions(session_keys, now).items() if key not in over}
    people = User.objects.in_bulk({session[SESSION_KEY] for session in sessions.values()})
    good = {
        key: people[int(session[SESSION_KEY])]
        for key, session in sessions.items()
        if _is_good(session, people.get(int(session[SESSION_KEY])))
    }
    reaches = reaches_of({user.pk: user for user in good.values()}.values(), now)
    read_threads(reaches.values())
    return {key: reaches[good[key].pk] if key in good else None for key in session_keys}


def _sessions(session_keys, now) -> dict[str, dict]:
    """The stored content of the sessions in which somebody is signed in."""
    decode = import_module(settings.SESSION_ENGINE).SessionStore().decode
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=now)
    sessions = {key: decode(data) for key, data in rows.values_list("session_key", "session_data")}
    return {key: content for key, content in sessions.items() if SESSION_KEY in content}


def _is_good(session: dict, user: User | None) -> bool:
    if user is None or not user.is_active:
        return False
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    given = session.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, expected) for expected in hashes)
