"""Every screen a person can reach, found by following links and counted against the URL table."""

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error

#: Between them they may open every page.
CAST = [
    "county1.duty", "county1.director", "city.director", "county1.squad.dialogue", "town11.clerk",
    "village111.informant", "city.audit", "city.sysadmin", "city.secadmin",
]  # fmt: skip


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
        yield address
        links = page.evaluate("Array.from(document.querySelectorAll('a[href]'), (link) => link.href)")
        fresh = [
            link for link in links if urlsplit(link).netloc == urlsplit(page.url).netloc and link not in met
        ]
        met.update(fresh)
        waiting += fresh


def is_page(page, address) -> bool:
    """Go there: what comes may be a file, which Chromium saves beside the page, or text that is no HTML."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return False
    return answer.header_value("content-type").startswith("text/html")


def route_of(address):
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
