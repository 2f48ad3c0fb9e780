"""A flood in a browser: 200 incidents, three of them signed, on a desk, on a telephone and on a wall; what pages weigh."""

import json
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.walls import SIZE, hung_wall
from tests.processes import manage, python

pytestmark = pytest.mark.browser

FLOOD = """
from django.db import transaction
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from incidents.actions import set_level
from incidents.models import Incident
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts

now = timezone.now()
duty, director = (reach_of(User.objects.get(username=name), now) for name in ("county1.duty", "county1.director"))
units = list(Unit.objects.filter(code__in=["C1", "T11", "V111"]).order_by("code"))
signed = dict(zip((7, 8, 9), ("yellow", "orange", "red")))
for n in range(200):
    facts = Facts.from_dict({"headcount": 2 if n in signed else (3, 12, 60)[n % 3]})
    alarm = Alarm(unit=units[n % 3], place="hall", what="来访群众情绪激动，" * (1 + n % 50), facts=facts, client_id=str(n))
    incident, _ = report_incident(reach=duty, alarm=alarm, now=now)
    Incident.objects.filter(pk=incident.pk).update(
        latitude=30.42 + n % 7 * 0.04, longitude=114.02 + n % 11 * 0.035, crs="GCJ02" if n % 40 == 0 else "WGS84"
    )
    if n in signed:
        with transaction.atomic():
            set_level(incident=incident, level=signed[n], reach=director, now=now, warning="W-1")
"""
#: Six townships, as an operator would bring them in.
TOWNSHIPS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, y], [x + 0.13, y], [x + 0.13, y + 0.15], [x, y]]],
            },
        }
        for name, x, y in ((f"城关{n}镇", 114 + n % 3 * 0.14, 30.4 + n // 3 * 0.16) for n in range(6))
    ],
}
SIZES = {"desk": (1366, 768), "telephone": (390, 844), "small telephone": (320, 640)}


@pytest.fixture(scope="module")
def flood(embedded_bureau, tmp_path_factory):
    """An installation with 200 open incidents, and its server."""
    folder = tmp_path_factory.mktemp("flood") / "copy"
    with embedded_bureau.installation(
        folder, STATIC_STORAGE="common.web.static.StaticStorage"
    ) as installation:
        manage("collectstatic", "--noinput", env=installation.env)
        maps = Path(installation.env["DATA_DIR"]) / "maps"
        maps.mkdir()
        (maps / "townships.CGCS2000.geojson").write_text(json.dumps(TOWNSHIPS))
        python(FLOOD, env=installation.env)
        with installation.web() as web:
            yield installation, web


@pytest.fixture
def page_of(flood, chromium):
    """page_of("county1.duty", "telephone") → a page of somebody signed in; a script error fails the test."""
    installation, web = flood
    errors = []

    @contextmanager
    def opened(username, size="telephone", language="zh-hans"):
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=web.url)
        cookies = {"session": installation.keys[username][1], "language": language}
        context.add_cookies(
            [{"name": name, "value": value, "url": web.url} for name, value in cookies.items()]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{username}: {error}"))
        yield page
        context.close()

    yield opened
    assert errors == []


def weight(page, address):
    """What a page costs the first time: kilobytes over the wire, headers and all, and requests."""
    sizes = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    print(f"{address}: {sum(sizes) / 1024:.1f} KB, {len(sizes)} requests")
    return sum(sizes) / 1024, len(sizes)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("username", "address"), [("county1.duty", "/duty/"), ("county1.director", "/command/")]
)
def test_the_signed_ones_are_first_and_the_totals_true(page_of, username, address, size):
    with page_of(username, size) as page:
        page.goto(address)
        board = page.locator("[data-part=incidents]")

        for place, tone in enumerate(("red", "orange", "yellow")):
            badge = board.locator(".card").nth(place).locator(".badge")
            expect(badge).to_have_attribute("data-tone", tone)
            expect(badge).not_to_have_attribute("data-proposed", "")
        expect(board.locator(".badge[data-proposed]").first).to_be_attached()
        expect(board.locator("header .count")).to_have_text(re.compile("20[0-9]"))
        total = int(board.locator("header .count").inner_text())
        shown = board.locator(".card").count()
        assert int(board.locator("[data-rest]").get_attribute("data-rest")) == total - shown
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        board.locator("[data-rest]").click()
        expect(page.locator(".card").first.locator(".badge")).to_have_attribute("data-tone", "red")
        expect(page.locator("main header .count")).to_have_text(str(total))


BOARDS = pytest.mark.parametrize(
    ("username", "address"), [("county1.duty", "/duty/"), ("county1.director", "/command/")]
)
#: How far what was drawn first has moved by the time all has come: of the layout shift's own measure.
MOVED = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }))
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""


@BOARDS
def test_a_board_in_a_flood_weighs_sixty_kilobytes_in_fifteen_requests(page_of, username, address):
    with page_of(username, "desk") as page:
        kilobytes, requests = weight(page, address)

    assert kilobytes <= 60
    assert requests <= 15


@BOARDS
def test_nothing_on_a_board_moves_when_the_scripts_have_come(page_of, username, address):
    """The daily test of the sound stands in its place from the start."""
    with page_of(username, "desk") as page:
        page.goto(address, wait_until="networkidle")
        expect(page.locator("[data-sound-daily][data-step=ask]")).to_be_visible()
        moved = page.evaluate(MOVED)

    assert moved <= 0.02


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", ["/alarm/", "/report/"])
def test_alarm_and_zero_report_weigh_thirty_kilobytes_in_eight_requests(page_of, address, language):
    with page_of("town11.clerk", language=language) as page:
        kilobytes, requests = weight(page, address)

    assert kilobytes <= 30
    assert requests <= 8


@pytest.mark.parametrize("size", ["telephone", "small telephone"])
def test_after_the_lower_button_the_receipt_is_in_sight_and_lives_on(page_of, size):
    with page_of("town11.clerk", size) as clerk, page_of("county1.duty", "desk") as duty:
        clerk.goto("/alarm/", wait_until="networkidle")  # the form is the script's by then
        clerk.locator("textarea[name=what]").fill("大厅有人情绪失控")
        clerk.locator("button.alarm").last.click()

        expect(clerk).to_have_url(re.compile("/alarm/T11-"))
        expect(clerk.locator("[data-part=progress] .number")).to_be_in_viewport()
        expect(clerk.locator("#retract")).to_be_in_viewport()
        expect(clerk.locator("button.alarm")).to_have_count(0)
        number = clerk.url.rstrip("/").rsplit("/", 1)[-1]
        duty.goto(f"/incidents/{number}/")
        duty.locator("form#take button").click()
        expect(duty.locator("form#take")).to_have_count(0)
        expect(clerk.locator("[data-part=progress]")).to_contain_text("接手")
        expect(clerk.locator("[data-part=progress] [data-key=taken][data-done]")).to_be_visible()
        expect(clerk.locator("#retract")).to_be_hidden()


def test_a_false_alarm_is_taken_back_on_the_receipt(page_of):
    with page_of("town11.clerk") as clerk:
        clerk.goto("/alarm/", wait_until="networkidle")  # the form is the script's by then
        clerk.locator("button.alarm").first.click()
        clerk.locator("#retract button").click()

        expect(clerk.locator("[data-part=progress] h1")).to_have_text("警报已撤回")


def test_without_a_network_the_form_is_away_and_what_to_do_is_there(page_of):
    with page_of("town11.clerk") as clerk:
        clerk.goto("/alarm/", wait_until="networkidle")  # the form is the script's by then
        clerk.route("**/api/v1/alarms/", lambda route: route.abort())
        clerk.locator("button.alarm").last.click()

        expect(clerk.locator("[data-pressed] h1")).to_be_in_viewport()
        expect(clerk.locator("#alarm")).to_be_hidden()
        expect(clerk.locator("[data-pressed]")).to_contain_text("120")
        expect(clerk.locator("[data-outbox-list]")).to_contain_text("待发送")
        clerk.locator("[data-again]").click()
        expect(clerk.locator("button.alarm").first).to_be_in_viewport()
        clerk.unroute("**/api/v1/alarms/")


def test_the_alarm_is_one_press_away_on_every_page_of_a_telephone(page_of):
    with page_of("county1.director", "small telephone") as page:
        page.goto("/command/")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.locator(".bottom-alarm").click()

        expect(page).to_have_url(re.compile("/alarm/$"))


# --- on a wall ------------------------------------------------------------------------------------------------

#: Of the screen's width, for the widest wall of each scale: what is read from 8 m (20 minutes of arc).
SMALLEST = {"s": 0.0115 * 0.85, "m": 0.0115, "l": 0.0115 * 1.35, "xl": 0.0115 * 1.8}
OVERFLOWING = """() => [...document.querySelectorAll('.wall [data-pages]')]
    .filter(list => list.children.length && list.scrollHeight > list.clientHeight + 2 && list.clientHeight > 0)
    .filter(list => [...list.children].filter(row => !row.hasAttribute('data-off')).length > 1)
    .map(list => list.dataset.pages)"""
SMALL_LETTERS = """least => [...document.querySelectorAll('.wall *')]
    .filter(one => one.checkVisibility() && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .filter(one => !one.closest('.schematic, .map') && parseFloat(getComputedStyle(one).fontSize) < least - .05)
    .map(one => one.outerHTML.slice(0, 120))"""

#: The page as the server draws it at that scale, with a map: which panels take turns depends on it too.
SCALED = """scale => {
    document.body.dataset.scale = scale;
    const [left, right] = document.querySelectorAll('.wall-side');
    left.toggleAttribute('data-turns', ['l', 'xl'].includes(scale));
    right.toggleAttribute('data-turns', scale === 'xl');
    dispatchEvent(new Event('resize'));
}"""
#: Whether its letters are as large as they are to be, as they are drawn: a picture is as large as its place. Its panel has
#: its turn now; before, it was away for at least a frame, as a panel is that waits for its turn.
MAP_IS_READ = """least => {
    const panel = document.querySelector('.wall .map').closest('.panel');
    if (panel.parentElement.hasAttribute('data-turns'))
        [...panel.parentElement.children].forEach(one => one.toggleAttribute('data-off', one !== panel));
    const letters = [...document.querySelectorAll('.wall .map text')]
        .map(one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a);
    return letters.length > 8 && Math.min(...letters) >= least - .05;
}"""


@pytest.fixture(scope="module")
def wall(flood, chromium):
    """The page of a connected screen."""
    installation, web = flood
    with hung_wall(chromium, installation, web) as page:
        yield page


def test_the_wall_is_read_from_eight_metres_and_never_scrolled(wall):
    page = wall
    expect(page.locator("[data-page-of=incidents]")).to_have_text(re.compile(r"1/\d"))
    for scale, least in SMALLEST.items():
        page.evaluate(SCALED, scale)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight + 2"), scale
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), scale
        assert page.evaluate(SMALL_LETTERS, least * SIZE["width"]) == [], scale
        page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        page.wait_for_function(MAP_IS_READ, arg=least * SIZE["width"], timeout=5000)
        if scale != "xl":
            assert page.evaluate(OVERFLOWING) == [], scale
    page.reload()
