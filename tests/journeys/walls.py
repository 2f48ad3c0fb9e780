"""A screen that hangs on a wall, registered and connected as somebody would do it."""

from contextlib import contextmanager

from playwright.sync_api import Browser, expect

from tests.installations import Installation
from tests.processes import Server

SIZE = {"width": 1920, "height": 1080}


@contextmanager
def hung_wall(chromium: Browser, installation: Installation, web: Server, *, script: str = ""):
    """Its page, live. `script` runs in it before the product's own; a script error fails the test."""
    desk = chromium.new_context(base_url=web.url)
    cookies = {"session": installation.keys["county1.duty"][1], "language": "zh-hans"}
    desk.add_cookies([{"name": name, "value": value, "url": web.url} for name, value in cookies.items()])
    register = desk.new_page()
    register.goto("/account/screens/")
    register.fill("[name=label]", "值班室")
    register.locator("main form .primary").click()
    code = register.locator(".digits").inner_text()
    desk.close()

    screen = chromium.new_context(viewport=SIZE, base_url=web.url)
    if script:
        screen.add_init_script(script)
    page, faults = screen.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/wall/")
    page.fill("[name=code]", code)
    page.press("[name=code]", "Enter")
    expect(page.locator("body")).to_have_attribute("data-link", "live", timeout=60_000)
    yield page
    screen.close()
    assert faults == []
