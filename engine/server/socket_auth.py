"""Whose session or token is it, and what may that person see? The ticket of a live socket is its session key, or the hash
of its token with a word before it that no session key begins with."""

from collections.abc import Collection
from datetime import datetime
from importlib import import_module
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.access.sessions import came_by_directory, over_among
from accounts.access.tokens import hash_of, note_use, tokens_among
from accounts.central import directory
from accounts.models import User
from accounts.scope import Reach, next_changes, reaches_of, read_threads
from accounts.screens.sessions import MARK, note_seen, reach_of_screen, screens_of
from accounts.sign_in.first_things import first_thing


def read_readers(session_keys: Collection[str]) -> dict[str, Reach | None]:
    """The reach behind each session that is still good: not expired, not signed out, account active,
    password not changed since, neither too old nor idle. A few queries for any number of sessions."""
    now = timezone.now()
    tokens = {ticket for ticket in session_keys if ticket.startswith(_PROGRAM)}
    session_keys = [ticket for ticket in session_keys if ticket not in tokens]
    over = over_among(session_keys, now)
    found = _sessions(session_keys, now)
    sessions = {
        key: session for key, session in found.items() if key not in over and SESSION_KEY in session.content
    }
    people = User.objects.in_bulk({session.content[SESSION_KEY] for session in sessions.values()})
    good = {
        key: people[int(session.content[SESSION_KEY])]
        for key, session in sessions.items()
        if _is_good(session.content, people.get(int(session.content[SESSION_KEY])))
    }
    users = {user.pk: user for user in good.values()}.values()
    reaches, changes = reaches_of(users, now), next_changes(users, now)
    read_threads(reaches.values())
    readers: dict[str, ScreenReach | None] = dict.fromkeys(session_keys)
    readers |= _wall_screens(found, now)
    readers |= _programs(tokens, now) if tokens else {}
    for key, user in good.items():
        until = min(filter(None, (sessions[key].expires_at, changes.get(user.pk))))
        readers[key] = ScreenReach(reaches[user.pk], until, _is_held_up(user, sessions[key].content, now))
    return readers


_PROGRAM = "program "
#: What a token must open to hear of the journal live, as to read it over HTTP.
_SCOPE = "journal:read"


def ticket_of(token: str) -> str:
    """The ticket of a program with this token: its hash, so that no list of tickets opens anything."""
    return f"{_PROGRAM}{hash_of(token)}"


def _programs(tickets: Collection[str], now: datetime) -> dict[str, "ScreenReach | None"]:
    """Tokens among them that are good and open the journal, of accounts that need not do something else first."""
    used = tokens_among({ticket.removeprefix(_PROGRAM) for ticket in tickets}, now)
    good = {
        hash: token
        for hash, token in used.items()
        if _SCOPE in token.scopes.split()
        and first_thing(token.user, now, by_directory=directory.is_on()) is None
    }
    users = {token.user.pk: token.user for token in good.values()}.values()
    reaches, changes = reaches_of(users, now), next_changes(users, now)
    read_threads(reaches.values())
    found: dict[str, ScreenReach | None] = dict.fromkeys(tickets)
    for hash, token in good.items():
        until = min(filter(None, (token.expires_at, changes.get(token.user.pk))))
        found[f"{_PROGRAM}{hash}"] = ScreenReach(reaches[token.user.pk], until, False)
        note_use(token.pk, token.used_at, now)
    return found


def _wall_screens(sessions: dict[str, "SignedIn"], now: datetime) -> dict[str, "ScreenReach | None"]:
    """The screens on walls among them: nobody is signed in there."""
    screens = screens_of({key: session.content for key, session in sessions.items()}, now)
    note_seen(screens.values(), now)
    found: dict[str, ScreenReach | None] = {}
    for key, screen in screens.items():
        reach = reach_of_screen(screen, now)
        read_threads([reach])
        found[key] = ScreenReach(reach, min(filter(None, (sessions[key].expires_at, screen.until))), False)
    return found


class ScreenReach(Reach):
    """The reach behind an open screen, with how long it can be taken as it is."""

    def __init__(self, reach: Reach, until: datetime, is_held_up: bool):
        super().__init__(reach.user, reach.posts, reach.now)
        self.threads, self.closed, self.opened = reach.threads, reach.closed, reach.opened
        #: The next moment at which time alone changes it: a post begins or ends, an emergency access or the
        #: session is over.
        self.until = until
        #: Something has to be done before any page (a new password, a second factor).
        self.is_held_up = is_held_up


class SignedIn(NamedTuple):
    """A session in which somebody is signed in, or which is a screen on a wall."""

    content: dict
    expires_at: datetime


def _sessions(session_keys, now) -> dict[str, SignedIn]:
    decode = import_module(settings.SESSION_ENGINE).SessionStore().decode
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=now)
    sessions = {
        key: SignedIn(decode(data), expires_at)
        for key, data, expires_at in rows.values_list("session_key", "session_data", "expire_date")
    }
    return {key: session for key, session in sessions.items() if {SESSION_KEY, MARK} & session.content.keys()}


def _is_held_up(user: User, session: dict, now: datetime) -> bool:
    by_directory = came_by_directory(session)
    return (
        first_thing(user, now, has_factor=bool(session.get("second_factor")), by_directory=by_directory)
        is not None
    )


def _is_good(session: dict, user: User | None) -> bool:
    if user is None or not user.is_active:
        return False
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    given = session.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, expected) for expected in hashes)
