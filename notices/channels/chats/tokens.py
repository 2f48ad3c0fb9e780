"""The tokens that the provider lends us, one for each application, kept in this process until they are nearly over.

All three count how often one is asked for: what is good is used again, and of many senders that find none, one asks.
"""

import threading
import time
from collections.abc import Callable

from notices.channels.chats import Account, Token

#: So much of its time it is used: clocks differ, and a message takes a while.
USED_FOR = 0.9


class TooLate(Exception):
    """Somebody else was still asking for one."""


class Tokens:
    """Safe to use from several threads."""

    def __init__(self, count: Callable[[], float] = time.monotonic):
        self._count = count
        self._asking = threading.Lock()
        self._kept: dict[Account, tuple[str, float]] = {}

    def get(self, account: Account, ask: Callable[[], Token], until: float) -> str:
        """The kept one, else `ask()`. Raises TooLate where another thread is at it past `until`, and what `ask` does."""
        if kept := self._good(account):
            return kept
        if not self._asking.acquire(timeout=max(until - time.monotonic(), 0.0)):
            raise TooLate
        try:
            if kept := self._good(account):
                return kept
            token = ask()
            self._kept = {account: (token.text, self._count() + token.lasts * USED_FOR)}
            return token.text
        finally:
            self._asking.release()

    def refused(self, account: Account, token: str) -> None:
        """The provider takes it no longer, whatever it said before. Another thread's new one stays."""
        if self._kept.get(account, ("", 0.0))[0] == token:
            self._kept = {}

    def _good(self, account: Account) -> str:
        text, until = self._kept.get(account, ("", 0.0))
        return text if self._count() < until else ""


TOKENS = Tokens()
