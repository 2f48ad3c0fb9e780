"""From where what is being done was asked: the request's id and the caller's address, for the record.

Held by the middleware around each request. What the engine does by itself, and what stands on a console, has none.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_via: ContextVar[Mapping[str, str]] = ContextVar("via", default={})  # noqa: B039 - never changed in place


@contextmanager
def asked(*, request: str, address: str) -> Iterator[None]:
    """`request`: the id that the answer carries as X-Request-ID."""
    token = _via.set({"request": request, "address": address})
    try:
        yield
    finally:
        _via.reset(token)


def via() -> Mapping[str, str]:
    """{"request", "address"} of the request that is being answered; empty outside of one."""
    return _via.get()
