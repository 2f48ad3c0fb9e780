"""Before + entries = after: the proof that a live page shows what happened.

    def test_the_duty_board_follows_an_alarm(signed_in, ...):
        assert_replay_shows(signed_in("county1.duty"), "/duty/", lambda: report_incident(...))

It does what static/js/live.js does: reads the page, lets something happen, takes the entries this reader may
see, asks again for the parts they touch, and puts the answers in their places. The outcome must be the page
as it is when loaded afresh; where it is not, a part lacks a kind in its `data-kinds`, or something outside of
every part has changed.
"""

import difflib
from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple

import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.scope import reach_of
from dashboards.templatetags.board_inbox import INBOXES
from incidents.templatetags.incidents import CARDS
from journal.live.answers import SHARED
from journal.numbering import number_new
from notices.templatetags.notices import ROWS

#: Differ from one load to the next and mean nothing to a reader.
RANDOM_NAMES = {"csrfmiddlewaretoken", "idempotency_key"}
RANDOM_ATTRIBUTES = {"data-after", "data-tags", "data-server-time", "data-now", "nonce"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element:
    """An element: its tag, attributes and children (elements and texts)."""

    def __init__(self, tag: str, attributes: dict[str, str]):
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    def all(self):
        """This element and everything below it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.all()

    def lines(self, depth: int = 0) -> list[str]:
        """What a reader sees of it, one line per element or text, to compare and to print."""
        if self.attributes.get("name") in RANDOM_NAMES or "data-keep" in self.attributes:
            return []
        if self.tag == "script":  # words and addresses for the scripts, nothing a reader sees
            return []
        shown = {name: value for name, value in self.attributes.items() if name not in RANDOM_ATTRIBUTES}
        words = [self.tag, *(f"{name}={value!r}" for name, value in sorted(shown.items()))]
        lines = [f"{'  ' * depth}<{' '.join(words)}>"]
        for child in self.children:
            lines += (
                child.lines(depth + 1) if isinstance(child, Element) else [f"{'  ' * (depth + 1)}{child}"]
            )
        return lines


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = Element("root", {})
        self._open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        names = [element.tag for element in self._open]
        if tag in names[1:]:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data):
        if text := " ".join(data.split()):
            self._open[-1].children.append(text)


def read_html(html: str) -> Element:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


class Entry(NamedTuple):
    kind: str
    subject: str
    thread: str


def touches(part: Element, entry: Entry) -> bool:
    """Whether live.js would ask for this part again because of the entry."""
    prefixes = part.attributes.get("data-kinds", "").split()
    if not any(prefix == "*" or entry.kind.startswith(prefix) for prefix in prefixes):
        return False
    subjects = part.attributes.get("data-subjects", "").split()
    return not subjects or entry.subject in subjects or entry.thread in subjects


def parts_of(page: Element) -> list[Element]:
    return [element for element in page.all() if "data-part" in element.attributes]


def put(part: Element, html: str) -> None:
    """Put the answer in its place: it is what belongs inside, or the element itself."""
    answer = read_html(html)
    itself = [e for e in parts_of(answer) if e.attributes["data-part"] == part.attributes["data-part"]]
    part.children = itself[0].children if itself else answer.children


def load(browser, url: str, **query) -> str:
    answer = browser.get(url, query, headers={"X-Part": "1"} if query else {})
    assert answer.status_code == 200, f"{url} {query}: {answer.status_code}"
    return answer.content.decode()


def assert_replay_shows(browser, url: str, act: Callable[[], object]) -> list[Entry]:
    """Load, act, replay, and compare with a fresh load. Returns the entries this reader was sent.

    Time stands still meanwhile: what changes by time alone is not this proof's business.
    """
    with time_machine.travel(timezone.now(), tick=False):
        screen = Screen(browser, url)
        act()
        return screen.catch_up()


class Screen:
    """A live page that stays open while things happen. Time has to stand still."""

    def __init__(self, browser, url: str):
        self.browser, self.url = browser, url
        number_new()  # in a test's own transaction no commit does it
        self._shows(open_page(browser, url))

    def _shows(self, page: Element) -> None:
        self.page, self.after = page, _number_on(page, self.url)
        self.saw = _what_it_may_see(self.browser)

    def catch_up(self, *, asks: bool = True) -> list[Entry]:
        """Replay what has happened, compare with a fresh load, and go on from there.

        Without `asks` what a part would answer is taken from the fresh page: it is not seen then that the answer is the
        same, which costs half of the time.
        """
        number_new()
        entries = entries_after(self.browser, self.after)
        is_all = _what_it_may_see(self.browser) != self.saw
        touched = [
            part for part in parts_of(self.page) if is_all or any(touches(part, entry) for entry in entries)
        ]
        for part in touched if asks else ():
            put(part, load(self.browser, self.url, part=part.attributes["data-part"]))
        forget_what_is_kept()
        fresh = open_page(self.browser, self.url)
        if not asks:
            there = {part.attributes["data-part"]: part.children for part in parts_of(fresh)}
            for part in touched:
                part.children = there.get(part.attributes["data-part"], part.children)
        _check_same(self.page.lines(), fresh.lines(), entries, self.url)
        self._shows(fresh)
        return entries


def forget_what_is_kept() -> None:
    """What is asked for now is rendered anew."""
    for kept in (SHARED, CARDS, INBOXES, ROWS):
        kept.forget()


def open_page(browser, url: str) -> Element:
    """The page as a browser shows it: parts that come later (`data-lazy`) have come."""
    page = read_html(load(browser, url))
    for part in parts_of(page):
        if "data-lazy" in part.attributes:
            put(part, load(browser, url, part=part.attributes["data-part"]))
    return page


def _number_on(page: Element, url: str) -> int:
    body = next(element for element in page.all() if element.tag == "body")
    assert "data-after" in body.attributes, f"{url} is not a live page: its body has no data-after"
    return int(body.attributes["data-after"])


def _check_same(replayed: list[str], fresh: list[str], entries: list[Entry], url: str) -> None:
    if replayed != fresh:
        kinds = ", ".join(sorted({entry.kind for entry in entries})) or "no entry"
        lines = difflib.unified_diff(replayed, fresh, "live", "fresh", lineterm="", n=1)
        raise AssertionError(f"after {kinds} the live page {url} is not the fresh one:\n" + "\n".join(lines))


def entries_after(browser, number: int) -> list[Entry]:
    """What the live socket would send this reader: the HTTP catch-up is the same code."""
    answer = browser.get("/api/v1/journal/", {"after": number, "limit": 500}).json()
    assert not answer["more"]
    return [Entry(entry["kind"], entry["subject"], entry["thread"]) for entry in answer["entries"]]


def _what_it_may_see(browser):
    """The hub sends "rights" when this changes, and live.js asks for every part again."""
    user = User.objects.get(pk=browser.session["_auth_user_id"])
    return reach_of(user, timezone.now()).entry_keys()
