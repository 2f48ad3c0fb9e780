"""What a browser is told with every answer, and what it may keep: as the product is really served, behind TLS."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.accounts.conftest import with_password
from tests.tokens import issue

__all__ = ["with_password"]

pytestmark = pytest.mark.django_db

TOP = Path(__file__).resolve().parent.parent
#: What HTTPS=1 decides.
DECIDED = [
    "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "HTTPS",
]  # fmt: skip
PROXY = {"HTTP_X_FORWARDED_PROTO": "https"}


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """The settings of a process of its own, started with HTTPS=1."""
    asked = f"import json, config.settings as s; print(json.dumps({{n: getattr(s, n) for n in {DECIDED!r}}}))"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    more = {"SECRET_KEY": "k" * 40, "HTTPS": "1", "DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=TOP, env={**kept, **more}, capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.fixture
def behind_tls(settings, decided):
    for name, value in decided.items():
        setattr(settings, name, tuple(value) if isinstance(value, list) else value)
    # A second factor is not what is asked about here.
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def asked(behind_tls, plan, cast, now, wall_clock):
    """An answer of each sort: page, form, refusal, redirect, file, API, probe, what is not there, what is not ours."""
    someone, stranger = Client(raise_request_exception=False), Client(enforce_csrf_checks=True)
    someone.force_login(cast["county1.duty"])
    token = {"headers": {"Authorization": f"Bearer {issue(user=cast['county1.duty'], now=now)}"}}
    return {
        "sign-in": stranger.get("/account/login/", **PROXY),
        "no token of the form": stranger.post("/account/login/", {"login": "x"}, **PROXY),
        "sent to sign in": stranger.get("/incidents/", **PROXY),
        "board": someone.get("/duty/", **PROXY),
        "list": someone.get("/incidents/", **PROXY),
        "own page": someone.get("/account/me/", **PROXY),
        "form": someone.get("/alarm/", **PROXY),
        "refused": someone.get("/account/people/", **PROXY),
        "not there": someone.get("/nowhere/", **PROXY),
        "workbook": someone.get("/rosters/sheet/?unit=C1", **PROXY),
        "help": someone.get("/help/", **PROXY),
        "calls of the API": someone.get("/api/docs/", **PROXY),
        "probe": stranger.get("/healthz", **PROXY),
        "API by session": someone.get("/api/v1/incidents/", **PROXY),
        "API by token": stranger.get("/api/v1/clocks/", **PROXY, **token),
        "API without a token": stranger.get("/api/v1/incidents/", **PROXY),
        "API that is not there": stranger.get("/api/v1/nowhere/", **PROXY),
    }


SAID = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_the_answers_are_of_each_sort(asked):
    """Otherwise the tests below might look at sixteen times the same."""
    assert {name: answer.status_code for name, answer in asked.items()} == {
        **dict.fromkeys(asked, 200),
        "no token of the form": 403,
        "sent to sign in": 302,
        "refused": 403,
        "not there": 404,
        "API without a token": 401,
        "API that is not there": 404,
    }
    assert asked["board"].wsgi_request.is_secure()


@pytest.mark.control(40)
@pytest.mark.parametrize("header", SAID)
def test_every_answer_tells_the_browser_to_be_careful(asked, header):
    assert {name: answer.get(header) for name, answer in asked.items()} == dict.fromkeys(asked, SAID[header])


@pytest.mark.control(39)
def test_every_answer_has_a_policy_without_anything_inline_or_foreign(asked):
    for name, answer in asked.items():
        policy = {
            part.split()[0]: set(part.split()[1:]) for part in answer["Content-Security-Policy"].split(";")
        }
        for directive in ("default-src", "object-src", "base-uri", "frame-ancestors"):
            assert policy[directive] == {"'none'"}, (name, directive)
        for directive in ("script-src", "style-src", "connect-src", "form-action"):
            assert policy[directive] == {"'self'"}, (name, directive)
        assert "unsafe" not in answer["Content-Security-Policy"], name


@pytest.mark.control(56)
def test_no_answer_about_anybody_is_kept_by_a_cache(asked):
    assert {name: "no-store" in answer["Cache-Control"] for name, answer in asked.items()} == dict.fromkeys(
        asked, True
    )


@pytest.mark.control(41)
def test_no_answer_lets_another_site_read_it(behind_tls, cast, now):
    elsewhere = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    browser = Client()
    browser.force_login(cast["county1.duty"])
    answers = [
        browser.generic(method, address, headers=elsewhere, **PROXY)
        for method in ("GET", "OPTIONS")
        for address in ("/api/v1/incidents/", "/api/v1/alarms/", "/incidents/", "/account/login/")
    ]

    assert [name for answer in answers for name in answer.headers if name.startswith("Access-Control")] == []


@pytest.mark.control(38)
def test_cookies_stay_with_this_host_with_tls_and_with_our_own_pages(behind_tls, wall_clock, with_password):
    with_password("county1.duty")
    browser = Client()
    page = browser.get("/account/login/", **PROXY)
    done = browser.post(
        "/account/login/",
        {"login": "county1.duty", "password": "Kfm7-prt4-wch3-xdn7", "next": "/account/me/"},
        **PROXY,
    )
    assert done.status_code == 302
    cookies = {**page.cookies, **done.cookies}

    assert {"__Host-session", "__Host-csrf"} <= set(cookies)
    for name, cookie in cookies.items():
        assert cookie["secure"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name
        if name.startswith("__Host-"):
            assert (cookie["path"], cookie["domain"]) == ("/", ""), name
    # What scripts read: the choice of language, and the token that they send back.
    open_to_scripts = {name for name, cookie in cookies.items() if not cookie["httponly"]}
    assert open_to_scripts <= {"language", "__Host-csrf"}


@pytest.mark.control(60)
def test_no_page_script_or_style_asks_another_host():
    """Everything comes from the bureau's own server: it works on a network without a way out."""
    asks = re.compile(
        r"""(?:\b(?:src|href|action|srcset|poster)\s*=\s*["']?|url\(\s*["']?|\b(?:fetch|import)\(?\s*["'`]|\bfrom\s+["'])(?:https?:|wss?:)?//"""
    )
    files = [file for folder in ("templates", "static") for file in (TOP / folder).rglob("*.*")]
    texts = {file: file.read_text() for file in files if file.suffix in (".html", ".js", ".css", ".svg")}

    assert len(texts) > 100
    assert [str(file.relative_to(TOP)) for file, text in texts.items() if asks.search(text)] == []
    assert asks.search('<script src="https://cdn.example/x.js">')
    assert asks.search("@import url(//fonts.example/x.css)")
