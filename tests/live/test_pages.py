"""Every board follows an alarm: before + entries = after. Rooms prove their own acts the same way."""

import pytest

from tests.dashboards.conftest import alarm  # noqa: F401
from tests.live.replay import assert_replay_shows

PAGES = [
    ("county1.duty", "/duty/"),
    ("county1.director", "/command/"),
    ("county1.duty", "/incidents/"),
    ("city.duty", "/duty/"),
    ("city.audit", "/journal/"),
    ("county2.duty", "/duty/"),
]


@pytest.mark.parametrize(("username", "url"), PAGES)
def test_a_board_follows_an_alarm(signed_in, alarm, username, url):  # noqa: F811
    alarm(headcount=8)

    entries = assert_replay_shows(signed_in(username), url, lambda: alarm(headcount=30, acts=["banner"]))

    assert bool(entries) is not username.startswith("county2")
