"""A security key in Chromium, with the browser's own software key: add it, sign in and sign with it, remove it.

The protocol is the browser's and the library's; here is only what a person presses and reads.
"""

import re

import pytest
from playwright.sync_api import expect

from common.dates.local_time import LOCAL
from tests.installations import demo_server

pytestmark = [pytest.mark.browser, pytest.mark.control(5), pytest.mark.control(12)]

WHAT = "三十余人聚集大厅，拉横幅"


class Keys:
    """Chromium's virtual authenticator of one page (CDP, domain WebAuthn)."""

    def __init__(self, page):
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        self._id = ""

    def plug_in(self, *, verified=True):
        """A key; `verified=False`: nobody knows its PIN, none of its fingers is there."""
        options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True,
                   "isUserVerified": verified, "automaticPresenceSimulation": True}  # fmt: skip
        made = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = made["authenticatorId"]

    def let_in(self, is_verified):
        self._cdp.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": is_verified}
        )

    def pull_out(self):
        self._cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self._id})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with demo_server(tmp_path_factory.mktemp("keys")) as running:
        yield running


@pytest.fixture
def page_of(server, chromium):
    """page_of(host) → (page, keys), signed in nowhere; a script error, or anything the policy stops, fails the test."""
    contexts, errors = [], []

    def open_page(host="localhost"):
        address = server.url.replace("127.0.0.1", host)
        context = chromium.new_context(base_url=address, locale="zh-CN", timezone_id=LOCAL.key)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
        keys = Keys(page)
        keys.plug_in()
        return page, keys

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def type_password(page, server, username):
    page.goto("/account/login/")
    page.locator("#sign-in input[name=login]").fill(username)
    page.locator("#sign-in input[name=password]").fill(server.passwords[username])
    page.locator("#sign-in button").click()


def expect_in(page):
    expect(page.locator("[data-sign-out]")).to_have_count(1)


def sign_out(page):
    with page.expect_navigation():
        page.locator("form[data-sign-out]").first.evaluate("form => form.submit()")


def add_key(page, name="蓝色钥匙"):
    page.goto("/account/me/")
    page.locator("#keys a").click()
    page.locator("#add-key input[name=name]").fill(name)
    page.locator("[data-key-press] button").click()


def warning_to_sign(page, server):
    """A red warning that waits for the director's signature."""
    type_password(page, server, "county1.duty")
    expect_in(page)
    page.goto("/alarm/")
    page.locator("textarea[name=what]").fill(WHAT)
    page.locator("button.alarm").first.click()
    expect(page).to_have_url(re.compile("/alarm/C1-"))
    number = page.url.split("/alarm/")[1].strip("/")
    page.goto(f"/incidents/{number}/warning/")
    page.locator("input[name=level][value=red]").check(force=True)
    page.locator("textarea[name=reason]").fill("人数迅速增加")
    page.locator("main form button.primary").click()
    expect(page.locator("main")).to_contain_text("W-")


def test_a_key_from_the_first_day_to_the_last(page_of, server):
    duty, _none = page_of()
    warning_to_sign(duty, server)
    chief, keys = page_of()
    type_password(chief, server, "city.director")
    expect_in(chief)

    # Added.
    add_key(chief)
    expect(chief).to_have_url(re.compile("/account/recovery-codes/"))
    chief.goto("/account/me/")
    expect(chief.locator("[data-security-key-of]")).to_contain_text("蓝色钥匙")

    # Out, and in again with it; stopped once.
    sign_out(chief)
    type_password(chief, server, "city.director")
    expect(chief.locator("#key")).to_be_visible()
    keys.let_in(False)
    chief.locator("[data-key-press] button").click()
    expect(chief.locator("[data-key-said]")).to_contain_text("未使用安全密钥")
    expect(chief.locator("#code input[name=code]")).to_be_editable()
    keys.let_in(True)
    chief.locator("[data-key-press] button").click()
    expect_in(chief)

    # A red warning is signed with it; stopped, the password would still do.
    chief.goto("/command/")
    chief.locator("[data-part=sign] .card", has_text=WHAT).first.locator("a.button.primary").click()
    keys.let_in(False)
    chief.locator("#sign-form [data-key-place] button").click()
    expect(chief.locator("#sign-form [data-key-place] [role=alert]")).to_contain_text("未使用安全密钥")
    keys.let_in(True)
    chief.locator("#sign-form [data-key-place] button").click()
    expect(chief.locator("#sign-form")).to_have_count(0)
    expect(chief.locator("main")).to_contain_text("安全密钥")

    # Removed.
    chief.goto("/account/me/")
    chief.locator("[data-security-key-of] a").click()
    chief.locator("#remove button.danger").click()
    expect(chief.locator("[data-security-key-of]")).to_have_count(0)
    sign_out(chief)
    type_password(chief, server, "city.director")
    expect_in(chief)


def test_a_foreign_key_answers_nothing(page_of, server):
    page, keys = page_of()
    type_password(page, server, "county1.director")
    add_key(page)
    expect(page).to_have_url(re.compile("/account/recovery-codes/"))
    keys.pull_out()
    keys.plug_in()
    page.goto("/account/tokens/")
    page.locator("input[name=note]").fill("监控")
    page.locator("input[name=scopes]").first.check()

    page.locator("[data-key-place] button").click()

    expect(page.locator("[data-key-place] [role=alert]")).to_contain_text("未使用安全密钥")
    expect(page.locator("input[name=credential]")).to_be_editable()


def test_under_a_number_the_page_says_why_and_shows_no_button(page_of, server):
    page, _keys = page_of("127.0.0.1")
    type_password(page, server, "county1.duty")
    page.goto("/account/keys/new/")

    expect(page.locator("[data-key-why]")).to_contain_text("域名")
    expect(page.locator("[data-key-press]")).to_have_count(0)


def test_without_scripts_the_page_says_so(server, chromium):
    address = server.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    type_password(page, server, "county2.duty")
    page.goto("/account/keys/new/")

    expect(page.locator("[data-key-why]")).to_contain_text("脚本")
    expect(page.locator("[data-key-press]")).to_be_hidden()
    context.close()


def test_a_browser_that_knows_no_keys_says_so(page_of, server):
    page, _keys = page_of()
    page.add_init_script("delete window.PublicKeyCredential")
    type_password(page, server, "county2.duty")
    page.goto("/account/keys/new/")

    expect(page.locator("[data-key-why]")).to_contain_text("浏览器不支持")
    expect(page.locator("[data-key-press]")).to_be_hidden()
