"""Every screen has its help, in both languages; the link stands on the page and leads somewhere."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from dashboards.boards.boards import BOARDS
from dashboards.help.texts import LANGUAGES, subject_by_page, subjects

#: Answers to GET that are no screen of a signed-in person with a post: why.
NO_HELP = {
    "account-root": "leads on", "mfa_index": "leads on", "mfa_list_webauthn": "leads on", "account-key-question": "an act",
    "home": "leads on to the reader's board",
    "account_login": "before anybody is known", "mfa_authenticate": "before anybody is known", "account_logout": "the end",
    "account-central": "before anybody is known", "account-central-callback": "before anybody is known",
    "account-central-finish": "before anybody is known", "account-central-metadata": "a file",
    "healthz": "a probe", "readyz": "a probe", "heartbeat": "a probe", "metrics": "a probe", "api:schema": "a file",
    "account_language": "an act", "ui-preferences": "an act", "account-session-end": "an act", "account-push": "an act", "account-push-end": "an act",
    "account-token-revoke": "an act", "webhook-act": "an act", "account-appointment-end": "an act", "account-units-cancel": "an act",
    "manifest": "a file", "worker": "a file", "offline": "the page without network",
    "ui-gallery": "for whoever builds pages", "desktop-notices": "read by the script",
    "roster-sheet": "a file", "reports-sheet": "a file", "reports-matrix-workbook": "a file", "paper-file": "a file",
    "map-outline": "a picture", "map-tile": "a picture", "voice-note": "a recording", "incident-brief": "a file",
    "drill-report": "a file", "work-file": "a file", "volume-paper": "a file",
    "demand-public": "for people outside", "reception-hours": "for people outside",
    "one-tap": "for who has the link", "order-link": "for who has the link",
    "help": "help itself", "help-subject": "help itself", "help-card": "help itself",
    "handbook": "help itself",
}  # fmt: skip


def screens(resolver=None):
    """Names of the addresses that answer GET, but for the API and papers."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "api":
                yield from screens(entry)
        elif isinstance(entry, URLPattern) and _answers_get(entry.callback):
            yield entry.name


def _answers_get(view) -> bool:
    its_class = getattr(view, "view_class", None)
    return its_class is None or hasattr(its_class, "get")


def test_every_screen_has_a_help_and_every_help_a_screen():
    shown = {name for name in screens() if not re.search(r"-(paper|receipt)$", name)}

    assert shown - NO_HELP.keys() - subject_by_page().keys() == set()
    assert subject_by_page().keys() - set(screens()) == set()
    assert NO_HELP.keys() & subject_by_page().keys() <= {"help", "help-subject", "help-card"}


def test_a_page_has_one_subject():
    pages = [page for subject in subjects().values() for page in subject.pages]

    assert sorted(pages) == sorted(set(pages))
    assert {name for one in subjects().values() for name in one.boards} & {b.address for b in BOARDS}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", subjects())
def test_a_text_is_whole_short_and_in_its_language(slug, language):
    text = subjects()[slug].texts[language]
    sentences = [text.title, text.what, *text.acts, text.then, text.ask]

    assert len(text.acts) == 3
    assert all(isinstance(one, str) and one.strip() for one in sentences)
    assert all(bool(re.search("[\u4e00-\u9fff]", one)) == (language == "zh") for one in sentences)
    assert sum(map(len, sentences)) <= (300 if language == "zh" else 900)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.address)
def test_every_page_of_the_menu_is_somebodys_first_reading(board):
    assert [one.slug for one in subjects().values() if board.address in one.boards]


@pytest.mark.django_db
@pytest.mark.usefixtures("plan")
def test_the_question_mark_leads_to_the_pages_own_text(signed_in):
    browser = signed_in("county1.duty")

    page = browser.get("/duty/").content.decode()
    address = re.search(r'data-help href="([^"]+)"', page)[1]

    assert address == "/help/duty-room/"
    assert "值班员的工作台" in browser.get(address).content.decode()


@pytest.mark.django_db
def test_all_helps_begin_with_those_of_the_readers_posts(signed_in):
    page = signed_in("village111.informant").get("/help/").content.decode()
    before, _, after = page.partition("<h2>其他</h2>")

    assert 'id="alarm"' in before
    assert 'id="zero-report"' in before
    assert 'id="system"' in after
    assert page.count('<section class="panel" id=') == len(subjects())


@pytest.mark.django_db
def test_an_unknown_help_says_where_to_look(signed_in):
    answer = signed_in("county1.duty").get("/help/nothing/")

    assert answer.status_code == 404
    assert "全部帮助" in answer.content.decode()
