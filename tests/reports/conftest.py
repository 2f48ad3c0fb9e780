"""Filing for whoever it is, at whatever time."""

from datetime import datetime

import pytest

from accounts.scope import reach_of
from common.periods import LOCAL, parse
from reports.actions import Item, file_report


@pytest.fixture
def today():
    return parse("2026-11-22")


@pytest.fixture
def clock():
    """clock("17:30") → that time of the same day in Shanghai."""
    return lambda text: datetime.fromisoformat(f"2026-11-22T{text}").replace(tzinfo=LOCAL)


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
