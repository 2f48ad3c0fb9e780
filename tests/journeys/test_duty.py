"""Duty in browsers: a roster with a gap, a swap, a handover with two people, who would be reached.

With SCREENSHOTS=folder the pictures of the documents are taken on the way.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_walk import picture

pytestmark = pytest.mark.browser

SAID = {
    "zh-hans": {"gap": "人数不足", "published": "已发布", "mine": "我的值班", "reason": "带班领导到岗值守"},
    "en": {"gap": "Too few people", "published": "Published", "mine": "My duty", "reason": "The duty leader sits in himself"},
}  # fmt: skip
#: Each language has a bureau of its own to change.
COUNTY = {"zh-hans": "county2", "en": "county3"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_roster_with_a_gap_is_refused_and_published_with_a_reason(person, language):
    said, county = SAID[language], COUNTY[language]
    page = person(f"{county}.leader", language=language, start="/rosters/")
    picture(page, "roster-month", language, whole=True)
    page.locator("#draft-form input[name=first_day]").fill("2026-12-07")
    page.locator("#draft-form input[name=last_day]").fill("2026-12-13")
    page.locator("#draft-form button.primary").click()
    expect(page.locator("#publish")).to_be_visible()
    cell = page.locator("table.roster tbody tr").nth(2).locator("details").last
    cell.locator("summary").click()
    cell.locator("select").select_option("")
    cell.locator("button").click()
    expect(page.locator("#findings")).to_contain_text(said["gap"])

    page.locator("#publish button.primary").click()
    expect(page.locator("#publish .error-summary")).to_be_visible()
    expect(page.locator("#publish .error-summary")).to_contain_text(said["gap"])
    picture(page, "roster-gap", language, whole=True)
    page.locator("#publish textarea[name=reason]").fill(said["reason"])
    page.locator("#publish button.primary").click()

    expect(page.locator("table.roster")).to_be_visible()
    expect(page).to_have_url(re.compile("month=2026-12"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_swap_needs_the_other_and_a_leader(person, language):
    county = COUNTY[language]
    officer = person(f"{county}.duty2", phone=True, language=language, start="/rosters/mine/")
    before = officer.locator("[data-part=coming] li")
    expect(before).not_to_have_count(0)
    officer.locator("[data-part=coming] a[href*='/swap/']").first.click()
    officer.locator("select[name=other]").select_option(index=0)
    officer.locator("#swap button.primary").click()
    expect(officer.locator("[data-part=swaps] li").first).to_contain_text("⇄")
    picture(officer, "my-duty", language)

    other = None
    for username in (f"{county}.duty", f"{county}.duty3"):
        candidate = person(username, phone=True, language=language, start="/rosters/mine/")
        if candidate.locator("form[action$='/accept/']").count():
            other = candidate
    assert other is not None
    other.locator("form[action$='/accept/'] button").click()
    expect(other.locator("form[action$='/accept/']")).to_have_count(0)
    leader = person(f"{county}.leader", language=language, start="/rosters/mine/")
    leader.locator("form[action$='/approve/'] button").click()
    expect(leader.locator("form[action$='/approve/']")).to_have_count(0)

    expect(officer.locator("[data-part=swaps]")).not_to_contain_text("⇄")


def test_two_people_hand_over(person):
    outgoing = person("county2.duty3", start="/rosters/mine/")
    outgoing.locator("a[href^='/handovers/']").click()
    expect(outgoing.locator("#give")).to_be_visible()
    items = outgoing.locator("[data-part=list] li:not([data-key=none])").count()
    incoming = person("county2.duty", phone=True, start=outgoing.url)
    expect(incoming.locator("#take")).to_have_count(0)
    outgoing.locator("#give textarea").fill("大厅仍有两人等候答复")
    picture(outgoing, "handover-give", "zh-hans")
    outgoing.locator("#give button").click()

    # The other side sees it without a reload, and signs.
    expect(incoming.locator("#take")).to_be_visible()
    expect(incoming.locator("[data-part=list]")).to_contain_text("大厅仍有两人等候答复")
    picture(incoming, "handover-take", "zh-hans")
    incoming.locator("#take button").click()

    expect(incoming.locator("#take")).to_have_count(0)
    expect(outgoing.locator("[data-part=list] .tag[data-look=ok]")).to_have_count(2 + items)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_grid_says_who_would_not_be_reached_and_a_test_is_planned(person, language):
    page = person("county1.leader", language=language, start="/readiness/")
    expect(page.locator("table.grid tbody tr")).not_to_have_count(0)
    picture(page, "readiness", language, whole=True)

    page.locator("#plan-test input[name=window_minutes]").fill("5")
    page.locator("#plan-test button.primary").click()

    expect(page.locator("a[href^='/readiness/tests/']").first).to_be_visible()
