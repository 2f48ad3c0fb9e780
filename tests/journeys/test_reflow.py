"""No page is wider than the smallest telephone: every page a person can reach, both languages, 320 px."""

from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

WIDTH = 320
#: Between them they may open every page.
CAST = [
    "county1.duty", "county1.director", "city.director", "county1.squad.dialogue", "town11.clerk",
    "village111.informant", "city.audit", "city.sysadmin", "city.secadmin",
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_is_wider_than_a_small_telephone(person, language):
    wide, seen = {}, set()
    for who in CAST:
        page = person(who, language=language)
        page.set_viewport_size({"width": WIDTH, "height": 700})
        for address in pages_from(page, seen):
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > WIDTH:
                wide[urlsplit(address).path] = width

    assert wide == {}
    assert len(seen) >= 60, sorted(seen)


def pages_from(page, seen):
    """Follow every link from here; yield the address of each HTML page whose route was not seen before."""
    waiting, met = [page.url], set()
    while waiting:
        address = waiting.pop(0)
        if (name := route_of(address)) is None or name in seen:
            continue
        seen.add(name)
        if not is_page(page, address):
            continue
        page.goto(address)
        yield address
        links = page.evaluate("Array.from(document.querySelectorAll('a[href]'), (link) => link.href)")
        fresh = [
            link for link in links if urlsplit(link).netloc == urlsplit(page.url).netloc and link not in met
        ]
        met.update(fresh)
        waiting += fresh


def is_page(page, address):
    """Asked beside the page: a download would end the visit."""
    answer = page.request.get(address, max_redirects=3)
    return answer.headers.get("content-type", "").startswith("text/html")


def route_of(address):
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
