"""Filing for whoever it is, at whatever time."""

from datetime import timedelta

import pytest

from accounts.scope import reach_of
from common.dates.periods import parse
from zero_reports.filing.actions import Item, file_report
from zero_reports.lock.actions import grant_exception
from zero_reports.rollups.actions import confirm_roll_up


@pytest.fixture
def today():
    return parse("2026-11-22")


@pytest.fixture
def file(cast, units, now, today):
    """file("village111.informant", "V111", at=…) → the report; nil by default, `items` for something."""

    def _file(username, code, *, at=None, period=today, items=(), **more):
        at = at or now
        answer = "items" if items else "nil"
        return file_report(
            reach=reach_of(cast[username], at),
            unit=units[code],
            period=period,
            answer=more.pop("answer", answer),
            items=[item if isinstance(item, Item) else Item(*item) for item in items],
            now=at,
            **more,
        )

    return _file


@pytest.fixture
def up(cast, units, oclock, today):
    def _up(code, username, at, **words):
        reach = reach_of(cast[username], oclock(at))
        return confirm_roll_up(reach=reach, unit=units[code], period=today, now=oclock(at), **words)

    return _up


@pytest.fixture
def allow(cast, units, oclock, today):
    """allow("town11.head", "V111", at="18:30") → the exception: two hours, one use."""

    def _allow(username, code, *, at="18:30", hours=2, reason="村里停电", once=True):
        now = oclock(at)
        return grant_exception(
            reach=reach_of(cast[username], now), unit=units[code], period=today, reason=reason,
            until=now + timedelta(hours=hours), once=once, now=now,
        )  # fmt: skip

    return _allow


@pytest.fixture
def locked(up):
    """Township 11 has confirmed the day at 18:00."""
    return up("T11", "town11.head", "18:00")


@pytest.fixture
def morning(signed_in, wall_clock):
    """morning("town11.head") → that person's browser, while the doors read nine o'clock."""
    return signed_in


@pytest.fixture
def noon(signed_in, wall_clock, oclock):
    wall_clock.move_to(oclock("12:00"))
    return signed_in


@pytest.fixture
def evening(signed_in, wall_clock, oclock):
    """Half past six: an hour after the cut-off."""
    wall_clock.move_to(oclock("18:30"))
    return signed_in


@pytest.fixture
def clerk(morning):
    """The clerk of township 11, who reads English."""
    return morning("town11.clerk", "en")
