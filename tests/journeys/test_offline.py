"""Without network: the page that a device keeps, how many alarms wait on it, and back to the product by itself.

The server is stopped, which is what an outage is: a browser told to be offline leaves its service worker a network.
"""

import pytest
from playwright.sync_api import expect

from tests.installations import demo_server
from tests.processes import eventually

pytestmark = pytest.mark.browser

ROOM = "0500-8100001"
INSTALLED = """async () => {
  const ready = await navigator.serviceWorker.ready;
  while (!(ready.active && ready.active.state === 'activated')) await new Promise((next) => setTimeout(next, 50));
  return ready.scope;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Of its own: it is stopped and started."""
    with demo_server(tmp_path_factory.mktemp("offline")) as server:
        yield server


@pytest.fixture
def phone(server, chromium):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=server.url, locale="zh-CN"
    )
    page = context.new_page()
    sign_in(page, server)
    yield page
    context.close()


def sign_in(page, server, username="town11.clerk"):
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[type=password]").fill(server.passwords[username])
    page.locator("main form button.primary").first.click()
    expect(page.locator("[data-sign-out]")).to_have_count(1)


def install(page):
    """As app.js does some seconds after the page; kept for good when this returns."""
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => null)")
    return page.evaluate(INSTALLED)


def test_a_page_installs_the_worker_by_itself_some_seconds_later(server, phone):
    phone.goto("/alarm/")

    assert phone.evaluate(INSTALLED) == f"{server.url}/"
    kept = phone.evaluate("caches.keys()")
    assert [name.startswith("kept-") for name in kept] == [True]


def test_without_network_any_address_says_so_whom_to_ring_and_what_waits(server, phone):
    install(phone)
    phone.goto("/alarm/")
    phone.evaluate(f"localStorage.setItem('duty-phone', '{ROOM}')")
    try:
        server.stop()
        phone.locator("button.alarm").first.click()
        expect(phone.locator("[data-pressed]")).to_be_visible()
        expect(phone.locator("[data-outbox-chip]")).to_contain_text("待发送 1 条")

        for address in ("/zero/", "/alarm/", "/"):
            phone.goto(address)
            expect(phone.locator("h1")).to_have_text("页面未打开：网络不通")
            expect(phone.locator("[data-waiting] b")).to_have_text("待发送 1 条")
            expect(phone.locator("[data-room] a")).to_have_attribute("href", f"tel:{ROOM}")
            expect(phone.locator("a[href='tel:120']")).to_be_visible()
            expect(phone.locator("a[href='tel:110']")).to_be_visible()
            # The page has its style, and fits the smallest telephone.
            assert (
                phone.evaluate("getComputedStyle(document.querySelector('a.button.danger')).display")
                != "inline"
            )
            phone.set_viewport_size({"width": 320, "height": 640})
            assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        server.start()

    # Back: the address opens as ever, and what waited goes out by itself.
    phone.goto("/alarm/")
    expect(phone.locator("[data-user]")).to_have_count(1)
    expect(phone.locator("[data-outbox-chip]")).to_be_hidden()
    eventually(lambda: [phone.wait_for_timeout(200), waiting(phone) == 0][1], seconds=20)


def test_the_page_without_network_leaves_by_itself_as_soon_as_there_is_one(server, phone):
    install(phone)
    try:
        server.stop()
        phone.goto("/zero/")
        expect(phone.locator("[data-offline]")).to_be_visible()
    finally:
        server.start()

    phone.evaluate("window.dispatchEvent(new Event('online'))")

    expect(phone.locator("[data-offline]")).to_have_count(0)
    expect(phone.locator("[data-user]")).to_have_count(1)


@pytest.mark.control(56)
def test_nothing_of_anybody_is_kept_and_signing_out_takes_the_number_along(server, phone):
    install(phone)
    for address in ("/", "/alarm/", "/incidents/"):
        phone.goto(address)
    phone.evaluate(f"localStorage.setItem('duty-phone', '{ROOM}')")

    kept = phone.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
          return found.sort();
        }"""
    )

    assert "/offline/" in kept
    assert [path for path in kept if path != "/offline/" and not path.startswith("/static/")] == []
    phone.evaluate("document.querySelector('[data-sign-out]').requestSubmit()")
    phone.wait_for_url("**/account/**")
    assert phone.evaluate("localStorage.getItem('duty-phone')") is None


def test_a_worker_that_is_switched_off_leaves_devices_that_have_it(server, phone):
    install(phone)
    before = server.env.get("SERVICE_WORKER")
    try:
        server.stop()
        server.env["SERVICE_WORKER"] = "0"
        server.start()
        phone.goto("/alarm/")
        # As the browser itself does at a visit when its copy is a day old.
        phone.evaluate(
            "navigator.serviceWorker.getRegistration().then((one) => one && one.update()).then(() => null)"
        )

        expect_gone(phone)
        phone.goto("/alarm/")
        assert phone.evaluate("navigator.serviceWorker.controller === null")
    finally:
        server.stop()
        server.env.pop("SERVICE_WORKER") if before is None else server.env.update(SERVICE_WORKER=before)
        server.start()


def expect_gone(page):
    left = """async () => {
      for (let turn = 0; turn < 100; turn += 1) {
        const [workers, kept] = [await navigator.serviceWorker.getRegistrations(), await caches.keys()];
        if (!workers.length && !kept.length) return [];
        await new Promise((next) => setTimeout(next, 100));
      }
      return [(await navigator.serviceWorker.getRegistrations()).length, await caches.keys()];
    }"""
    assert page.evaluate(left) == []


def waiting(page):
    return page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open('outbox').onsuccess = ({ target: { result } }) => {
            const items = result.transaction('items').objectStore('items').getAll();
            items.onsuccess = () => resolve(items.result.filter((item) => item.state === 'waiting').length);
          };
        })"""
    )
