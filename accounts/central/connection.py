"""Asking the provider: a few seconds, a few kilobytes and a few at once, however it behaves.

The one place where a page waits for another machine (ADR 0250). A provider that hangs keeps at most `TURNS` of a
process's threads, so that alarms and boards go on.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import TryAgain

#: Seconds until it is connected, and between two pieces of its answer.
TIMEOUT = (3, 5)
#: Seconds for one whole answer.
LONGEST = 8
#: Bytes of one whole answer; key sets and configurations have a few thousand.
LARGEST = 512 * 1024
#: Sign-ins of one process that may wait for the provider at the same time.
TURNS = 4

_turns = BoundedSemaphore(TURNS)


class Session(requests.Session):
    """As requests', with an end to everything."""

    def __init__(self):
        super().__init__()
        self.max_redirects = 3
        if settings.OIDC_CA_FILE:
            self.verify = settings.OIDC_CA_FILE

    def request(self, method, url, **more):
        began = time.monotonic()
        response = super().request(method, url, **{**more, "stream": True, "timeout": TIMEOUT})
        content = bytearray()
        for piece in response.iter_content(16 * 1024):
            content += piece
            if len(content) > LARGEST or time.monotonic() - began > LONGEST:
                response.close()
                raise requests.Timeout("the answer is too long or takes too long", response=response)
        response._content = bytes(content)
        return response


@contextmanager
def turn() -> Iterator[None]:
    """Held while the provider is asked; raises TryAgain `central_busy` when too many wait for it already."""
    if not _turns.acquire(blocking=False):
        raise TryAgain("central_busy", _(
            "Not signed in: %(name)s is slow and others are waiting for it. Try again in a moment."
        ) % {"name": settings.OIDC_NAME}, other_way=True)  # fmt: skip
    try:
        yield
    finally:
        _turns.release()
