"""What the doors of the product read as the present. `now` is what the tests hand to everything below the doors."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from common.dates.local_time import LOCAL


@pytest.fixture
def now():
    """Sunday 2026-11-22, 09:00 in Shanghai, in UTC as the doors of the product read it."""
    return datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.fixture
def oclock():
    """oclock("17:30") → that time of the same day in Shanghai."""
    return lambda text: datetime.fromisoformat(f"2026-11-22T{text}").replace(tzinfo=LOCAL)


@pytest.fixture
def wall_clock(now):
    """It stands at `now`; wall_clock.shift(seconds) and wall_clock.move_to(moment) move it."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


class Hands:
    """A clock that is turned by hand: called, it says what time it is."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def turn(self, **by):
        self.now += timedelta(**by)
        return self.now
