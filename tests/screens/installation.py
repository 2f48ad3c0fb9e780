"""The demo bureau on a working day at 15:40, and its people's browsers, whose clock stands as well.

with bureau_at_rest(folder) as bureau, bureau.page_of(chromium, "county1.duty", "en") as page:
    look_at(page, "/duty/")
    dress(page, "desk", "dark")
    page.screenshot()
"""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from common.dates.local_time import LOCAL
from tests.processes import COMMAND_SECONDS, ROOT, Server, environment, manage, migrate
from tests.screens.moment import MOMENT

SIZES = {"telephone": (360, 740), "tablet": (768, 1024), "desk": (1366, 768), "wall": (1920, 1080)}
THEMES = ("light", "dark")
LANGUAGES = ("zh-hans", "en")

#: When the page was asked for, and how long it has been open, is the same moment too: a clock does not jump, and nothing
#: turns stale, where a machine is slow.
STANDING_CLOCK = "performance.getEntriesByType = () => []; performance.now = () => 1000;"
#: Whether a browser lets sounds be heard before the first press depends on when it is asked.
SOUND_IS_ON = "Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'running' });"
#: An open page tells what it has shown, which others see: who looks first would change what comes after.
TELLS_NOTHING = """{
    const ask = window.fetch;
    window.fetch = (address, options) => options?.method === "POST" ? Promise.resolve(new Response(null, { status: 204 })) : ask(address, options);
}"""
HEARS_READY = "document.addEventListener('page:ready', () => { window.isReady = true; });"
READY = "() => window.isReady || !document.querySelector('script[src*=\"js/app\"]')"
#: For a machine that has much else to do.
PATIENCE = 90_000
#: Nothing moves while it is looked at, and no caret blinks.
STILL = """*, *::before, *::after {
    animation: none !important; transition: none !important; caret-color: transparent !important; scroll-behavior: auto !important;
}"""
#: The page, and what scrolls within it.
TO_ITS_BEGINNING = "() => { for (const one of document.querySelectorAll('*')) one.scrollTo(0, 0); }"
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class BureauAtRest:
    def __init__(self, server: Server, sessions: dict[str, str]):
        self.url, self._sessions = server.url, sessions

    @contextmanager
    def page_of(self, chromium: Browser, username: str, language: str):
        """A page of somebody signed in (nobody: ""); nothing is shown yet."""
        context = chromium.new_context(
            base_url=self.url,
            locale="zh-CN",
            timezone_id=LOCAL.key,
            reduced_motion="reduce",
            service_workers="block",
            bypass_csp=True,  # for the sheet that holds the picture still
        )
        cookies = {"session": self._sessions.get(username, ""), "language": language}
        context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in cookies.items() if value]
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.clock.set_fixed_time(MOMENT)
        # After the clock's own script, whose timers go by the performance.now() that it finds.
        page.add_init_script(STANDING_CLOCK + SOUND_IS_ON + TELLS_NOTHING + HEARS_READY)
        yield page
        context.close()


def look_at(page: Page, address: str) -> None:
    """Go there and wait until all has come: its scripts have begun, a live page has heard the server, and got what it
    asks for later."""
    page.goto(address)
    page.add_style_tag(content=STILL)
    page.wait_for_function(READY)
    if page.locator("body[data-after]").count():
        expect(page.locator("body")).to_have_attribute("data-link", "live", timeout=PATIENCE)
    expect(page.locator("[data-lazy]:empty")).to_have_count(0, timeout=PATIENCE)
    page.evaluate("document.fonts.ready")


def dress(page: Page, size: str, theme: str) -> None:
    """The same page on another screen, by light or in the dark: as the reader's own choice does it."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    if not page.locator("body.wall-body").count():  # a wall's theme is the screen's
        page.evaluate("theme => document.documentElement.setAttribute('data-theme', theme)", theme)
    page.evaluate(TO_ITS_BEGINNING)
    page.evaluate(PAINTED)


@contextmanager
def bureau_at_rest(folder: Path):
    """Fill a bureau below `folder` and serve it; some 15 s."""
    env = environment(folder, STATIC_STORAGE="common.web.static.StaticStorage", PYTHONHASHSEED="0", DEMO="1")
    folder.mkdir(parents=True, exist_ok=True)
    migrate(env)
    filled = subprocess.run(
        [sys.executable, "-m", "tests.screens.fill"],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=COMMAND_SECONDS,
    )  # fmt: skip
    assert filled.returncode == 0, filled.stderr
    manage("collectstatic", "--noinput", env=env)
    with Server(
        env=env, name="web", application="tests.screens.frozen:application", lifespan="off"
    ) as server:
        yield BureauAtRest(server, json.loads(filled.stdout.splitlines()[-1]))
