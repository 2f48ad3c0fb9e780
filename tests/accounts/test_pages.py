"""Every page of accounts in both languages: complete, safe under the content policy, kept by no cache."""

import re

import pytest
from django.test import Client

from accounts.models import Appointment, Post
from tests.accounts.conftest import sign_in
from tests.tokens import issue

pytestmark = pytest.mark.django_db

SECADMIN = [
    "/account/me/", "/account/people/", "/account/people/?q=county1&state=active", "/account/people/?q=nobody",
    "/account/people/new/", "/account/people/{person}/", "/account/people/{person}/appoint/",
    "/account/people/{person}/disable/", "/account/people/{person}/enable/", "/account/people/{person}/password/",
    "/account/people/{person}/second-factor/", "/account/people/{person}/sessions/",
    "/account/appointments/{appointment}/end/", "/account/directory/",
]  # fmt: skip
DIRECTOR = [
    "/account/me/", "/account/directory/", "/account/directory/?q=none", "/account/posts/{post}/delegate/",
    "/account/password/", "/account/again/", "/account/second-factor/set-up/", "/account/logout/",
]  # fmt: skip
ANYBODY = ["/account/login/"]

#: Own words of the page, as opposed to names of people and units.
_OWN = re.compile(r"<(h1|h2|h3|label|legend|button|summary|title)\b[^>]*>(.*?)</\1>", re.S)
_TAGS = re.compile(r"<[^>]+>")
_CJK = re.compile(r"[\u4e00-\u9fff]")
#: In Chinese pages these stay Latin.
_LATIN = re.compile(r"English|AB角|API|county1[.\w]*|[A-Z]+\d+")


def own_words(html: str) -> list[str]:
    main = html[html.index("<main") : html.index("</main>")] + html[: html.index("</title>") + 8]
    return [_TAGS.sub(" ", text).strip() for _tag, text in _OWN.findall(main)]


@pytest.fixture
def addresses(cast, units):
    return {
        "person": cast["county1.duty"].pk,
        "appointment": Appointment.objects.get(person=cast["county1.duty"]).pk,
        "post": Post.objects.get(unit=units["C1"], kind="director").pk,
    }


def opened(browser, address, language):
    browser.cookies["language"] = language
    response = browser.get(address)
    assert response.status_code == 200, (address, response.status_code, response.get("Location"))
    return response


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("who", "pages"), [("city.secadmin", SECADMIN), ("county1.director", DIRECTOR), ("", ANYBODY)]
)
def test_pages_speak_one_language(
    wall_clock, with_password, cast, addresses, units, now, who, pages, language
):
    browser = Client()
    if who:
        with_password(who)
        sign_in(browser, who)
        issue(user=cast[who], now=now, note="x")
    data = {str(person) for person in cast.values()} | {unit.name for unit in units.values()}
    data |= set(Post.objects.values_list("title", flat=True)) | {"中文"}
    for page in pages:
        html = opened(browser, page.format(**addresses), language).content.decode()
        for words in own_words(html):
            for name in sorted(data, key=len, reverse=True):
                words = words.replace(name, "")
            if language == "en":
                assert not _CJK.search(words), (page, words)
            else:
                assert not re.search(r"[A-Za-z]{3,}", _LATIN.sub("", words)), (page, words)


@pytest.mark.control(39, 56)
@pytest.mark.parametrize(
    ("who", "pages"), [("city.secadmin", SECADMIN), ("county1.director", DIRECTOR), ("", ANYBODY)]
)
def test_pages_are_safe_and_kept_by_no_cache(wall_clock, with_password, addresses, who, pages):
    browser = Client()
    if who:
        with_password(who)
        sign_in(browser, who)
    for page in pages:
        response = opened(browser, page.format(**addresses), "zh-hans")
        html = response.content.decode()
        assert "no-store" in response["Cache-Control"], page
        assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", html), page
        assert "<style" not in html, page
        assert ' style="' not in html, page
        assert not re.search(r"\son\w+=", html), page
        for form in re.findall(r"<form\b.*?</form>", html, re.S):
            assert 'method="get"' in form or "csrfmiddlewaretoken" in form, page


def test_the_language_is_chosen_before_signing_in_and_kept_with_the_account(wall_clock, with_password, cast):
    browser = Client()
    response = browser.post("/account/language/", {"language": "en", "next": "/account/login/"})

    assert (response.status_code, response["Location"]) == (303, "/account/login/")
    assert "Sign in" in browser.get("/account/login/").content.decode()
    with_password("county1.duty")
    sign_in(browser, "county1.duty")
    browser.post("/account/language/", {"language": "en"})

    cast["county1.duty"].refresh_from_db()
    assert cast["county1.duty"].language == "en"


@pytest.mark.parametrize(
    ("wished", "title"),
    [
        ("en-GB,en;q=0.9", "Sign in"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "登录"),
        ("fr-FR,fr", "登录"),
        ("", "登录"),
    ],
)
def test_before_signing_in_the_browsers_language_is_spoken(db, wished, title):
    page = Client().get("/account/login/", headers={"Accept-Language": wished})

    assert f"<h1>{title}" in page.content.decode()


def test_a_shared_pc_with_an_english_system_shows_its_people_chinese(wall_clock, with_password, cast):
    browser = Client(headers={"Accept-Language": "en"})
    with_password("county1.duty")

    sign_in(browser, "county1.duty")

    assert browser.get("/account/me/")["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("more", [{"language": "xx"}, {"language": "en", "next": "https://evil.example/"}])
def test_a_strange_choice_changes_nothing_and_leads_nowhere_else(db, more):
    response = Client().post("/account/language/", more)

    assert response["Location"] == "/"


def test_the_language_of_the_page_frame_is_kept_with_the_account_too(wall_clock, with_password, cast):
    browser = Client()
    with_password("county1.duty")
    sign_in(browser, "county1.duty")

    browser.post("/ui/preferences/", {"language": "en"})

    cast["county1.duty"].refresh_from_db()
    assert cast["county1.duty"].language == "en"


def test_the_own_page_needs_few_queries(wall_clock, with_password, cast, django_assert_max_num_queries):
    browser = Client()
    with_password("county1.director")
    sign_in(browser, "county1.director")

    with django_assert_max_num_queries(20):
        browser.get("/account/me/")
