"""Every screen a person can reach, found by following links from each start page and counted against the URL table.

None is wider than the smallest telephone, none has a fault that axe finds (WCAG 2.2 A and AA), none writes an error to the
console, the policy's refusals included. Chinese in light, English in dark.
"""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

WIDTH = 320
#: Between them they may open every page.
CAST = [
    "county1.duty", "county1.director", "city.director", "county1.squad.dialogue", "town11.clerk",
    "village111.informant", "city.audit", "city.sysadmin", "city.secadmin",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_every_screen_fits_a_small_telephone_is_accessible_and_calm(person, bureau_server, language, theme):
    wide, barred, said, seen = {}, {}, {}, set()
    for who in CAST:
        page = person(who, language=language)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": bureau_server.url}])
        page.on("console", lambda line, at=page: line.type == "error" and said.update({at.url: line.text}))
        page.set_viewport_size({"width": WIDTH, "height": 700})
        for address in pages_from(page, seen):
            path = urlsplit(address).path
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > WIDTH:
                wide[path] = width
            if found := faults_of(page):
                barred[path] = found

    assert wide == {}
    assert barred == {}
    assert said == {}
    assert len(seen) >= 100, sorted(seen)


def faults_of(page) -> list[str]:
    violations = (
        Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    )
    return [f"{rule['id']} {node['target']}" for rule in violations for node in rule["nodes"][:2]]


def pages_from(page, seen):
    """Follow every link from here; yield the address of each HTML page whose route was not seen before."""
    waiting, met = [page.url], set()
    while waiting:
        address = waiting.pop(0)
        if (name := route_of(address)) is None or name in seen:
            continue
        answer = asked(page, address)
        seen.add(name)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page.goto(address)
        yield address
        links = page.evaluate("Array.from(document.querySelectorAll('a[href]'), (link) => link.href)")
        fresh = [
            link for link in links if urlsplit(link).netloc == urlsplit(page.url).netloc and link not in met
        ]
        met.update(fresh)
        waiting += fresh


def asked(page, address):
    """Asked beside the page: a download would end the visit."""
    return page.request.get(address, max_redirects=3)


def route_of(address):
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
