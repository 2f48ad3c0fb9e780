"""The directory (LDAP, Active Directory): does it take this password for the one entry of this username? (ADR 0262)

Asked inside a request like a provider of OpenID Connect, with the same fences (ADR 0250). `ldap3` is imported where it
is used: ten megabytes that no installation without a directory carries.
"""

import logging
import secrets
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Timer
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import TryAgain

log = logging.getLogger(__name__)

#: Seconds until it is connected, and between two pieces of an answer (whole ones: ldap3 hands them to the system).
TIMEOUT = (3, 5)
#: Seconds for everything that is asked about one password, all servers of LDAP_URL together.
LONGEST = 8
#: Passwords of one process that may wait for the directory at the same time.
TURNS = 4

_turns = BoundedSemaphore(TURNS)


class _NotInOrder(Exception):
    """The directory answers, but not as the settings say it should."""


def is_on() -> bool:
    return bool(settings.LDAP_URL)


def proves(username: str, password: str) -> bool:
    """Does the directory take `password` for the one entry whose LDAP_ATTRIBUTE is `username`?

    An unknown username costs what a wrong password costs. Locked, disabled and expired entries are refused by the
    directory itself, when it is asked. Raises TryAgain `directory_away`, `directory_busy`.
    """
    # A directory answers "success" to a name without a password: that is nobody's proof (RFC 4513, 5.1.2).
    if not username or not password:
        return False
    if not _turns.acquire(blocking=False):
        raise TryAgain("directory_busy", _(
            "The password was not checked: %(name)s is slow and others are waiting for it. Try again in a moment."
        ) % {"name": settings.LDAP_NAME})  # fmt: skip
    try:
        return _ask(username, password)
    finally:
        _turns.release()


def _ask(username: str, password: str) -> bool:
    """The first server that answers in order decides."""
    from ldap3.core.exceptions import LDAPException

    until = time.monotonic() + LONGEST
    for url in settings.LDAP_URL:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            with _connected(url, left) as there:
                return _is_right(there, username, password)
        except (LDAPException, OSError, _NotInOrder) as fault:
            log.warning("directory %s: %s: %s", url, type(fault).__name__, fault)
    raise TryAgain("directory_away", _(
        "The password was not checked: %(name)s does not answer just now. Try again in a few minutes."
    ) % {"name": settings.LDAP_NAME})  # fmt: skip


def _is_right(there, username: str, password: str) -> bool:
    name = _name_of(there, username)
    # A name that nobody has, so that an unknown username is refused by the same answer; nobody's tries are counted.
    asked = name or f"{settings.LDAP_ATTRIBUTE}={secrets.token_hex(8)},{settings.LDAP_BASE}"
    # Bytes: as text ldap3 would rewrite it (RFC 4013), some to nothing, and stop at characters it does not know.
    is_taken = there.rebind(user=asked, password=password.encode(), read_server_info=False)
    return bool(is_taken) and there.result["result"] == 0 and name is not None


def _name_of(there, username: str) -> str | None:
    """The distinguished name of the one entry of this username, found by the search account."""
    from ldap3 import DEREF_NEVER, SUBTREE
    from ldap3.utils.conv import escape_filter_chars

    there.search(
        settings.LDAP_BASE,
        f"(&{settings.LDAP_FILTER}({settings.LDAP_ATTRIBUTE}={escape_filter_chars(username)}))",
        search_scope=SUBTREE,
        dereference_aliases=DEREF_NEVER,
        attributes=[settings.LDAP_ATTRIBUTE],
        size_limit=2,
        time_limit=TIMEOUT[1],
    )
    # 4: there were more than two. Anything else, a referral to another server included, is no answer.
    if there.result["result"] not in (0, 4):
        raise _NotInOrder(f"the search ended with {there.result['description']}")
    # What refers to another server stands among them and is not followed.
    found = [entry for entry in there.response if entry["type"] == "searchResEntry"]
    if len(found) > 1:
        log.warning("directory: %s entries have the same %s", len(found), settings.LDAP_ATTRIBUTE)
    if len(found) != 1 or not found[0]["dn"]:
        return None
    # The directory compares more loosely than we do (spaces within, width).
    values = [
        value.decode(errors="replace") for values in found[0]["raw_attributes"].values() for value in values
    ]
    return found[0]["dn"] if username.casefold() in [value.casefold() for value in values] else None


@contextmanager
def _connected(url: str, seconds: float) -> Iterator:
    """A line to one server, protected as the settings say, on which the search account is known.

    Cut after `seconds`, whatever the server does meanwhile.
    """
    import ldap3

    parts = urlsplit(url)
    server = ldap3.Server(
        parts.hostname,
        port=parts.port or (636 if parts.scheme == "ldaps" else 389),
        use_ssl=parts.scheme == "ldaps",
        tls=_tls(),
        get_info=ldap3.NONE,
        connect_timeout=min(TIMEOUT[0], seconds),
    )
    who = {"user": settings.LDAP_BIND_DN, "password": settings.LDAP_BIND_PASSWORD.encode()}
    there = ldap3.Connection(
        server,
        **(who if settings.LDAP_BIND_DN else {}),
        auto_referrals=False,
        check_names=False,
        read_only=True,
        receive_timeout=TIMEOUT[1],
    )
    end = Timer(seconds, _cut, [there])
    end.start()
    try:
        there.open(read_server_info=False)
        if settings.LDAP_STARTTLS and parts.scheme != "ldaps":
            there.start_tls(read_server_info=False)
            if not isinstance(there.socket, ssl.SSLSocket):
                raise _NotInOrder("it does not go over to TLS")
        if not there.bind(read_server_info=False):
            raise _NotInOrder(f"the search account is refused: {there.result['description']}")
        yield there
    finally:
        end.cancel()
        there.strategy.close()


def _tls():
    """TLS as Python's own, with the certificate and the host's name checked."""
    from ldap3 import Tls

    class Checked(Tls):
        def wrap_socket(self, connection, do_handshake=False):
            context = ssl.create_default_context(cafile=settings.LDAP_CA_FILE or None)
            # In place before the handshake: what hangs in it is cut too.
            connection.socket = context.wrap_socket(
                connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=False
            )
            connection.socket.do_handshake()

    return Checked()


def _cut(there) -> None:
    line = there.socket
    if line is not None:
        # Not SSLSocket's own, which would take the session from under the thread that reads.
        try:
            socket.socket.shutdown(line, socket.SHUT_RDWR)
        except OSError:
            log.debug("the line was gone already", exc_info=True)
