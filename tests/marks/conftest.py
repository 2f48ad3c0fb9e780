import pytest

from tests.early_warnings.conftest import passwords
from tests.marks.exercise import Exercise, begin, play

__all__ = ["passwords"]


@pytest.fixture
def exercise(passwords, plan, reach, units, cast, now):
    """exercise() → a drill under way with everything under it; exercise(acts=[]) → just its alarm."""

    def run(**how):
        return play(Exercise(reach, units, lambda: now), **how)

    return run


@pytest.fixture
def real(passwords, plan, reach, units, cast, now):
    """A real incident under way at the same place and time."""
    walk = Exercise(reach, units, lambda: now)
    begin(walk, drill=False)
    return walk.incident
