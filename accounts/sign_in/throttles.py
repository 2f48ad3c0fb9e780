"""Wrong passwords and codes are counted in the database, so that nobody guesses and nobody is locked out.

A lock that counts per account alone lets an outsider lock the duty officer out; one that counts per
address locks a whole command post behind its one NAT address. So a browser that this person has signed
in with before (`device`) is counted for itself, and only unknown ones share a limit. See ADR 0021.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count

from accounts.models import WrongTry

WINDOW = timedelta(minutes=5)

#: Notes of this request that a rollback must not take back; written when the request is over.
_kept_back: ContextVar[list | None] = ContextVar("accounts_throttles_kept_back", default=None)


class Limit(NamedTuple):
    """At most `amount` wrong tries under `key` within WINDOW."""

    key: str
    amount: int


class TooMany(Exception):
    """No further try before `until`."""

    def __init__(self, until: datetime):
        super().__init__(until)
        self.until = until


class Attempt:
    """A try that counts as wrong until it is known to be right."""

    def __init__(self, limits: list[Limit], now: datetime):
        self._limits, self._now = limits, now
        self._rows: list[WrongTry] = []

    def reserve(self) -> None:
        """Count first, look afterwards: of twenty tries sent at once no more than the limit get through."""
        self._rows = WrongTry.objects.bulk_create(
            [WrongTry(key=limit.key, at=self._now) for limit in self._limits]
        )
        reached = _reached(self._limits, self._now, besides=1)
        if reached:
            self.right()
            raise TooMany(_next_try_at(reached, self._now))

    def right(self) -> None:
        WrongTry.objects.filter(pk__in=[row.pk for row in self._rows]).delete()

    def wrong(self) -> None:
        WrongTry.objects.filter(at__lte=self._now - WINDOW).delete()
        if not self._rows:
            after_request(lambda: _write(self._limits, self._now))


class Reserved(Attempt):
    """A try counted before the transaction of its effect began: of forty at once no more than the limit get through.

    Whatever that transaction does, the try is settled after it: a wrong one stays, any other is given back.
    """

    def __init__(self, limits: list[Limit], now: datetime):
        super().__init__(limits, now)
        self.too_many: TooMany | None = None
        self._was_wrong = False
        try:
            self.reserve()
        except TooMany as too_many:
            self.too_many = too_many
            super().right()

    def right(self) -> None:
        self._was_wrong = False

    def wrong(self) -> None:
        self._was_wrong = True

    def settle(self) -> None:
        if self._was_wrong:
            super().wrong()
        elif self.too_many is None:
            super().right()


def begin(limits: list[Limit], *, now: datetime) -> Attempt:
    """Start a try; raises TooMany. Say `right()` or `wrong()` on what it returns.

    Inside somebody's transaction nothing can be reserved (a refusal rolls it back), so there the wrong try
    is counted when the request is over.
    """
    attempt = Attempt(limits, now)
    if _is_kept_back():
        check(limits, now=now)
    else:
        attempt.reserve()
    return attempt


def check(limits: list[Limit], *, now: datetime) -> None:
    """Raise TooMany if one of the limits is reached."""
    reached = _reached(limits, now)
    if reached:
        raise TooMany(_next_try_at(reached, now))


def first_in_window(key: str, now: datetime) -> bool:
    """True once per WINDOW for the same key: for things worth saying once, not a hundred times."""
    if WrongTry.objects.filter(key=key, at__gt=now - WINDOW).exists():
        return False
    WrongTry.objects.create(key=key, at=now)
    return True


def _reached(limits: list[Limit], now: datetime, besides: int = 0) -> Limit | None:
    """The first limit that is used up, `besides` tries of our own not counted."""
    counted = _counts([limit.key for limit in limits], now)
    return next((limit for limit in limits if counted.get(limit.key, 0) - besides >= limit.amount), None)


def _counts(keys: list[str], now: datetime) -> dict[str, int]:
    rows = WrongTry.objects.filter(key__in=keys, at__gt=now - WINDOW)
    return dict(rows.values_list("key").annotate(Count("pk")).order_by())


def _next_try_at(limit: Limit, now: datetime) -> datetime:
    """When the oldest of the last `amount` wrong tries falls out of the window."""
    tries = WrongTry.objects.filter(key=limit.key, at__gt=now - WINDOW).order_by("-at")
    oldest = min(tries.values_list("at", flat=True)[: limit.amount], default=now)
    return oldest + WINDOW


def _write(limits: list[Limit], now: datetime) -> None:
    WrongTry.objects.bulk_create([WrongTry(key=limit.key, at=now) for limit in limits])


# --- what a rollback must not take back --------------------------------------------------------------------


@contextmanager
def request_scope():
    """Held by the middleware around one request: notes made inside a transaction are written at its end."""
    notes: list = []
    token = _kept_back.set(notes)
    try:
        yield
    finally:
        _kept_back.reset(token)
        for note in notes:
            note()


def after_request(note) -> None:
    """Write now, or, inside a transaction of a request, when that request is over."""
    if _is_kept_back():
        _kept_back.get().append(note)
    else:
        note()


def _is_kept_back() -> bool:
    return _kept_back.get() is not None and connection.in_atomic_block
