"""A link that is shown leads somewhere: whoever follows the links from the start page is refused nowhere."""

import re
from collections import defaultdict
from html import unescape
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import resolve

from accounts.models import User

#: Between them they may open every page.
CAST = [
    "county1.duty", "county1.director", "city.director", "county1.squad.dialogue", "town11.clerk",
    "village111.informant", "city.audit", "city.sysadmin", "city.secadmin",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.embedded_only  # addresses and rights are the same on both profiles
def test_no_link_that_is_shown_is_refused(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    call_command("seed_demo", stdout=StringIO())
    refused = defaultdict(set)

    for username in CAST:
        browser = Client(raise_request_exception=False)
        browser.force_login(User.objects.get(username=username))
        for path, status, shown_on in followed(browser):
            if status >= 400:
                refused[f"{status} {path}"].add(f"{username} on {shown_on}")

    assert refused == {}


def followed(browser):
    """One address of each route that links lead to from the start page, its status, and where the link stands."""
    seen, waiting = set(), [("/", "")]
    while waiting:
        address, shown_on = waiting.pop(0)
        route = resolve(urlsplit(address).path).view_name
        if route in seen:
            continue
        answer = browser.get(address, follow=True)
        yield urlsplit(address).path, answer.status_code, shown_on
        if answer.status_code >= 400:
            continue
        seen.add(route)
        if answer.streaming or not answer["Content-Type"].startswith("text/html"):
            continue
        here = urlsplit(answer.redirect_chain[-1][0] if answer.redirect_chain else address).path
        for link in map(unescape, re.findall(r'<a\b[^>]*?href="([^"]+)"', answer.content.decode())):
            link = here + link if link.startswith("?") else link
            if link.startswith("/"):
                waiting.append((link, here))
