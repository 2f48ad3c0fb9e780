"""The duty room asks the roster: if it happened there and then, who would be told, and where the chain breaks."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_walk import picture

pytestmark = pytest.mark.browser

BREAKS = {"zh-hans": "链条断在何处", "en": "Where the chain breaks"}


@pytest.mark.parametrize(("language", "phone"), [("zh-hans", False), ("en", True)])
def test_a_red_warning_tonight_in_a_village(person, language, phone):
    page = person("county1.duty", language=language, phone=phone, start="/readiness/?unit=C1")
    page.locator("a[href*='/readiness/ask/']").first.click()
    page.locator("#ask select[name=unit]").select_option("V111")
    page.locator("#ask select[name=level]").select_option("red")
    page.locator("#ask button.primary").click()

    expect(page.locator("#breaks-title")).to_have_text(BREAKS[language])
    signed = page.locator("#moment-signed")
    expect(signed).to_be_visible()
    expect(page.locator("section.asked", has=signed).locator(".badge").first).to_have_attribute(
        "data-tone", "red"
    )
    people = page.locator("section.asked li b")
    assert people.count() > 0
    # Nobody was told: asking changes nothing, and the same question gives the same people.
    first = people.all_inner_texts()
    page.reload()
    assert page.locator("section.asked li b").all_inner_texts() == first
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    picture(page, "ask", language, whole=True)

    # A life at risk asks others, whatever the level.
    page.locator("#ask select[name=level]").select_option("life_risk")
    page.locator("#ask button.primary").click()
    expect(page.locator("section.asked").first).to_be_visible()
