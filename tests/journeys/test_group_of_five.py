"""A group books, twelve come, five speak for them: from the appointment to the receipt in a browser."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from common.dates.local_time import LOCAL

pytestmark = pytest.mark.browser


def press(page, label):
    page.locator("button", has_text=label).first.click()


def test_a_group_of_five(person):
    # Plan 002 is in force in township 34.
    page = person("county3.duty", start="/receptions/book/")
    hour = (datetime.now(LOCAL) + timedelta(days=1)).replace(hour=15, minute=0)
    page.locator("input[name=scheduled_at]").fill(f"{hour:%Y-%m-%dT%H:%M}")
    page.locator("input[name=place]").fill("二楼备用会议室")
    page.locator("select[name=kind]").select_option("group")
    page.locator("input[name=expected]").fill("12")
    page.locator("input[name=unit]").fill("T34")
    page.locator("main form[action='/receptions/book/'] button.primary").click()

    # Counted back from the hour: the site group's clock, and the three lists against the same moment.
    expect(page).to_have_url(re.compile("/receptions/JF-T34-"))
    address = page.url
    lists = page.locator("section:has(#preparation-title)")
    expect(lists).to_contain_text("14:30")
    expect(lists.locator("button")).to_have_count(11)
    lists.locator("button").first.click()
    expect(lists.locator("button")).to_have_count(10)

    # They are there. A sixth representative is refused with a sentence, and nothing that was typed is lost.
    page.goto(f"{address}counter/")
    page.locator("input[name=came]").fill("12")
    page.locator("input[name=representatives]").fill("6")
    page.locator("input[name=point_1]").fill("公证费退还")
    page.locator("input[name=ok_1]").check()
    expect(page.locator("input[name=point_2]")).to_be_hidden()
    page.locator("fieldset summary", has_text="再加一项").first.click()
    page.locator("input[name=point_2]").fill("工资拖欠")
    press(page, "登记")
    expect(page.locator("body")).to_contain_text("推选代表不超过 5 人")
    page.locator("input[name=representatives]").fill("5")
    expect(page.locator("input[name=point_1]")).to_have_value("公证费退还")
    press(page, "登记")

    # One is a demand already; the other is read back, corrected and confirmed.
    expect(page).to_have_url(address)
    points = page.locator("section:has(#points-title)")
    expect(points.locator("a", has_text="SQ-")).to_have_count(1)
    points.locator("input[name=point]").fill("工资拖欠三个月")
    press(points, "已复述确认")
    expect(points.locator("a", has_text="SQ-")).to_have_count(2)

    page.locator("summary", has_text="结束接访").click()
    page.locator("label", has_text="批转并跟踪督办").click()
    page.locator("textarea[name=result]").fill("两条诉求转责任单位，五个工作日内回复")
    page.locator("form[action$='/end/'] button").click()
    expect(page.locator(".page-head")).to_contain_text("批转并跟踪督办")
    receipt = page.request.get(f"{address}receipt.pdf")
    assert (receipt.status, receipt.body()[:4]) == (200, b"%PDF")
