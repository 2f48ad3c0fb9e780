"""A flood in a browser: 200 incidents, three of them signed, on a desk and on a telephone; and what the pages weigh."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.processes import manage, python

pytestmark = pytest.mark.browser

FLOOD = """
from django.db import transaction
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from incidents.actions import set_level
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
    if n in signed:
        with transaction.atomic():
            set_level(incident=incident, level=signed[n], reach=director, now=now, warning="W-1")
"""
SIZES = {"desk": (1366, 768), "telephone": (390, 844), "small telephone": (320, 640)}


@pytest.fixture(scope="module")
def flood(embedded_bureau, tmp_path_factory):
    """An installation with 200 open incidents, and its server."""
    folder = tmp_path_factory.mktemp("flood") / "copy"
    with embedded_bureau.installation(
        folder, STATIC_STORAGE="common.web.static.StaticStorage"
    ) as installation:
        manage("collectstatic", "--noinput", env=installation.env)
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


def test_a_board_in_a_flood_weighs_sixty_kilobytes_at_most(page_of):
    with page_of("county1.duty", "desk") as page:
        kilobytes, _requests = weight(page, "/duty/")

    assert kilobytes <= 60


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
