"""In a real browser: the switch registers it, the worker shows what comes with no page open, a press leads to its page.

Chromium without its maker's service gets no subscription: that one call is stood in for. The push itself comes as the
browser gives it to a worker (DevTools, ServiceWorker.deliverPushMessage).
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from common.web.words import WORDS
from dashboards.device.views import WORKER
from script.figures import TOP
from tests.push_service import Browser, packed

pytestmark = pytest.mark.browser

ADDRESS = "https://fcm.googleapis.com/fcm/send/abc"
TOLD = {
    "id": 7,
    "tag": "incident:5",
    "title": "红色 C1-20261130-001",
    "body": "新警情 · 清河县司法局",
    "url": "/incidents/C1-20261130-001/",
    "stays": True,
    "drill": False,
}
KEPT = {"store": "kept-1", "page": "/offline/", "files": [], "static": "/static/"}
PAGE = """<!doctype html><body data-user="5" data-now="2026-11-30T00:00:00Z">
<button data-desktop aria-pressed="false">D <span data-desktop-state></span></button><div data-toasts></div>
<script id="page" type="application/json">%s</script>
<script type="module">
import { leave, press, start } from "/static/js/desktop.js";
const button = document.querySelector("[data-desktop]");
button.addEventListener("click", () => press(button));
const whose = localStorage.getItem("desktop-notices");
if (whose === "5") start(button); else if (whose) leave();
</script>"""
#: What the browser's maker would have answered: a subscription, kept over pages.
SUBSCRIBED = """
const unpacked = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0)).buffer;
const held = (key) => key && ({
  endpoint: ADDRESS, options: { applicationServerKey: unpacked(key) },
  toJSON: () => ({ endpoint: ADDRESS, keys: KEYS }),
  unsubscribe: async () => { localStorage.removeItem('held'); return true; },
});
PushManager.prototype.getSubscription = async () => held(localStorage.getItem('held'));
PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
  if (!userVisibleOnly) throw new Error('never without showing something');
  localStorage.setItem('held', applicationServerKey);
  return held(applicationServerKey);
};
"""


class Site:
    """The worker, the script of the switch, and the two doors it asks."""

    def __init__(self):
        self.answer, self.sent, self.session = (201, {}), [], 1
        self.key = packed(Browser().point)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def get(self, path: str) -> tuple[str, str]:
        if path == "/sw.js":
            return "text/javascript", f"const KEPT = {json.dumps(KEPT)};\n{WORKER}"
        if path.startswith("/static/"):
            return "text/javascript", (TOP / path[1:]).read_text()
        if path == "/desktop-notices/":
            return "application/json", '{"notices": []}'
        push = {"key": self.key, "session": self.session, "address": "/account/push/"}
        words = {name: str(word) for name, word in WORDS.items()}
        page = {"words": words, "desktop": "/desktop-notices/", "worker": "/sw.js", "csrf": "c", "push": push}
        return "text/html; charset=utf-8", PAGE % json.dumps(page)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def _handler_of(site: Site):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._say(200, *site.get(self.path))

        def do_POST(self):
            fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            site.sent.append({name: one for name, (one,) in fields.items()})
            status, body = site.answer
            self._say(status, "application/json", json.dumps(body))

        def _say(self, status, kind, text):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args):
            pass

    return Handler


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def page(site, whole_chromium):
    context = whole_chromium.new_context(base_url=site.url, locale="zh-CN")
    context.grant_permissions(["notifications"], origin=site.url)
    page = context.new_page()
    yield page
    context.close()


def subscribing(page, address=ADDRESS):
    keys = Browser().keys()
    script = SUBSCRIBED.replace("ADDRESS", json.dumps(address)).replace("KEYS", json.dumps(keys))
    page.add_init_script(script)
    return {"endpoint": address, **keys}


def until(page, is_so):
    for _again in range(600):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("not within a minute")


# --- the switch --------------------------------------------------------------------------------------------


def test_the_switch_registers_this_browser_once_for_each_sign_in_and_takes_it_off(page, site):
    given = subscribing(page)
    page.goto("/")
    page.locator("[data-desktop]").click()
    expect(page.locator("[data-toasts]")).to_contain_text(str(WORDS["push_on"]))
    assert site.sent == [given]

    page.reload()
    page.wait_for_timeout(500)
    assert len(site.sent) == 1
    site.session = 2
    page.reload()
    until(page, lambda: len(site.sent) == 2)

    # Our key has changed: what was registered for the old one is of no use.
    site.key = packed(Browser().point)
    page.reload()
    until(page, lambda: page.evaluate("localStorage.getItem('held')") == site.key)

    expect(page.locator("[data-desktop]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-desktop]").click()
    until(page, lambda: site.sent[-1] == {"endpoint": ADDRESS, "off": "1"})
    until(page, lambda: page.evaluate("localStorage.getItem('held')") is None)
    expect(page.locator("[data-desktop]")).to_have_attribute("aria-pressed", "false")


def test_who_signs_in_after_somebody_else_ends_what_that_person_was_told(page, site):
    subscribing(page)
    page.goto("/")
    page.locator("[data-desktop]").click()
    until(page, lambda: page.evaluate("localStorage.getItem('held')"))

    page.evaluate("localStorage.setItem('desktop-notices', '6')")
    page.reload()

    until(page, lambda: page.evaluate("localStorage.getItem('held')") is None)


def test_a_browser_whose_service_is_away_says_that_an_open_page_tells(page, site):
    page.add_init_script("PushManager.prototype.subscribe = async () => { throw new Error('away'); };")
    page.goto("/")
    page.locator("[data-desktop]").click()

    expect(page.locator("[data-toasts]")).to_contain_text(str(WORDS["push_failed"]))
    expect(page.locator("[data-desktop]")).to_have_attribute("aria-pressed", "true")
    assert site.sent == []


def test_what_the_server_refuses_is_said_and_the_browser_forgets_it(page, site):
    site.answer = (422, {"code": "push_host_not_listed", "message": "没有登记"})
    subscribing(page)
    page.goto("/")
    page.locator("[data-desktop]").click()

    expect(page.locator("[data-toasts]")).to_contain_text("没有登记")
    until(page, lambda: page.evaluate("localStorage.getItem('held')") is None)


# --- the worker --------------------------------------------------------------------------------------------

STANDING = """async () => (await self.registration.getNotifications()).map(
  ({ title, body, tag, data, requireInteraction, silent }) => ({ title, body, tag, data, requireInteraction, silent }))"""


@pytest.fixture
def told(page, site):
    """told(content): a push, with no page of ours open; told.standing(): what the device shows; told.worker."""
    page.goto("/")
    with page.context.expect_event("serviceworker") as found:
        page.evaluate(
            "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => null)"
        )
    line = page.context.new_cdp_session(page)
    known = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    line.send("ServiceWorker.enable")
    until(page, lambda: known)
    registration = next(one["registrationId"] for one in known if one["scopeURL"] == f"{site.url}/")

    def deliver(content):
        data = json.dumps(content) if isinstance(content, dict) else content
        given = {"origin": site.url, "registrationId": registration, "data": data}
        line.send("ServiceWorker.deliverPushMessage", given)

    deliver.worker = found.value
    deliver.standing = lambda: deliver.worker.evaluate(STANDING)
    deliver.page = page
    page.goto("about:blank")
    open_pages = "async () => (await self.clients.matchAll({ includeUncontrolled: true })).length"
    until(page, lambda: deliver.worker.evaluate(open_pages) == 0)
    return deliver


def test_what_comes_is_shown_replaced_and_taken_back_and_kept_nowhere(told):
    told(TOLD)
    until(told.page, told.standing)
    (shown,) = told.standing()
    assert (shown["title"], shown["body"], shown["tag"]) == (TOLD["title"], TOLD["body"], TOLD["tag"])
    assert shown["data"] == {"id": 7, "url": TOLD["url"]}
    assert shown["requireInteraction"] is True

    told({**TOLD, "id": 8, "body": "事态加重 · 清河县司法局"})
    until(told.page, lambda: told.standing()[0]["data"]["id"] == 8)
    assert len(told.standing()) == 1

    told({"id": 8, "tag": TOLD["tag"], "body": "本机无需再处理此事。", "over": True})
    until(told.page, lambda: told.standing()[0]["silent"])
    (over,) = told.standing()
    assert (over["title"], over["body"]) == (TOLD["title"], "本机无需再处理此事。")
    assert over["requireInteraction"] is False

    # What is no message of ours shows nothing, and the worker goes on.
    told("no JSON")
    told({**TOLD, "tag": "incident:6"})
    until(told.page, lambda: len(told.standing()) == 2)
    kept = "async () => { const all = []; for (const one of await caches.keys()) all.push(...(await (await caches.open(one)).keys()).map((got) => new URL(got.url).pathname)); return all; }"
    assert told.worker.evaluate(kept) == ["/offline/"]


def test_whoever_looks_at_a_page_sees_it_there_alone(told):
    told.page.goto("/")
    told.page.bring_to_front()
    told(TOLD)
    told.page.wait_for_timeout(1000)

    assert told.standing() == []


def test_a_press_closes_it_and_opens_the_page_it_is_about(told):
    told(TOLD)
    until(told.page, told.standing)

    # Pressed as the system would: Chromium lets nobody open a window without a real finger.
    opened = told.worker.evaluate(
        """async () => {
          const opened = [];
          self.clients.openWindow = async (address) => { opened.push(address); };
          const [notification] = await self.registration.getNotifications();
          self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
          await new Promise((next) => setTimeout(next, 500));
          return opened;
        }"""
    )

    assert [address.endswith(TOLD["url"]) for address in opened] == [True]
    assert told.standing() == []
