"""A wall hangs for days. An hour's happenings within a minute, a restart of the server among them: its memory stays flat.

`script/soak-wall 60` takes the hour itself (SOAK_MINUTES).
"""

import os
import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browsers import ARGUMENTS, HEADLESS
from tests.journeys.walls import hung_wall
from tests.processes import manage, python

MINUTES = float(os.environ.get("SOAK_MINUTES", "0"))

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900 + 120 * MINUTES)]

#: An incident every quarter of a minute for an hour.
HAPPENINGS = 240
#: So many fill every list of the wall to its end; what grows afterwards should not.
FULL = 60
#: Bytes, and elements with their texts. Measured: 2 KB and none for all of them; rows that are kept by mistake are 25 KB
#: and 10,000 nodes.
GROWTH, NODES = 20_000, 100
#: Bytes, once: what a page needs to notice an outage, to say so and to catch up, is read by then.
RESTART = 200_000

# Nothing compiled, because V8 goes on compiling what runs often for half an hour (80 KB in the first 70 happenings, and
# nothing else that grows: ADR 0236), and a small leak would not be seen beside it.
UNCOMPILED = "--js-flags=--jitless"
# Pages turn four times a second instead of four times a minute.
QUICKER = """
const every = window.setInterval;
window.setInterval = (work, wait, ...more) => every(work, wait === 15000 ? 250 : wait, ...more);
"""
ALARMS = """
import time
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
unit, duty = Unit.objects.get(code="T11"), User.objects.get(username="county1.duty")
for n in range({count}):
    now = timezone.now()
    given = Alarm(unit=unit, place="hall", what="x", facts=Facts.from_dict({{"headcount": 60}}), client_id=f"{{now}}")
    report_incident(reach=reach_of(duty, now), alarm=given, now=now)
    time.sleep({wait})
"""


@pytest.fixture(scope="module")
def uncompiled(playwright):
    browser = playwright.chromium.launch(executable_path=HEADLESS, args=[*ARGUMENTS, UNCOMPILED])
    yield browser
    browser.close()


def test_a_wall_stays_flat_for_an_hour_and_survives_a_restart_without_a_hand(
    uncompiled, embedded_bureau, tmp_path
):
    with (
        embedded_bureau.installation(
            tmp_path / "copy", STATIC_STORAGE="common.web.static.StaticStorage"
        ) as installation,
        served(installation) as web,
        hung_wall(uncompiled, installation, web, script="" if MINUTES else QUICKER) as page,
    ):
        # What changes by time alone is asked for every second instead of every minute.
        if not MINUTES:
            page.evaluate(
                "document.querySelectorAll('[data-every]').forEach((part) => { part.dataset.every = 1; })"
            )
        happen(installation, page, FULL, 0.25)
        full = memory_of(page)
        restart(installation, page, web)
        before = memory_of(page)
        if MINUTES:
            in_real_time(installation, page, MINUTES)
        else:
            happen(installation, page, HAPPENINGS, 0.25)

        after = memory_of(page)
        print(
            *(f"heap {heap / 1e3:.0f} KB, {nodes} nodes" for heap, nodes in (full, before, after)), sep=" → "
        )
        assert before[0] < full[0] + RESTART
        assert after[0] < before[0] + GROWTH
        assert after[1] < before[1] + NODES
        assert_true(installation, page)


@contextmanager
def served(installation):
    manage("collectstatic", "--noinput", env=installation.env)
    with installation.web() as web:
        yield web


def happen(installation, page, count, wait):
    python(ALARMS.format(count=count, wait=wait), env=installation.env)
    assert_true(installation, page)


def in_real_time(installation, page, minutes):
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        happen(installation, page, 4, 14)
        heap, nodes = memory_of(page)
        print(f"{(end - time.monotonic()) / 60:.0f} minutes to go: heap {heap / 1e3:.0f} KB, {nodes} nodes")


def restart(installation, page, web):
    """Amber within 10 s and red within 25 s after the last beat, and back by itself with what came meanwhile."""
    web.stop()
    expect(page.locator("body")).to_have_attribute("data-link", "late", timeout=11_000)
    expect(page.locator("[data-stale]")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-link", "stale", timeout=14_000)
    python(ALARMS.format(count=1, wait=0), env=installation.env)
    web.start()
    expect(page.locator("body")).to_have_attribute("data-link", "live", timeout=45_000)
    assert_true(installation, page)


def assert_true(installation, page):
    """The wall is live and counts what the database does."""
    total = installation.one(
        "SELECT COUNT(*) FROM incidents_incident WHERE state IN ('reported','under_way') AND NOT drill"
    )
    expect(page.locator("[data-part=incidents] > header .count")).to_have_text(str(total), timeout=60_000)
    expect(page.locator("body")).to_have_attribute("data-link", "live")


def memory_of(page):
    """Bytes of the script's heap, and nodes, after what is not needed has been let go of."""
    page.wait_for_timeout(3000)  # a new row is marked for 2.5 s
    probe = page.context.new_cdp_session(page)
    probe.send("Performance.enable")
    for _ in range(2):
        probe.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in probe.send("Performance.getMetrics")["metrics"]}
    probe.detach()
    return found["JSHeapUsedSize"], found["Nodes"]
