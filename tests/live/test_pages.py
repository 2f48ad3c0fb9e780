"""Every live page follows the whole walk, act by act: before + entries = after."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tests.dashboards.conftest import alarm  # noqa: F401
from tests.early_warnings.conftest import passwords  # noqa: F401
from tests.live.replay import assert_replay_shows
from tests.live.walk import ACTS, Walk

#: Who reads which page. `{incident}` and `{warning}` stand for those of the walk, once there are any.
PAGES = [
    ("county1.duty", "/duty/"),
    ("city.duty", "/duty/"),
    ("county2.duty", "/duty/"),
    ("county1.director", "/command/"),
    ("city.director", "/command/"),
    ("county1.squad.dialogue", "/squad/"),
    ("county1.responder", "/squad/"),
    ("county1.duty", "/incidents/"),
    ("county1.duty", "/incidents/{incident}/"),
    ("county1.squad.dialogue", "/incidents/{incident}/"),
    ("town11.clerk", "/incidents/{incident}/"),
    ("county1.duty", "/early-warnings/"),
    ("county1.duty", "/early-warnings/{warning}/"),
    ("city.director", "/early-warnings/{warning}/"),
    ("county1.duty", "/early-warnings/{warning}/proof/"),
    ("county1.duty", "/responses/{response}/"),
    ("city.director", "/responses/{response}/"),
    ("county1.duty", "/incidents/{incident}/reports/"),
    ("city.director", "/incidents/{incident}/reports/1/"),
    ("county1.duty", "/notices/calls/"),
    ("county1.duty", "/notices/"),
    ("county1.duty", "/orders/"),
    ("county1.duty", "/time-limits/"),
    ("town11.clerk", "/alarm/{incident}/"),
    ("county1.director", "/promise/"),
    ("county1.duty", "/report/missing/"),
    ("city.audit", "/journal/"),
]
#: Templates of live pages and where they are walked: a new one must be thought about here.
WALKED = {
    "dashboards/commander.html", "dashboards/duty.html", "dashboards/incident.html", "dashboards/journal.html",
    "dashboards/squad.html", "early_warnings/list.html", "early_warnings/warning.html",
    "incidents/list.html", "zero_reports/missing.html", "early_warnings/proof.html", "notices/calls.html",
    "dashboards/promise.html", "dashboards/receipt.html", "dashboards/whole/clocks.html", "dashboards/whole/orders.html",
    "notices/inbox.html", "command/activation/response.html", "command/report_chain/chain.html",
    "command/report_chain/report.html",
}  # fmt: skip
#: A fragment and a component of pages above, the gallery, and the page of ages and counts, which asks every five seconds.
NOT_WALKED = {
    "components/part.html",
    "early_warnings/_to_sign.html",
    "ui_gallery.html",
    "engine/system.html",
}
#: Their acts are those of a shift: tests/duty/test_pages.py walks them.
NOT_WALKED |= {"rosters/month.html", "rosters/mine.html", "duty/shifts/handover.html"}


def test_every_live_page_is_walked():
    folder = Path(settings.BASE_DIR) / "templates"
    live = {
        str(file.relative_to(folder))
        for file in folder.rglob("*.html")
        if re.search(r"\bdata-part=", file.read_text())
    }

    assert live - NOT_WALKED == WALKED


@pytest.mark.slow
@pytest.mark.embedded_only  # templates and entries are the same on both profiles
@pytest.mark.usefixtures("passwords", "plan")
@pytest.mark.parametrize(("username", "url"), PAGES)
def test_a_page_follows_the_whole_walk(signed_in, reach, units, username, url):
    walk = Walk(reach, units, timezone.now)
    browser, sent = signed_in(username), 0

    for act in ACTS:
        address = _address(walk, browser, url)
        if address is None:
            act(walk)
        else:
            sent += len(assert_replay_shows(browser, address, lambda act=act: act(walk)))

    assert sent > 0


def _address(walk, browser, url):
    """The page's address, or None while there is nothing to show there for this reader."""
    if "{" not in url:
        return url
    there = {name: getattr(walk, name) for name in ("incident", "warning", "response")}
    if any(f"{{{name}}}" in url and thing is None for name, thing in there.items()):
        return None
    address = url.format(**there)
    return address if browser.get(address).status_code == 200 else None


def test_the_neighbour_is_sent_nothing(signed_in, alarm):  # noqa: F811
    alarm(headcount=8)

    entries = assert_replay_shows(
        signed_in("county2.duty"), "/duty/", lambda: alarm(headcount=30, acts=["banner"])
    )

    assert entries == []
