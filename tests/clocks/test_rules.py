"""The state of a clock, as a table a clerk could read."""

from datetime import datetime, timedelta

import pytest

from clocks.rules import is_late, state_of
from common.dates.local_time import LOCAL

START = datetime(2026, 11, 22, 9, 0, tzinfo=LOCAL)


def minute(number):
    return None if number is None else START + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("due", "stopped", "cancelled", "breached", "now", "state"),
    [
        (60, None, None, None, 0, "on_track"),
        (60, None, None, None, 44, "on_track"),
        (60, None, None, None, 45, "at_risk"),
        (60, None, None, None, 60, "at_risk"),
        (60, None, None, None, 61, "breached"),
        (60, None, None, 61, 61, "breached"),
        (60, 30, None, None, 90, "met"),
        (60, 60, None, None, 90, "met"),
        (60, 61, None, None, 90, "breached"),
        (60, 61, None, 62, 90, "breached"),
        # Done in time, reached us late: the sweep had already called it breached.
        (60, 30, None, 61, 90, "met"),
        (60, None, 30, None, 90, "cancelled"),
        (60, None, 70, 61, 90, "breached"),
        (60, None, 70, None, 90, "breached"),
        (None, None, None, None, 90, "on_track"),
        (None, 30, None, None, 90, "met"),
        (None, None, 30, None, 90, "cancelled"),
    ],
)
def test_state(due, stopped, cancelled, breached, now, state):
    assert (
        state_of(
            started_at=START,
            due_at=minute(due),
            stopped_at=minute(stopped),
            cancelled_at=minute(cancelled),
            breached_at=minute(breached),
            now=minute(now),
        )
        == state
    )


def test_a_long_clock_is_at_risk_for_its_last_three_days():
    due = START + timedelta(days=60)

    def state(now):
        return state_of(
            started_at=START, due_at=due, stopped_at=None, cancelled_at=None, breached_at=None, now=now
        )

    assert state(due - timedelta(days=3, seconds=1)) == "on_track"
    assert state(due - timedelta(days=3)) == "at_risk"


def test_a_stop_at_the_deadline_is_in_time():
    assert not is_late(due_at=START, stopped_at=START)
    assert is_late(due_at=START, stopped_at=START + timedelta(microseconds=1))
