"""What screens cost the reader: 500 live cards on a slow processor, first loads on a slow network, what they weigh.

The processor is slowed down four times, the network of the first loads to 1.6 Mbit/s and 150 ms. What can be counted is
counted: elements that are touched, bytes, requests. What is a time stands beside a baseline taken in the same page or the
same minute, because half of each figure is the machine.
"""

from contextlib import contextmanager
from statistics import median

import pytest
from playwright.sync_api import expect

from tests.clients import new_key
from tests.faults.acts import alarm
from tests.processes import Server, manage, python

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CARDS = 500
SLOW_PROCESSOR = 4
SLOW_NETWORK = {
    "offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8,
}  # fmt: skip
FIVE_HUNDRED = f"""
from django.db import transaction
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from incidents.models import Incident
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts

now = timezone.now()
duty, unit = reach_of(User.objects.get(username="county1.duty"), now), Unit.objects.get(code="C1")
with transaction.atomic():
    for n in range({CARDS}):
        alarm = Alarm(unit=unit, place=f"hall {{n}}", what="来访", facts=Facts(), client_id=f"c{{n}}")
        report_incident(reach=duty, alarm=alarm, now=now)
# Each with a card of its own: what nothing tells apart would stand together.
Incident.objects.update(level="blue", signed_rank=4)
"""


@pytest.fixture(scope="module")
def crowded(embedded_bureau, tmp_path_factory):
    """An installation with 500 open incidents in one county, and its server, whose boards show them all."""
    folder = tmp_path_factory.mktemp("crowded") / "copy"
    with embedded_bureau.installation(
        folder, STATIC_STORAGE="common.web.static.StaticStorage"
    ) as installation:
        manage("collectstatic", "--noinput", env=installation.env)
        python(FIVE_HUNDRED, env=installation.env)
        with Server(env=installation.env, application="tests.journeys.many_cards:application") as web:
            yield installation, web


@pytest.fixture
def opened(crowded, chromium):
    """opened("county1.duty", phone=True) → (page, its line to the browser), the processor slowed down."""
    installation, web = crowded

    @contextmanager
    def open_(username, *, phone=False):
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = chromium.new_context(viewport=size, base_url=web.url)
        context.add_cookies([{"name": "session", "value": installation.keys[username][1], "url": web.url}])
        page = context.new_page()
        browser = context.new_cdp_session(page)
        browser.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
        yield page, browser
        context.close()

    return open_


# --- 500 live cards -------------------------------------------------------------------------------------------

#: From here on: rows that are touched, and tasks longer than 50 ms.
WATCH = """() => {
    window.touched = new Set(); window.long = [];
    const board = document.querySelector("[data-part=incidents]");
    const row = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest("[data-key]")?.dataset.key;
    new MutationObserver((all) => all.forEach(({ target, addedNodes, removedNodes }) => {
        [target, ...addedNodes, ...removedNodes].map(row).filter(Boolean).forEach((key) => window.touched.add(key));
    })).observe(board, { subtree: true, childList: true, attributes: true, characterData: true });
    new PerformanceObserver((list) => list.getEntries().forEach((one) => window.long.push(one.duration)))
        .observe({ type: "longtask" });
}"""
#: Milliseconds to draw the whole list, as a page that knows nothing better does.
REFILL = """() => {
    const list = document.querySelector("[data-part=incidents] [data-list]");
    const copy = list.cloneNode(false), html = list.innerHTML, began = performance.now();
    copy.innerHTML = html;
    list.after(copy);
    copy.getBoundingClientRect();
    const took = performance.now() - began;
    copy.remove();
    return took;
}"""
#: Of a card whose incident is in somebody's hands.
TAKEN = "处置中"
#: The rows in their order.
ROWS = """() => [...document.querySelectorAll("[data-part=incidents] [data-key]")].map((row) => row.dataset.key)"""


@pytest.fixture
def board(opened):
    """The duty board of the county with 500 cards, live."""
    with opened("county1.duty") as (page, _browser):
        page.goto("/duty/")
        expect(page.locator("[data-part=incidents] .card")).to_have_count(CARDS)
        expect(page.locator("body")).to_have_attribute("data-link", "live")
        yield page


def take(crowded, place):
    """The duty officer takes the incident there in hand; (key of its row, number)."""
    installation, web = crowded
    pk, number = installation.rows(f"SELECT id, number FROM incidents_incident WHERE place = '{place}'")[0]
    form = {"idempotency_key": new_key()}
    assert installation.browser("county1.duty", web).form(f"/incidents/{number}/take/", form).status == 303
    return f"incident:{pk}", number


def card_of(page, number):
    return page.locator(f"[data-part=incidents] .card:has(a[href*='{number}'])")


def test_one_card_of_five_hundred_changes_and_no_other_is_touched(board, crowded):
    page = board
    whole = median(page.evaluate(REFILL) for _try in range(5))
    page.wait_for_timeout(1000)

    page.evaluate(WATCH)
    longest = []
    # The first after loading is one like the others: the page came with the answer that it differs from.
    for hall in (50, 51, 52):
        page.evaluate("() => { window.touched.clear(); window.long = []; }")
        key, number = take(crowded, f"hall {hall}")
        expect(card_of(page, number)).to_contain_text(TAKEN)
        page.wait_for_timeout(300)
        assert page.evaluate("[...window.touched]") == [key]
        longest.append(max(page.evaluate("window.long"), default=0))

    print(f"whole list {whole:.0f} ms; longest task at one card: {longest} ms")
    assert median(longest) < whole


def test_no_row_changes_its_place_while_somebody_points_at_the_list(board, crowded):
    page = board
    installation, web = crowded
    card = page.locator("[data-part=incidents] .card").nth(3)
    card.hover()
    before, place = page.evaluate(ROWS), card.bounding_box()

    page.mouse.move(*middle_of(card))
    new = installation.client("county1.duty", web).insist(
        "POST", "alarms/", alarm(new_key(), {"headcount": 60}, unit="C1")
    )
    keep_pointing(page, card, until=page.locator("[data-part=incidents] [data-more]"))

    assert page.evaluate(ROWS) == before
    assert card.bounding_box() == place
    expect(card_of(page, new["number"])).to_have_count(0)
    page.locator("[data-part=incidents] [data-more]").click()
    expect(card_of(page, new["number"])).to_have_count(1)


def keep_pointing(page, card, *, until):
    """As a hand does, which is never still: a pointer that rests for ten seconds points at nothing any more."""
    x, y = middle_of(card)
    for n in range(200):
        page.mouse.move(x + n % 2, y)
        if until.is_visible():
            return
        page.wait_for_timeout(300)
    expect(until).to_be_visible()


def middle_of(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# --- the first load -------------------------------------------------------------------------------------------

#: Who opens it on what, kilobytes, requests, milliseconds until the largest thing is shown.
FIRST = [
    ("town11.clerk", "/alarm/", True, 30, 8, 1500),
    ("town11.clerk", "/report/", True, 30, 8, 1500),
    ("county2.duty", "/duty/", False, 60, 15, 2000),
]
#: A machine that does something else meanwhile is late; one that cannot be in time is late each time.
TRIES = 5
#: The lightest page there is: what the browser and the machine take for themselves.
PLAIN = "/offline/"
OBSERVE = """
    window.largest = 0; window.shifted = 0;
    const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    watch("largest-contentful-paint", (one) => { window.largest = one.startTime; });
    watch("layout-shift", (one) => { if (!one.hadRecentInput) window.shifted += one.value; });
"""


def load(opened, username, address, *, phone):
    """Milliseconds until the largest thing is shown, layout shift, kilobytes, requests."""
    with opened(username, phone=phone) as (page, browser):
        page.add_init_script(OBSERVE)
        browser.send("Network.enable")
        browser.send("Network.emulateNetworkConditions", SLOW_NETWORK)
        sizes = []
        browser.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(address, wait_until="networkidle")
        page.wait_for_timeout(1000)
        return page.evaluate("[window.largest, window.shifted]") + [sum(sizes) / 1024, len(sizes)]


@pytest.mark.parametrize(("username", "address", "phone", "kilobytes", "requests", "milliseconds"), FIRST)
def test_a_first_load_on_a_slow_telephone_network(
    opened, username, address, phone, kilobytes, requests, milliseconds
):
    loads = []
    for _try in range(TRIES):
        plain = load(opened, username, PLAIN, phone=phone)[0]
        loads.append(load(opened, username, address, phone=phone))
        # On a machine where nearly nothing takes that long already, twice as long.
        within = loads[-1][0] <= max(milliseconds, 2 * plain)
        if within:
            break

    print(f"{address}: {loads}; {PLAIN} {plain:.0f} ms")
    assert within
    assert max(one[2] for one in loads) <= kilobytes
    assert max(one[3] for one in loads) <= requests
    assert max(one[1] for one in loads) <= 0.02
