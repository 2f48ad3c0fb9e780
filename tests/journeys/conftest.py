"""A seeded bureau behind a real server, and browsers of its people."""

import pytest
from playwright.sync_api import expect

from common.dates.local_time import LOCAL
from tests.installations import demo_server

#: A machine that does much else shows late what it would have shown at once; what never comes fails all the same.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def bureau_server(tmp_path_factory):
    """The demo bureau, embedded, as `script/server` would start it on a fresh machine."""
    with demo_server(tmp_path_factory.mktemp("bureau")) as server:
        yield server


@pytest.fixture
def person(bureau_server, chromium):
    """person("county1.duty", phone=False, language="zh-hans") → a signed-in page; a script error fails the test."""
    contexts, errors = [], []

    def sign_in(username, *, phone=False, language="zh-hans", start=None):
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = chromium.new_context(
            viewport=size, base_url=bureau_server.url, locale="zh-CN", timezone_id=LOCAL.key
        )
        context.add_cookies([{"name": "language", "value": language, "url": bureau_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{username}: {error}"))
        page.goto("/account/login/")
        page.locator("input[name=login]").fill(username)
        page.locator("input[type=password]").fill(bureau_server.passwords[username])
        page.locator("main button[type=submit], main form button.primary").first.click()
        expect(page.locator("[data-sign-out]")).to_have_count(1)
        if start:
            page.goto(start)
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert errors == []
