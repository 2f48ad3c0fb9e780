"""A demand in browsers: from the counter to the delivered reply, with a slip whose code opens state and dates.

With SCREENSHOTS=folder the pictures of the documents are taken on the way.
"""

import pytest
from playwright.sync_api import expect

from tests.installations import demo_server
from tests.journeys.test_walk import picture

pytestmark = pytest.mark.browser

SAID = {
    "zh-hans": {
        "open": "办理中",
        "delivered": "已送达",
        "promised": "3 个工作日内答复",
        "owed": "我的待答复",
    },
    "en": {
        "open": "Being answered",
        "delivered": "Delivered",
        "promised": "An answer within 3 working days",
        "owed": "My answers due",
    },
}


@pytest.fixture(scope="module")
def bureau_server(tmp_path_factory):
    """The demo bureau where it was decided that a slip's code opens a page."""
    with demo_server(tmp_path_factory.mktemp("slips"), PUBLIC_DEMAND_PAGE="1") as server:
        yield server


def act(page, verb, **fields):
    form = page.locator(f"form[action$='/{verb}/']")
    fold = page.locator("details", has=form)
    if fold.count() and not fold.evaluate("one => one.open"):
        fold.locator("summary").click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        form.locator("button").last.click()


@pytest.mark.parametrize(("language", "phone"), [("zh-hans", False), ("en", True)])
def test_from_the_counter_to_the_delivered_reply(person, chromium, bureau_server, language, phone):
    said = SAID[language]
    page = person("county1.duty", language=language, phone=phone, start="/demands/register/")
    page.locator("textarea[name=points]").fill("公证费多收部分退还")
    picture(page, "demand-register", language)
    page.locator("main form button.primary").click()
    expect(page.locator("h1")).to_contain_text("SQ-")
    number, address = page.locator("h1").inner_text().strip(), page.url

    act(page, "notice", number="告〔2026〕1号")
    act(page, "promise", days="3", told_how="in_person")
    picture(page, "demand", language, whole=True)
    page.goto("/answers-due/")
    expect(page.locator("h1")).to_contain_text(said["owed"])
    expect(page.locator("main")).to_contain_text(number)
    picture(page, "answers-due", language, whole=True)

    page.goto(f"{address}slip/")
    expect(page.locator(".slip")).to_contain_text(said["promised"])
    page.locator("form:not([action]) button").click()
    opened = page.locator("[data-address]").inner_text().strip()
    expect(page.locator(".slip svg").last).to_be_visible()
    picture(page, "slip", language, whole=True)
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".slip")).to_be_visible()
    page.emulate_media(media="screen")

    stranger = chromium.new_context(viewport={"width": 320, "height": 568}, base_url=bureau_server.url)
    try:
        theirs = stranger.new_page()
        theirs.goto(f"{opened}?lang={language}")
        expect(theirs.locator("h1")).to_contain_text(said["open"])
        expect(theirs.locator("body")).not_to_contain_text(number)
        assert theirs.evaluate("document.documentElement.scrollWidth") <= 320
        picture(theirs, "slip-public", language, whole=True)

        page.goto(address)
        act(page, "reply", outcome="supported", number="答〔2026〕1号", note="多收部分退还")
        act(page, "deliver", how="in_person")
        expect(page.locator("header .tag").first).to_contain_text(said["delivered"])
        theirs.reload()
        expect(theirs.locator("h1")).to_contain_text(said["delivered"])
        assert stranger.cookies() == []
    finally:
        stranger.close()
