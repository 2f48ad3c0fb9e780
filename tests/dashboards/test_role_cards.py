"""The card of each role: numbers of the reader's duty rooms, the plan's first hour, who signs, what is never typed."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import sync_playwright

from accounts.choices import PostKind
from accounts.models import Unit
from dashboards.help.cards import LANGUAGES, cards, windows
from dashboards.help.first_hour import WINDOWS, first_hour
from plans.document import strict_yaml
from plans.lifecycle.citations import LIBRARY
from tests.browsers import ARGUMENTS, HEADLESS

#: The reader of each card.
READERS = {
    "duty-officer": "county1.duty", "commander": "county1.director", "squad": "county1.squad.dialogue",
    "clerk": "village111.informant", "auditor": "city.audit", "administrator": "city.sysadmin",
}  # fmt: skip
COOKIE = {"zh": "zh-hans", "en": "en"}
EVERY_CARD = pytest.mark.parametrize(
    ("slug", "language"), [(slug, one) for slug in READERS for one in LANGUAGES]
)


def card_of(signed_in, slug, language="zh"):
    answer = signed_in(READERS[slug], COOKIE[language]).get(f"/help/cards/{slug}/")
    assert answer.status_code == 200
    return answer.content.decode()


def document(name):
    return strict_yaml.read((LIBRARY / f"{name}.yaml").read_bytes()).value


def test_every_kind_of_post_has_one_card():
    held = [kind for card in cards().values() for kind in card.posts]

    assert sorted(held) == sorted(PostKind.values)
    assert list(cards()) == list(READERS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", READERS)
def test_a_card_is_whole_short_and_in_its_language(slug, language):
    card = cards()[slug]
    text = card.texts[language]
    things = [getattr(one.words, language) for one in card.first]
    sentences = [text.title, text.what, *text.acts, *things]

    assert len(text.acts) == 3
    assert all(bool(re.search("[\u4e00-\u9fff]", one)) == (language == "zh") for one in sentences)
    assert sum(map(len, sentences)) <= (320 if language == "zh" else 900)
    assert all(len(card.first_of({kind})) == 3 for kind in card.posts)
    assert all(reverse(one.page) for one in card.first)


@pytest.mark.django_db
@pytest.mark.usefixtures("plan")
@EVERY_CARD
def test_a_card_says_what_the_plan_in_force_says(signed_in, slug, language):
    Unit.objects.filter(code="C0").update(phone="0311-860 0001")
    page = card_of(signed_in, slug, language)

    assert "0311-860 0001" in page
    assert {"zh": "黄金3分钟", "en": "Golden three minutes"}[language] in page
    assert "§4.1" in page
    # Who signs red, and that it is not whoever drafted it.
    assert {"zh": "市司法局主要领导", "en": "City bureau director"}[language] in page
    assert {"zh": "身份证号", "en": "identity numbers"}[language] in page
    alarms = {"zh": "网址 /alarm/", "en": "open /alarm/"}[language] in page
    assert alarms == (slug not in {"auditor", "administrator"})


@pytest.mark.django_db
@EVERY_CARD
def test_without_a_plan_in_force_the_card_says_so_and_invents_nothing(signed_in, slug, language):
    page = card_of(signed_in, slug, language)

    assert {"zh": "没有生效的预案", "en": "No response plan is in force"}[language] in page
    assert "§" not in page
    assert 'class="role-card"' in page


@pytest.mark.django_db
def test_numbers_are_those_of_the_readers_line_nearest_first(signed_in, units):
    for code, number in (("C0", "11"), ("C1", "22"), ("C2", "33")):
        Unit.objects.filter(code=code).update(phone=number)

    page = card_of(signed_in, "duty-officer")

    assert re.findall(r'class="num"\s*>(\d+)</b>', page) == ["22", "11"]


@pytest.mark.django_db
def test_the_list_begins_with_the_readers_own_card_and_has_all(signed_in):
    page = signed_in("county1.director").get("/help/").content.decode()

    assert re.findall(r"/help/cards/([a-z-]+)/", page) == [
        "commander", *(slug for slug in READERS if slug != "commander"),
    ]  # fmt: skip
    assert page.count("您的岗位</span>") == 1
    assert signed_in("county1.director").get("/help/cards/nobody/").status_code == 404


def test_the_first_hour_is_the_plans_own():
    """Three minutes to report and to tell; thirty for squads and experts; an order's five, a response's five."""
    hour = first_hour(document("city-justice-bureau"))
    cited = {step.cite for step in hour[3]}

    assert list(hour) == list(WINDOWS)
    assert {"§4.1", "§2.4"} <= cited
    assert [step.words.zh for step in hour[3] if step.words.zh.startswith("黄金")] == ["黄金3分钟"]
    assert {step.minutes for step in hour[15]} == {4, 5, 15}
    assert any(step.posts == (PostKind.SQUAD,) and step.minutes == 30 for step in hour[30])
    assert all(step.minutes <= 60 for steps in hour.values() for step in steps)


@pytest.mark.parametrize("name", sorted(file.stem for file in LIBRARY.glob("*.yaml")))
def test_any_plan_gives_a_card_that_stays_short(name):
    for card in cards().values():
        for window in windows(card, document(name)):
            assert len(window.own) <= 5
            assert len(window.others) <= 4
            assert all(line.step.words.zh and line.step.words.en for line in window.own + window.others)


def test_what_a_role_does_stands_in_its_own_column():
    city = document("city-justice-bureau")
    own = {
        slug: {line.step.words.zh for window in windows(card, city) for line in window.own}
        for slug, card in cards().items()
    }

    assert "同步电话通知第一响应人" in own["duty-officer"]
    assert "5分钟内决定是否启动响应" in own["commander"] - own["duty-officer"]
    assert "5分钟内签收指令" in own["squad"] - own["commander"]
    assert own["auditor"] == {"黄金3分钟"}


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.usefixtures("plan")
def test_a_card_is_one_sheet_of_paper(signed_in):
    pages = {(slug, one): card_of(signed_in, slug, one) for slug in READERS for one in LANGUAGES}
    styles = "\n".join(
        (settings.BASE_DIR / f"static/css/{name}.css").read_text() for name in ("app", "role-card")
    )
    sheets = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=HEADLESS, args=ARGUMENTS)
        tab = browser.new_page()
        for which, page in pages.items():
            bare = re.sub(r"<link[^>]*>|<script[^>]*></script>", "", page)
            tab.set_content(bare.replace("</head>", f"<style>{styles}</style></head>"))
            sheets[which] = len(re.findall(rb"/Type\s*/Page\b", tab.pdf(prefer_css_page_size=True)))
        browser.close()

    assert {which for which, number in sheets.items() if number != 1} == set()
