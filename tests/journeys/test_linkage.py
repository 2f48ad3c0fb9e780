"""An order of a joint command centre, from its file to the receipt of the written report, in browsers."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ASKED = "派两名调解员到场，协助分流群众"
ORDER = ("外部编号,来令单位,事件性质,地点,要求,报到对象\n"
         f"LD-2026-0999,区社会应急联动指挥中心,矛盾纠纷,人民广场北侧,{ASKED},现场指挥长\n")  # fmt: skip


def press(page, button):
    """Press it, and wait for the page that follows."""
    with page.expect_navigation():
        button.click()


def test_an_order_in_a_file_is_answered_to_its_receipt(person):
    duty = person("county3.duty", start="/linkage/file/")

    # Shown first, recorded once.
    duty.locator("#file input[type=file]").set_input_files(
        {"name": "联动指令.csv", "mimeType": "text/csv", "buffer": ORDER.encode()}
    )
    press(duty, duty.locator("#file button"))
    expect(duty.locator("#apply")).to_be_visible()
    expect(duty.locator("main")).to_contain_text("LD-2026-0999")
    press(duty, duty.locator("#apply button.primary"))
    expect(duty.locator("#apply")).to_have_count(0)
    duty.goto("/linkage/")
    duty.locator(".card", has_text=ASKED).first.locator("h3 a").click()
    expect(duty).to_have_url(re.compile("/linkage/L-C3-"))
    order = duty.url

    # On the board as an incident, with its clocks.
    duty.locator("#open input[name=headcount]").fill("20")
    press(duty, duty.locator("#open button.primary"))
    duty.goto(order)
    expect(duty.locator("a[href^='/incidents/C3-']").first).to_be_visible()

    # On the spot within half an hour: to whom the order named.
    clocks = duty.locator(".card-clocks time-left")
    expect(clocks.first).to_be_visible()
    duty.locator("#duty input[name=receiver]").fill("现场指挥长")
    press(duty, duty.locator("#duty button.primary"))
    duty.goto(order)
    expect(duty.locator("main")).to_contain_text("现场指挥长")
    expect(duty.locator("#report select[name=kind]")).to_have_count(1)

    # What went back: feedback within the day, then the written report; each with its receipt.
    def report(kind, text, receipt=""):
        duty.goto(order)
        form = duty.locator("#report")
        form.evaluate("form => { const fold = form.closest('details'); if (fold) fold.open = true; }")
        form.locator("select[name=kind]").select_option(kind)
        form.locator("textarea[name=text]").fill(text)
        form.locator("input[name=receipt]").fill(receipt)
        press(duty, form.locator("button.primary"))
        expect(duty.locator("main")).to_contain_text(text)

    report("feedback", "调解员已到场，正在分流", receipt="FK-7")
    expect(duty.locator("main")).to_contain_text("FK-7")
    done = duty.locator("#complete")
    done.evaluate("form => { const fold = form.closest('details'); if (fold) fold.open = true; }")
    press(duty, done.locator("button.primary"))
    report("final", "群众已分流，双方达成初步意向")
    receipt = duty.locator("form[id^=receipt-]").last
    receipt.locator("input[name=receipt]").fill("SJ-2026-18")
    receipt.locator("button").click()

    expect(duty.locator("main")).to_contain_text("SJ-2026-18")
    expect(duty.locator("form[id^=receipt-]")).to_have_count(0)
    expect(duty.locator("header.page-head .tag").first).to_have_attribute("data-look", "off")
