"""Recusal in browsers: what was on the screen of who recuses is gone at once, and the page says why."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_walk import picture

pytestmark = [pytest.mark.browser, pytest.mark.control(23)]

SAID = {
    "zh-hans": {"why": "您自", "heading": "您已回避", "link": "已无权查看"},
    "en": {"why": "You are recused from", "heading": "You are recused", "link": "Closed to you"},
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_recusal_on_an_open_screen(person, language):
    """A deputy has the page of a demand open; the director recuses them with a reason."""
    said = SAID[language]
    county = {"zh-hans": "county1", "en": "county2"}[language]
    director = person(f"{county}.director", language=language, start="/demands/register/")
    point = f"RECUSAL-{language}"
    director.locator("textarea[name=points]").fill(point)
    director.locator("main form button.primary").click()
    expect(director.locator("main")).to_contain_text(point)
    address = director.url

    watching = person(f"{county}.deputy", language=language, start=address)
    expect(watching.locator("main")).to_contain_text(point)
    expect(watching.locator("body")).to_have_attribute("data-link", "live")

    director.locator("a[href*='/account/recusals/']").last.click()
    other = director.locator("form", has=director.locator("#other-person"))
    director.locator("details", has=other).locator("summary").click()
    other.locator("input[name=person]").fill(f"{county}.deputy")
    other.locator("textarea[name=reason]").fill("亲属关系")
    other.locator("button").click()

    expect(watching.locator("[data-code=recused]")).to_contain_text(said["why"])
    expect(watching.locator("h1")).to_have_text(said["heading"])
    expect(watching.locator("[data-link-state]")).to_have_text(said["link"])
    expect(watching.locator("main")).not_to_contain_text(point)
    picture(watching, "recused", language)
    watching.goto("/demands/?state=all")
    expect(watching.locator("main")).not_to_contain_text(point)
    expect(director.locator("main")).to_contain_text("亲属关系")


def test_whoever_recuses_alone_sees_the_incident_close(person):
    """Somebody at the desk logs an incident, opens it on a second screen, and recuses alone on the first."""
    duty = person("county1.duty", start="/incidents/new/")
    duty.locator("#desk select[name=unit]").select_option("T11")
    duty.locator("#desk [name=place]").fill("一楼大厅")
    duty.locator("#desk [name=what]").fill("要求退还公证费")
    duty.locator("#desk button.primary").click()
    expect(duty.locator("[data-part=timeline]")).to_be_visible()
    second = duty.context.new_page()
    second.goto(duty.url)
    expect(second.locator("[data-part=timeline]")).to_be_visible()
    expect(second.locator("body")).to_have_attribute("data-link", "live")

    duty.locator("a[href*='/account/recusals/']").last.click()
    duty.locator("form", has=duty.locator("#self-reason")).locator("textarea").fill("亲属关系")
    duty.locator("form", has=duty.locator("#self-reason")).locator("button").click()

    expect(second.locator("[data-code=recused]")).to_contain_text("110")
    expect(second.locator("[data-part=timeline]")).to_have_count(0)
    picture(second, "recused-alone", "zh-hans", whole=True)
