"""On which profile a test runs this time.

A test that goes through the database, or kills processes, runs on both profiles, and few fail on one of them alone. So
where everything is run, one commit gives half of these tests to the embedded profile and half to production, and the next
one the other way round about every second time, by a digit of its hash: `script/test` says TEST_TURN. Without it, as for
chosen paths or before a release, they all run on both. What is about the profile itself always does, and what commits as
it goes (docs/adr/0277). A test that is there once for each profile, by a parameter, is asked as one.
"""

import os
import re
from zlib import crc32

import pytest

#: A test with one of these is about its profile, or stands on one alone.
OF_A_PROFILE = ("browser", "production", "embedded_only", "both_profiles")
#: What a parameter that is a profile is marked with. Without the mark it is no more than a word to the test.
MARKED = {"embedded": "embedded_only", "production": "production"}
#: In the brackets behind a test's name.
_PROFILE = re.compile(r"(?<=[\[-])(embedded|production)(?=[\]-])")


def turn() -> int:
    """Of this commit; what does not depend on it takes any."""
    return int(os.environ.get("TEST_TURN") or "0", 16)


def is_out_of_turn(item: pytest.Item, *, is_embedded: bool) -> bool:
    """Whether the other profile runs it this time."""
    if not os.environ.get("TEST_TURN") or (is_of_a_profile(item) and not is_one_of_two(item)):
        return False
    half = crc32(_without_profile(item).encode()) + turn()
    return half % 2 == int(is_embedded)


def is_one_of_two(item: pytest.Item) -> bool:
    """Whether the same test is there for the other profile too."""
    given = getattr(item, "callspec", None)
    marks = {mark.name for mark in given.marks} if given else set()
    return bool(marks) and any(
        MARKED.get(one) in marks for one in given.params.values() if isinstance(one, str)
    )


def _without_profile(item: pytest.Item) -> str:
    """The name that both of two have."""
    return _PROFILE.sub("either", item.nodeid) if is_one_of_two(item) else item.nodeid


def is_of_a_profile(item: pytest.Item) -> bool:
    if any(map(item.get_closest_marker, OF_A_PROFILE)):
        return True
    said = item.get_closest_marker("django_db")
    return bool(said and said.kwargs.get("transaction")) or "transactional_db" in item.fixturenames


def leave_to_the_other(items: list[pytest.Item], config: pytest.Config, *, is_embedded: bool) -> None:
    """Take those out that the other profile runs."""
    left = {item for item in items if is_out_of_turn(item, is_embedded=is_embedded)}
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
