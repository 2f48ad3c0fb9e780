"""A clock that is set, a machine that sleeps, a database that is slow: deadlines fire neither early nor never."""

from datetime import timedelta

import pytest

from engine.monotonic_clock import SteadyClock

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class World:
    """A wall clock and a count of seconds that a test moves."""

    def __init__(self, now):
        self.wall, self.counted = now, 1000.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.counted)
        self.clock.now()

    def pass_by(self, seconds, jump=timedelta()):
        self.wall += seconds * SECOND + jump
        self.counted += seconds
        return self.clock.now()


@pytest.fixture
def world(now):
    return World(now)


def test_time_goes_by(world, now):
    assert world.pass_by(5) == now + 5 * SECOND
    assert not world.clock.has_jumped


@pytest.mark.parametrize("jump", [HOUR, -HOUR, -timedelta(minutes=10)])
def test_a_jump_is_not_followed(world, now, jump):
    assert world.pass_by(1, jump) == now + SECOND
    assert world.clock.has_jumped
    assert world.pass_by(1) == now + 2 * SECOND
    assert world.clock.has_jumped


def test_a_clock_set_right_again_is_believed(world, now):
    world.pass_by(1, HOUR)

    assert world.pass_by(1, -HOUR) == now + 2 * SECOND
    assert not world.clock.has_jumped


@pytest.mark.parametrize("step", [SECOND, -SECOND])
def test_a_small_step_is_followed(world, now, step):
    assert world.pass_by(1, step) == now + SECOND + step
    assert not world.clock.has_jumped


def test_slow_drift_never_adds_up_to_a_jump(world, now):
    for _ in range(100):
        world.pass_by(1, timedelta(milliseconds=100))

    assert not world.clock.has_jumped
    assert world.clock.now() == now + 110 * SECOND


def test_starting_again_accepts_the_time(world, now):
    world.pass_by(1, HOUR)

    assert SteadyClock(lambda: world.wall, lambda: world.counted).now() == now + HOUR + SECOND


def test_a_reading_that_comes_in_late_changes_nothing(world, now):
    world.pass_by(5)
    world.wall, world.counted = now + 4 * SECOND, 1004.0

    assert world.clock.now() == now + 4 * SECOND
    assert not world.clock.has_jumped
