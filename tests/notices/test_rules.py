import itertools
from datetime import timedelta

import pytest

from notices.choices import State
from notices.rules import further, is_failed_by_report, wait_after


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 30), (9, 30), (10, 60), (99, 60)]
)
def test_waiting_grows_and_is_spread(attempt, seconds):
    assert wait_after(attempt, 0.5) == timedelta(seconds=seconds)
    assert wait_after(attempt, 0.0) == timedelta(seconds=seconds / 2)
    assert wait_after(attempt, 1.0) == timedelta(seconds=seconds * 1.5)


@pytest.mark.parametrize("reports", list(itertools.permutations([State.SENT, State.DELIVERED, State.HEARD])))
def test_the_order_of_reports_does_not_matter(reports):
    state = State.QUEUED
    for reported in reports:
        state = further(state, reported)

    assert state == State.HEARD


@pytest.mark.parametrize("state", list(State))
def test_a_late_failure_takes_nothing_back(state):
    assert is_failed_by_report(state) == (state in {State.QUEUED, State.SENT})
