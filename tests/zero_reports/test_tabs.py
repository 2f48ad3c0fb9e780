"""The pages about reports are tabs in three groups, of which one is the page that is open."""

import pytest
from lxml import html

from zero_reports.templatetags.report_tabs import GROUPS, WITHIN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan", "wall_clock")]

ADDRESSES = [name for _heading, tabs in GROUPS for name in tabs]


def tabs_of(browser, address):
    page = html.fromstring(browser.get(address).content.decode())
    (nav,) = page.find_class("tabs grouped") or page.xpath("//nav[contains(@class, 'grouped')]")
    current = [one.text_content().strip() for one in nav.iter("a") if one.get("aria-current")]
    return [one.get("href") for one in nav.iter("a")], current


def test_each_tab_leads_to_a_page_on_which_it_is_the_current_one(signed_in):
    browser = signed_in("county1.duty", "en")
    addresses, _current = tabs_of(browser, "/report/missing/?unit=C1")
    assert len(addresses) == len(ADDRESSES) == 9
    labels = [str(label) for _heading, tabs in GROUPS for label in tabs.values()]

    opened = []
    for address in addresses:
        if address == "/reports/roll-up/":
            address = browser.get(address)["Location"]
        _all, current = tabs_of(browser, address)
        opened += current

    assert len(opened) == 9
    assert len(set(opened)) == len(set(labels)) == 9


def test_the_unit_and_the_period_are_kept(signed_in):
    addresses, _current = tabs_of(signed_in("county1.duty"), "/report/matrix/?unit=T11&period=2026-11-22")

    assert "/report/missing/?unit=T11" in addresses
    assert all("unit=T11" in one or one.startswith("/reports/roll-up/") for one in addresses)


def test_pages_within_a_tab_name_one_that_is_there():
    assert set(WITHIN.values()) <= set(ADDRESSES)
