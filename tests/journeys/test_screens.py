"""Every screen a person can reach, found by following links from each start page and counted against the URL table.

None is wider than the smallest telephone, none has a fault that axe finds (WCAG 2.2 A and AA), none writes an error to the
console, the policy's refusals included. Chinese in light, English in dark.
"""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.screens.walk import CAST, pages_from

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

WIDTH = 320
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_every_screen_fits_a_small_telephone_is_accessible_and_calm(person, bureau_server, language, theme):
    wide, barred, said, seen, pages = {}, {}, {}, set(), set()
    for who in CAST:
        page = person(who, language=language)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": bureau_server.url}])
        page.on("console", lambda line, at=page: line.type == "error" and said.update({at.url: line.text}))
        page.set_viewport_size({"width": WIDTH, "height": 700})
        for address in pages_from(page, seen):
            path = urlsplit(address).path
            pages.add(page.url)
            width, found = looked_at(page)
            if width > WIDTH or found:
                # What a busy machine had not drawn to its end is drawn now; a fault is one each time.
                page.reload(wait_until="networkidle")
                width, found = looked_at(page)
            if width > WIDTH:
                wide[path] = width
            if found:
                barred[path] = found

    assert wide == {}
    assert barred == {}
    # Of a file that is shown as it is Chromium asks for an icon by itself, and finds none.
    assert {at: text for at, text in said.items() if at in pages} == {}
    assert len(seen) >= 100, sorted(seen)


def looked_at(page) -> tuple[int, list[str]]:
    """How wide it is, and what axe finds."""
    return page.evaluate("document.documentElement.scrollWidth"), faults_of(page)


def faults_of(page) -> list[str]:
    violations = (
        Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    )
    return [f"{rule['id']} {node['target']}" for rule in violations for node in rule["nodes"][:2]]
