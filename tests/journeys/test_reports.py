"""Zero-reports on a phone: one tap, bad coverage, a browser that dies, and the level above that looks on."""

import os
import re
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from common.dates.local_time import LOCAL, day_of
from common.dates.periods import DAILY, period_of
from tests.browsers import ARGUMENTS, HEADLESS
from tests.processes import manage

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def test_open_and_one_tap(person):
    page = person("village115.informant", phone=True, start="/report/")

    page.get_by_role("button", name="无情况，报送").click()

    expect(page.locator("dl.facts")).to_contain_text(re.compile(r"R-V115-\d{8}-1"))
    expect(page.locator("main")).to_contain_text("无情况")


def test_something_is_reported_by_thumb_and_corrected(person):
    page = person("village124.informant", phone=True, start="/report/")

    page.get_by_role("link", name="有情况", exact=True).click()
    page.locator("label.chip", has_text="劳动争议").first.click()
    page.locator("[name='items.0.note']").fill("工资拖欠，三人咨询")
    page.get_by_role("button", name="报送").click()
    expect(page.locator("dl.facts").first).to_contain_text("劳动争议 × 1")

    page.get_by_text("更正", exact=True).click()
    page.get_by_role("button", name="更正为无情况").click()
    expect(page.locator("dl.facts").first).to_contain_text(re.compile(r"R-V124-\d{8}-2"))
    expect(page.locator("section.panel")).to_contain_text("劳动争议 × 1")


def test_the_level_above_sees_it_without_a_reload(person):
    duty = person("county1.duty", start="/report/missing/?unit=T13")
    silent = duty.locator("[data-part=missing] li", has_text="石桥三村")
    expect(silent).to_be_visible()
    duty.evaluate("window.unreloaded = true")
    expect(duty.locator("[data-link-state]")).to_contain_text("实时")

    village = person("village133.informant", phone=True, start="/report/")
    village.get_by_role("button", name="无情况，报送").click()

    expect(silent).to_have_count(0)
    assert duty.evaluate("window.unreloaded === true")


#: A township with as many villages as a large one has, all of them older than the demo bureau.
VILLAGES = """
from django.utils import timezone
from accounts.posts.actions import create_unit
from accounts.models import Unit
for n in range(30):
    create_unit(code=f"V22{n + 10}", name=f"柳林{n + 10}组", name_en=f"Group {n + 10}", tier="village",
                parent=Unit.objects.get(code="T22"), actor=None, now=timezone.now())
Unit.objects.filter(code__startswith="V22", name__endswith="组").update(valid_from=None)
"""


def test_a_township_files_for_thirty_villages_by_keyboard(person, bureau_server):
    """For a day nobody has counted yet: what is asked today was fixed at its cut-off, whatever the hour is now."""
    manage("shell", "-c", VILLAGES, env=bureau_server.env)
    day = period_of(DAILY, day_of(datetime.now(UTC))).shifted(-10)
    page = person("town22.clerk", start=f"/report/table/?period={day}")
    open_ones = page.locator("input[name=unit]")
    many = open_ones.count()
    assert many == 30
    open_ones.first.focus()
    for _ in range(200):
        if page.evaluate("document.activeElement.name === 'unit' && !document.activeElement.checked"):
            page.keyboard.press("Space")
        if page.locator("input[name=unit]:checked").count() == many:
            break
        page.keyboard.press("Tab")

    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text(f"已为 {many} 个单位报送")
    expect(open_ones).to_have_count(0)


def test_late_after_the_lock_with_an_exception(person):
    """The township has confirmed yesterday, when the village was silent; it is let in once, and the summary shows it."""
    yesterday = str(period_of(DAILY, day_of(datetime.now(UTC))).shifted(-1))
    head = person("town12.head", start=f"/reports/roll-up/T12/{yesterday}/")
    head.get_by_role("button", name="确认并上报").click()
    expect(head.locator("main")).to_contain_text("T12〔")

    village = person("village124.informant", phone=True, start=f"/report/V124/{yesterday}/")
    expect(village.locator("main")).to_contain_text("已锁定")
    expect(village.get_by_role("button", name="无情况，报送")).to_have_count(0)

    head.goto(f"/report/V124/{yesterday}/")
    head.locator("[name=reason]").fill("村里停电，未能按时报送")
    head.get_by_role("button", name="准许", exact=True).click()
    expect(head.locator("main")).to_contain_text("已准许例外")
    head.get_by_role("button", name="撤回", exact=True).click()
    expect(head.locator("main")).to_contain_text("已撤回例外")
    village.reload()
    expect(village.get_by_role("button", name="无情况，报送")).to_have_count(0)

    head.locator("[name=reason]").fill("村里停电，未能按时报送")
    head.get_by_role("button", name="准许", exact=True).click()
    expect(head.locator("main")).to_contain_text("已准许例外")

    village.reload()
    expect(village.locator("main")).to_contain_text("村里停电")
    village.get_by_role("button", name="无情况，报送").click()
    expect(village.locator("dl.facts").first).to_contain_text("截止后")
    expect(village.locator("main")).to_contain_text("已锁定")

    head.goto(f"/reports/roll-up/T12/{yesterday}/")
    expect(head.locator("main")).to_contain_text("请重新确认")


def test_a_village_answers_by_a_link_without_signing_in(person, bureau_server, chromium):
    """The township makes a link; any phone taps it, once; a link with one letter changed opens nothing."""
    today = period_of(DAILY, day_of(datetime.now(UTC)))
    clerk = person("town31.clerk", start=f"/report/V315/{today}/")
    clerk.get_by_role("button", name="生成链接").click()
    link = clerk.locator("[data-new-link]").inner_text()
    context = chromium.new_context(
        viewport=PHONE, base_url=bureau_server.url, locale="zh-CN", timezone_id=LOCAL.key,
        java_script_enabled=False,
    )  # fmt: skip
    phone, send = context.new_page(), "无情况，报送"
    try:
        secret = link.split("/r/")[1]
        phone.goto(link.replace(secret, ("a" if secret[0] != "a" else "b") + secret[1:]))
        expect(phone.locator("[data-code=no_such_link]")).to_be_visible()
        expect(phone.get_by_role("button", name=send)).to_have_count(0)

        # Opened twice before it is tapped, as messengers do: nothing is filed by looking.
        for _look in range(2):
            phone.goto(link)
            expect(phone.get_by_role("button", name=send)).to_be_visible()
        again = context.new_page()
        again.goto(link)
        phone.get_by_role("button", name=send).click()
        expect(phone.locator("dl.facts")).to_contain_text(re.compile(r"R-V315-\d{8}-1"))
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

        # A page left open elsewhere taps too.
        again.get_by_role("button", name=send).click()
        expect(again.locator("[data-code=link_used]")).to_contain_text("R-V315-")
        phone.goto(link)
        expect(phone.get_by_role("button", name=send)).to_have_count(0)
    finally:
        context.close()

    clerk.goto(f"/report/V315/{today}/")
    expect(clerk.locator("dl.facts")).to_have_count(1)
    expect(clerk.locator("main")).to_contain_text("一键零报链接")


def test_a_dead_network_and_a_dead_browser_still_make_exactly_one_report(bureau_server, chromium, tmp_path):
    """Tapped without a network, the browser killed, opened again: it arrives by itself, once."""
    phone = browse(chromium, bureau_server, tmp_path)
    phone.route("**/api/v1/zero-reports/**", lambda route: route.abort())
    page = sign_in(phone, bureau_server, "village142.informant")
    page.goto("/report/")
    page.get_by_role("button", name="无情况，报送").click()
    expect(page.locator("[data-outbox-list]")).to_contain_text("已保存在本机")
    kill(tmp_path)

    phone = browse(chromium, bureau_server, tmp_path)
    try:
        # The start page is the report's: what waits on the device is sent from there.
        page = sign_in(phone, bureau_server, "village142.informant")
        expect(page.locator("main")).to_contain_text(re.compile(r"R-V142-\d{8}-1"))
        expect(page.locator("[data-outbox-chip]")).to_be_hidden()
        page.goto("/report/")
        page.get_by_role("link", name=re.compile("查看回执")).click()
        expect(page.locator("dl.facts")).to_have_count(1)
        expect(page.locator("main")).not_to_contain_text("以前的版本")
    finally:
        phone.close()


def browse(chromium, server, folder: Path):
    return chromium.browser_type.launch_persistent_context(
        str(folder / "profile"),
        executable_path=HEADLESS,
        args=ARGUMENTS,
        viewport=PHONE,
        base_url=server.url,
        locale="zh-CN",
        timezone_id=LOCAL.key,
    )


def sign_in(context, server, username):
    page = context.new_page()
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[type=password]").fill(server.passwords[username])
    page.locator("main button[type=submit], main form button.primary").first.click()
    expect(page.locator("[data-sign-out]")).to_have_count(1)
    return page


def kill(folder: Path) -> None:
    """SIGKILL to the browser of this profile, and to nobody else."""
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={folder / 'profile'}".encode() in words:
            os.kill(int(process.name), signal.SIGKILL)


def test_a_township_hands_in_a_workbook(person, tmp_path):
    """Downloaded, filled in, handed in: first the difference, then what was shown is filed."""
    from openpyxl import load_workbook

    page = person("town21.clerk", start="/report/table/")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下载名单").click()
    path = tmp_path / "list.xlsx"
    downloading.value.save_as(path)
    book = load_workbook(path)
    rows = list(book.active.iter_rows(min_row=2))
    empty = [row for row in rows if not row[3].value]
    empty[0][3].value = "无"
    empty[1][4].value, empty[1][-1].value = 2, "两户对补偿标准有异议"
    book.save(path)

    page.get_by_role("link", name="导入工作簿").click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="查看差异").click()
    expect(page.locator("main")).to_contain_text("征地拆迁 × 2")
    page.get_by_role("button", name="为 2 个单位报送").click()

    expect(page.locator("main")).to_contain_text("已为 2 个单位报送")
