"""Signing in over a provider of SAML, in Chromium: it is another site, whose form brings no cookie of ours."""

import pytest
from playwright.sync_api import expect

from common.dates.local_time import LOCAL
from tests.identity_providers import RunningSamlProvider
from tests.installations import demo_server
from tests.processes import free_port

pytestmark = pytest.mark.browser

NAME = "市级统一认证"


@pytest.fixture(scope="module")
def provider():
    running = RunningSamlProvider()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, provider):
    """At "localhost", the provider at "127.0.0.1": two sites, as they will be. Ports alone would be one."""
    port = str(free_port())
    told = {
        "PORT": port,
        "SITE_URL": f"http://localhost:{port}",
        "SAML_METADATA_FILE": str(provider.metadata(tmp_path_factory.mktemp("metadata"))),
        "SAML_NAME": NAME,
    }
    with demo_server(tmp_path_factory.mktemp("saml"), **told) as running:
        yield running


@pytest.fixture
def page(server, chromium):
    """Signed in nowhere; a script error, or anything the policy stops, fails the test."""
    errors = []
    context = chromium.new_context(
        base_url=f"http://localhost:{server.port}", locale="zh-CN", timezone_id=LOCAL.key
    )
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
    page.goto("/account/login/")
    yield page
    context.close()
    assert errors == []


def press(page, provider, username, mode="ok"):
    provider.tell(user=username, mode=mode)
    page.locator("form#central button").click()


def test_who_is_known_comes_in_where_they_wanted_to_go_and_out_again(page, provider):
    posted = []
    page.on("request", lambda one: posted.append(one) if one.url.endswith("/central/answer/") else None)
    page.goto("/account/login/?next=/account/me/")

    press(page, provider, "county1.duty")

    expect(page.locator("[data-sign-out]")).to_have_count(1)
    assert page.url.endswith("/account/me/")
    [answer] = posted
    assert answer.method == "POST"
    assert "cookie" not in answer.all_headers()
    page.goto("/account/logout/")
    page.locator("main form[data-sign-out] button").click()
    expect(page.locator("form#central button")).to_contain_text(NAME)


def test_what_is_refused_is_said(page, provider):
    press(page, provider, "no.such.person")
    expect(page.locator("[data-refusal-text]")).to_contain_text("本系统没有这个账号")
    assert page.url.endswith("/account/central/finish/")

    press(page, provider, "county1.duty", mode="wrong_key")
    expect(page.locator("[data-refusal-text]")).to_contain_text("未通过核验")
    page.reload()
    expect(page.locator("[data-refusal-text]")).to_contain_text("请点击按钮重新登录")

    press(page, provider, "county1.duty", mode="refuse")
    expect(page.locator("[data-refusal-text]")).to_contain_text(NAME)


def test_a_provider_that_is_away_keeps_nobody_out(page, server, provider):
    """Chromium is led to where nothing answers; the sign-in page is where it was, and a password works."""
    page.route("http://127.0.0.1:*/sso*", lambda route: route.abort("connectionrefused"))
    with page.expect_event("requestfailed", lambda request: "/sso" in request.url):
        press(page, provider, "county1.duty")

    again = page.context.new_page()
    again.goto("/account/login/")
    again.locator("#sign-in input[name=login]").fill("county1.duty")
    again.locator("#sign-in input[name=password]").fill(server.passwords["county1.duty"])
    again.locator("#sign-in button").click()
    expect(again.locator("[data-sign-out]")).to_have_count(1)
