"""Every screen a person can reach, found by following links from each start page and counted against the URL table.

None is wider than the smallest telephone, none has a fault that axe finds (WCAG 2.2 A and AA), none writes an error to the
console, the policy's refusals included. Each language in one theme and on one screen, in others at the next commit: in six
turns both have been read in both themes on a telephone, a tablet and a desk.
"""

from itertools import product
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.screens.references import NEVER_STILL, SCREENS, all_others
from tests.screens.walk import CAST, pages_from, route_of
from tests.turns import turn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PICTURED = (
    {route_of(screen.address) for screen in SCREENS}
    | {screen.name for screen in all_others()}
    | NEVER_STILL.keys()
)
WIDTH = 320
#: At which axe looks: what is folded away on one is there on another.
WIDTHS = (WIDTH, 768, 1366)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def looks_of(turn: int) -> list[tuple[str, str, int]]:
    """(language, theme, width) of both languages in this turn."""
    themes = ("light", "dark") if turn % 2 == 0 else ("dark", "light")
    return [
        (language, theme, WIDTHS[(turn + place) % 3])
        for place, (language, theme) in enumerate(zip(("zh-hans", "en"), themes, strict=True))
    ]


def test_six_turns_are_all_looks():
    looks = {look for turn in range(6) for look in looks_of(turn)}

    assert looks == set(product(("zh-hans", "en"), ("light", "dark"), WIDTHS))


@pytest.mark.parametrize(("language", "theme", "width"), looks_of(turn()))
def test_every_screen_fits_a_small_telephone_is_accessible_and_calm(
    person, bureau_server, language, theme, width
):
    wide, barred, said, seen, pages = {}, {}, {}, set(), set()
    for who in CAST:
        page = person(who, language=language)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": bureau_server.url}])
        page.on("console", lambda line, at=page: line.type == "error" and said.update({at.url: line.text}))
        page.set_viewport_size({"width": WIDTH, "height": 700})
        for address in pages_from(page, seen):
            path = urlsplit(address).path
            pages.add(page.url)
            needed, found = looked_at(page, width)
            if needed > WIDTH or found:
                # What a busy machine had not drawn to its end is drawn now; a fault is one each time.
                page.reload(wait_until="networkidle")
                needed, found = looked_at(page, width)
            if needed > WIDTH:
                wide[path] = needed
            if found:
                barred[path] = found

    assert wide == {}
    assert barred == {}
    # Of a file that is shown as it is Chromium asks for an icon by itself, and finds none.
    assert {at: text for at, text in said.items() if at in pages} == {}
    assert len(seen) >= 100, sorted(seen)
    # Of each a picture is kept, or said why not (tests/screens/test_every.py): script/screens --references.
    assert {route_of(at) for at in pages} - PICTURED == set()


def looked_at(page, width: int) -> tuple[int, list[str]]:
    """How much room it needs on the smallest telephone, and what axe finds on a screen of that width."""
    page.set_viewport_size({"width": WIDTH, "height": 700})
    needed = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": width, "height": 700})
    return needed, faults_of(page)


def faults_of(page) -> list[str]:
    violations = (
        Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    )
    return [f"{rule['id']} {node['target']}" for rule in violations for node in rule["nodes"][:2]]
