"""Each role has its handbook in both languages, whole, with pictures that are there and labels that the product has."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from dashboards.help.cards import LANGUAGES, cards
from dashboards.help.handbooks import handbooks, labels, picture_file

WRITTEN = [(slug, language) for slug in handbooks() for language in LANGUAGES]


@pytest.fixture(scope="module")
def catalogue():
    """English text → the Chinese ones it has, in whatever context."""
    found = {}
    for file in (Path(settings.BASE_DIR) / "locale").rglob("zh_Hans/**/*.po"):
        for entry in polib.pofile(str(file)).translated_entries():
            chinese = {entry.msgstr, *entry.msgstr_plural.values()} - {""}
            found.setdefault(entry.msgid, set()).update(chinese)
    return found


def quoted(slug, language):
    sentences = handbooks()[slug].texts[language].sentences()
    return {label for sentence in sentences for label in labels(sentence, language)}


def test_every_card_has_its_handbook_in_the_same_order():
    assert list(handbooks()) == list(cards())


@pytest.mark.parametrize("slug", handbooks())
def test_a_handbook_names_what_stands_on_the_screen(slug, catalogue):
    every = {chinese for found in catalogue.values() for chinese in found}
    of_documents = {"When something is wrong"}

    assert quoted(slug, "en") - of_documents - catalogue.keys() == set()
    assert quoted(slug, "zh") - every == set()


@pytest.mark.parametrize("slug", handbooks())
def test_both_languages_name_the_same(slug, catalogue):
    english, chinese = quoted(slug, "en") & catalogue.keys(), quoted(slug, "zh")

    assert {label for label in english if not catalogue[label] & chinese} == set()
    assert chinese - {word for label in english for word in catalogue[label]} == set()


@pytest.mark.parametrize(("slug", "language"), WRITTEN)
def test_a_handbook_is_whole_and_in_its_language(slug, language):
    text = handbooks()[slug].texts[language]
    length = sum(map(len, text.sentences()))

    assert len(text.parts) >= 4
    assert len(text.wrong) >= 5
    assert all(
        bool(re.search("[\u4e00-\u9fff]", one)) == (language == "zh") for one in text.sentences() if one
    )
    assert 800 <= length <= 3000 if language == "zh" else 2500 <= length <= 8000


@pytest.mark.parametrize(("slug", "language"), WRITTEN)
def test_its_pictures_are_there(slug, language):
    parts = handbooks()[slug].texts[language].parts

    assert [
        part.picture for part in parts if part.picture and not picture_file(part.picture, language).is_file()
    ] == []
    assert all(bool(part.picture) == bool(part.shows) for part in parts)


@pytest.mark.parametrize("slug", handbooks())
def test_minutes_are_the_plans(slug):
    """A limit that stands in a handbook would be wrong in the next bureau."""
    for language, limit in (
        ("zh", r"\d+\s*(分钟|小时|秒|个?工作日)"),
        ("en", r"\d+\s*(min|hour|second|working)"),
    ):
        assert not [one for one in handbooks()[slug].texts[language].sentences() if re.search(limit, one)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "button"), [("zh-hans", "<b>「接办」</b>"), ("en", "<b>“Take over”</b>")]
)
def test_the_page_and_the_paper_come_of_the_same_words(signed_in, language, button):
    browser = signed_in("county1.duty", language)

    page = browser.get("/help/handbooks/duty-officer/").content.decode()
    paper = browser.get("/help/handbooks/duty-officer.pdf")

    assert button in page
    assert re.search(r'<img src="[^"]*pictures/duty\.\w\w[^"]*\.png"[^>]* loading="lazy"', page)
    assert 'href="/help/handbooks/duty-officer/"' in browser.get("/help/").content.decode()
    assert paper.content.startswith(b"%PDF")
    pictures = {part.picture for part in handbooks()["duty-officer"].text.parts if part.picture}
    assert len(re.findall(rb"/Subtype ?/Image", paper.content)) >= len(pictures) > 2
    assert browser.get("/help/handbooks/nobody/").status_code == 404


@pytest.mark.django_db
def test_the_readers_own_handbook_comes_first_and_the_card_leads_there(signed_in):
    browser = signed_in("city.audit")

    listed = re.findall(r'href="/help/handbooks/([\w-]+)/"', browser.get("/help/").content.decode())

    assert listed == ["auditor", *(slug for slug in handbooks() if slug != "auditor")]
    assert 'href="/help/handbooks/auditor/"' in browser.get("/help/cards/auditor/").content.decode()
