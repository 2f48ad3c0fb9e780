"""Every live page follows the whole walk, act by act: before + entries = after."""

import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from journal.live.live_pages import PartsView
from tests.dashboards.conftest import alarm  # noqa: F401
from tests.early_warnings.conftest import passwords  # noqa: F401
from tests.live.replay import Screen, assert_replay_shows
from tests.live.walk import ACTS, Walk
from tests.turns import turn

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
    ("county1.duty", "/responses/"),
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
    ("county1.duty", "/wall/"),
    ("county1.duty", "/map/"),
]
#: Templates of live pages and where they are walked: a new one must be thought about here.
WALKED = {
    "dashboards/commander.html", "dashboards/duty.html", "dashboards/incident.html", "dashboards/journal.html",
    "dashboards/squad.html", "early_warnings/list.html", "early_warnings/warning.html",
    "incidents/list.html", "zero_reports/missing.html", "early_warnings/proof.html", "notices/calls.html",
    "dashboards/promise.html", "dashboards/receipt.html", "dashboards/whole/clocks.html", "dashboards/whole/orders.html",
    "notices/inbox.html", "command/activation/response.html", "command/activation/list.html", "command/report_chain/chain.html",
    "command/report_chain/report.html", "dashboards/wall/wall.html", "dashboards/map/map.html",
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
#: Its acts are those of a drill: tests/drills/test_pages.py walks it.
NOT_WALKED |= {"drills/one.html"}
#: A person's own, which is in no journal they read: it asks every three seconds.
NOT_WALKED |= {"works/all.html"}
#: Its acts begin when an incident is closed: tests/command/test_reviews.py follows it.
NOT_WALKED |= {"command/review/review.html"}


def test_every_live_page_is_walked():
    folder = Path(settings.BASE_DIR) / "templates"
    live = {
        str(file.relative_to(folder))
        for file in folder.rglob("*.html")
        if re.search(r"\bdata-part=", file.read_text())
    }

    assert live - NOT_WALKED == WALKED


def test_every_live_page_of_the_address_list_shows_when_it_is_stale():
    """The bar is amber after 9 seconds and red after 20 (static/js/live.js; tests/test_ui_js.py lets the seconds pass)
    where the page stands on base.html and is told the journal's number: so does every page with parts."""
    pages = {
        view.template_name
        for pattern in _patterns(get_resolver())
        if (view := getattr(pattern.callback, "view_class", None)) and issubclass(view, PartsView)
    }
    # What a page puts in place of a block of base.html must not take the bar away.
    base = (Path(settings.BASE_DIR) / "templates/base.html").read_text()
    head, _bar, _rest = base.partition("data-stale hidden")
    opened = re.findall(r"{% block |{% endblock", head)

    assert len(pages) > 15
    assert opened.count("{% block ") == opened.count("{% endblock")
    for name in pages:
        nodes = get_template(name).template.nodelist.get_nodes_by_type(ExtendsNode)
        assert [node.parent_name.resolve({}) for node in nodes] == ["base.html"], name
    script = (Path(settings.BASE_DIR) / "static/js/live.js").read_text()
    assert int(re.search(r"const LATE = (\d+);", script)[1]) < 10
    assert int(re.search(r"const STALE = (\d+);", script)[1]) < 25


def _patterns(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


@pytest.mark.slow
@pytest.mark.embedded_only  # templates and entries are the same on both profiles
@pytest.mark.usefixtures("passwords", "plan")
@pytest.mark.parametrize("username", sorted({username for username, _url in PAGES}))
def test_the_pages_of_a_reader_follow_the_whole_walk(signed_in, reach, units, username):
    walk, browser = Walk(reach, units, timezone.now), signed_in(username)
    screens, sent = {url: None for reader, url in PAGES if reader == username}, dict.fromkeys(PAGES, 0)

    with time_machine.travel(timezone.now(), tick=False):
        for number, act in enumerate(ACTS):
            for url, screen in screens.items():
                screens[url] = screen or _opened(walk, browser, url)
            act(walk)
            # A page is looked at after every second act, and every second time asks for its parts as a screen does;
            # which acts these are depends on the turn (tests/turns.py), so that none hides behind its neighbour for good.
            for place, (url, screen) in enumerate(screens.items()):
                step = (number + place + turn()) % 4
                if screen and (step in (0, 2) or act is ACTS[-1]):
                    sent[username, url] += len(screen.catch_up(asks=step == 0))

    assert [url for url in screens if not sent[username, url]] == []


def _opened(walk, browser, url) -> Screen | None:
    """The page, or None while there is nothing to show there for this reader."""
    there = {name: getattr(walk, name) for name in ("incident", "warning", "response")}
    if any(f"{{{name}}}" in url and thing is None for name, thing in there.items()):
        return None
    address = url.format(**there)
    return Screen(browser, address) if browser.get(address).status_code == 200 else None


def test_the_neighbour_is_sent_nothing(signed_in, alarm):  # noqa: F811
    alarm(headcount=8)

    entries = assert_replay_shows(
        signed_in("county2.duty"), "/duty/", lambda: alarm(headcount=30, acts=["banner"])
    )

    assert entries == []
