"""What goes upward: from the matrix down to one report, a period confirmed, a matter turned into an incident."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_walk import picture

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_the_matrix_of_a_city_down_to_one_report(person, language):
    page = person("city.duty", language=language, start="/report/matrix/")
    picture(page, "matrix-city", language)

    page.locator("table.matrix").get_by_role("link").first.click()
    page.locator("table.matrix tbody tr").nth(1).get_by_role("link").first.click()
    picture(page, "matrix", language)
    page.locator("table.matrix td[data-cell=items] a[href*='/report/V113/']").last.click()

    expect(page).to_have_url(re.compile(r"/report/V113/\d{4}-\d\d-\d\d/"))
    expect(page.locator("dl.facts").first).to_contain_text(re.compile(r"R-V113-\d{8}-\d"))


@pytest.mark.parametrize(("language", "phone"), [("zh-hans", False), ("en", False), ("zh-hans", True)])
def test_a_page_of_what_goes_upward_fits(person, language, phone):
    page = person("county1.duty", phone=phone, language=language, start="/reports/roll-up/")
    for name in ("roll-up", "matters", "forms", "history", "agreement", "zeros", "burden"):
        page.goto(re.sub(r"/reports/.*", f"/reports/{name}/", page.url))
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        picture(page, f"reports-{name}{'-phone' if phone else ''}", language)


def test_a_matter_becomes_an_incident_with_one_act(person):
    page = person("county1.duty", start="/reports/matters/")
    page.locator("li", has_text="两户对补偿标准有异议").get_by_role("button", name="登记").click()

    page.get_by_role("button", name="转为事件").click()

    expect(page).to_have_url(re.compile(r"/incidents/"))
    expect(page.locator("main")).to_contain_text("两户对补偿标准有异议")


@pytest.mark.parametrize(("language", "phone"), [("zh-hans", False), ("en", True)])
def test_a_demand_is_answered_and_closed(person, language, phone):
    said = {
        "zh-hans": ("列为诉求办理", "沟通并告知办理时限", "出具答复", "诉求办结", "诉求办结"),
        "en": ("Take on as a demand", "Contacted and told the time limit", "Reply issued",
               "Demand closed", "Demand closed"),
    }[language]  # fmt: skip
    take_on, contacted, reply, close, closed = said
    page = person("county1.duty", phone=phone, language=language, start="/reports/matters/")
    waiting = page.locator("section", has=page.locator("#waiting-title")).locator("li")
    with page.expect_navigation():
        waiting.first.get_by_role("button").click()

    def act(button, **words):
        """Folded, or right below the head where it is the next one."""
        box = page.locator("form", has=page.locator("button", has_text=button)).first
        fold = page.locator("details", has=box)
        if fold.count() and not fold.first.evaluate("one => one.open"):
            fold.first.locator("summary").click()
        for name, value in words.items():
            control = box.locator(f"[name={name}]")
            control.select_option(value) if name == "outcome" else control.fill(value)
        with page.expect_navigation():
            box.locator("button", has_text=button).click()

    act(take_on, office_number="XF-2026-0231")
    expect(page.locator("#demand-title")).to_be_visible()
    picture(page, f"demand{'-phone' if phone else ''}", language)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    act(contacted, note="已当面沟通" if language == "zh-hans" else "Talked in person")
    expect(page.locator("#steps-title + *, section:has(#steps-title) ol").first).to_contain_text(contacted)
    act(reply, outcome="supported", note="已书面答复", number="答〔2026〕1号")
    delivered = "送达答复" if language == "zh-hans" else "Reply delivered"
    act(delivered)
    act(close, note="已办结")

    expect(page.locator("header.page-head")).to_contain_text(closed)
    picture(page, f"demand-closed{'-phone' if phone else ''}", language)
