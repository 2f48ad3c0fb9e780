"""Signing in over a provider of OpenID Connect, in Chromium, and signing a warning with what is one's own."""

import re

import pytest
from playwright.sync_api import expect

from common.dates.local_time import LOCAL
from tests.identity_providers import CLIENT, SECRET, RunningProvider
from tests.installations import demo_server

pytestmark = pytest.mark.browser

WHAT = "三十余人聚集大厅，拉横幅"
NAME = "市级统一认证"


@pytest.fixture(scope="module")
def provider():
    running = RunningProvider()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, provider):
    folder = tmp_path_factory.mktemp("central")
    told = {
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_NAME": NAME,
    }
    with demo_server(folder, **told) as running:
        yield running


@pytest.fixture
def page_of(server, chromium):
    """A page that has signed in nowhere; a script error, or anything the policy stops, fails the test."""
    contexts, errors = [], []

    def open_page():
        context = chromium.new_context(base_url=server.url, locale="zh-CN", timezone_id=LOCAL.key)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
        page.goto("/account/login/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def come_in(page, provider, username):
    provider.tell(user=username, mode="ok", seconds=0)
    page.locator("form#central button").click()
    expect(page.locator("[data-sign-out]")).to_have_count(1)


def test_a_leader_comes_in_by_the_provider_and_signs_with_the_own_password(page_of, provider, server):
    duty = page_of()
    come_in(duty, provider, "county1.duty")
    chief = page_of()
    come_in(chief, provider, "city.director")
    duty.goto("/alarm/")
    duty.locator("textarea[name=what]").fill(WHAT)
    duty.locator("button.alarm").first.click()
    expect(duty).to_have_url(re.compile("/alarm/C1-"))
    number = duty.url.split("/alarm/")[1].strip("/")
    duty.goto(f"/incidents/{number}/warning/")
    duty.locator("input[name=level][value=red]").check(force=True)
    duty.locator("textarea[name=reason]").fill("人数迅速增加")
    duty.locator("main form button.primary").click()
    expect(duty.locator("main")).to_contain_text("W-")

    chief.goto("/command/")
    chief.locator("[data-part=sign] .card", has_text=WHAT).first.locator("a.button.primary").click()
    form = chief.locator("#sign-form")
    form.locator("input[type=password]").fill("what the provider was given")
    form.locator("button.primary").click()
    expect(chief.locator("main")).to_contain_text("密码或动态码不正确")
    chief.locator("#sign-form input[type=password]").fill(server.passwords["city.director"])
    chief.locator("#sign-form button.primary").click()
    expect(chief.locator("#sign-form")).to_have_count(0)


def test_a_stranger_and_a_provider_that_is_away_are_told(page_of, provider, server):
    page = page_of()
    provider.tell(user="no.such.person", mode="ok")
    page.locator("form#central button").click()
    expect(page.locator("[data-refusal-text]")).to_contain_text("本系统没有这个账号")

    provider.tell(mode="error")
    page.locator("form#central button").click()
    expect(page.locator("[data-refusal-text]")).to_contain_text("目前没有响应")
    page.locator("#sign-in input[name=login]").fill("county1.duty")
    page.locator("#sign-in input[name=password]").fill(server.passwords["county1.duty"])
    page.locator("#sign-in button").click()
    expect(page.locator("[data-sign-out]")).to_have_count(1)
