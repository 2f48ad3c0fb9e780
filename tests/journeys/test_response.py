"""From a proposed warning to the archive of the closed incident, in browsers: the whole answer of a bureau to one event."""

import re
import subprocess
import sys
import zipfile
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WHAT = "七十余人聚集大厅，拉横幅并冲击窗口"
OTHER = "急救车在场待命"
CHANGED = "在东侧门外警戒，留出救护通道"
SUMMARY = "诉求已逐条登记，人员离开"


def unfold(form):
    """Open every fold that a form lies in."""
    form.evaluate(
        "form => { for (let fold = form.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true; }"
    )


def fill(form, **words):
    unfold(form)
    for name, text in words.items():
        form.locator(f"[name={name}]").fill(text)


def verified(program):
    return subprocess.run(
        [sys.executable, "-I", "-S", str(program)], cwd="/", capture_output=True, text=True, timeout=60
    )


def sign(page, secret):
    page.locator("#sign-form input[type=password]").fill(secret)
    page.locator("#sign-form button.primary").click()
    expect(page.locator("#sign-form")).to_have_count(0)


def report_upward(duty, chief, secret, chain, kind):
    """The desk drafts, writes what is missing and asks; the leader finds it on the own desk and signs; the desk sends it."""
    duty.goto(chain)
    unfold(duty.locator("#draft-report"))
    duty.locator("#draft-report [name=recipients]").fill("示例市司法局")
    duty.locator(f"#draft-report button[value={kind}]").click()
    expect(duty).to_have_url(re.compile(r"/reports/\d+/$"))
    report = duty.url
    duty.locator("main a[href$='/text/']").click()
    duty.locator("#report-text [name=other]").fill(OTHER)
    if not duty.locator("#report-text [name=result]").input_value():
        duty.locator("#report-text [name=result]").fill("人员平稳，无伤亡")
    duty.locator("#report-text button.primary").click()
    expect(duty).to_have_url(report)
    duty.locator("#ask-form button.primary").click()
    chief.goto("/command/")
    chief.locator(f"a[href='{urlsplit(report).path}']").first.click()
    expect(chief.locator("main")).to_contain_text(OTHER)
    sign(chief, secret)
    expect(duty.locator("form[id^=send-]").first).to_be_visible()
    for left in range(duty.locator("form[id^=send-]").count() - 1, -1, -1):
        duty.locator("form[id^=send-] button[value=fax]").first.click()
        expect(duty.locator("form[id^=send-]")).to_have_count(left)


def test_from_a_warning_to_an_archive_that_checks_itself(person, bureau_server, tmp_path):
    secret = bureau_server.passwords["city.director"]
    duty = person("county1.duty")
    chief = person("city.director", start="/command/")
    squad = person("county1.squad.perimeter", phone=True, start="/squad/")
    clerk = person("town11.clerk", phone=True, start="/alarm/")

    # The alarm; a red warning is proposed and signed by whom the plan names.
    clerk.locator("label.chip:has(input[value='51+'])").click()
    clerk.locator("label.chip:has(input[value='banner'])").click()
    clerk.locator("textarea[name=what]").fill(WHAT)
    clerk.locator("button.alarm").first.click()
    expect(clerk).to_have_url(re.compile("/alarm/T11-"))
    duty.goto("/duty/")
    duty.locator("[data-part=incidents] .card", has_text=WHAT).locator("h3 a").first.click()
    number = duty.url.rstrip("/").rsplit("/", 1)[-1]
    duty.locator("form#take button").click()
    expect(duty.locator("form#take")).to_have_count(0)
    duty.goto(f"/incidents/{number}/warning/")
    duty.locator("input[name=level][value=red]").check(force=True)
    duty.locator("textarea[name=reason]").fill("七十余人，正在冲击窗口")
    duty.locator("main form button.primary").click()
    expect(duty.locator("main")).to_contain_text("W-")
    request = chief.locator("[data-part=sign] .card", has_text=WHAT).first
    expect(request).to_be_visible()
    request.locator("a.button.primary").click()
    sign(chief, secret)
    warning = chief.url

    # The response is started by the same leader, at once.
    chief.goto(f"/incidents/{number}/response/")
    chief.locator("input[name=level][value=red]").check(force=True)
    fill(chief.locator("form#response"), reason="现场失控，需各工作组到场", credential=secret)
    chief.locator("form#response button.primary").click()
    expect(chief).to_have_url(re.compile("/responses/R-"))
    response = chief.url

    # The desk looks at the package, changes one line, leaves the others out with a reason, and sends it.
    duty.goto(response)
    duty.locator("a[href$='/packages/red/']").first.click()
    rows = duty.locator("form#package ol.cards > li.card")
    kept = rows.filter(
        has=duty.locator("select[name^='to-'] option[selected][value='squad:perimeter@C1']")
    ).first
    unfold(kept.locator("textarea[name^='task-']"))
    kept.locator("textarea[name^='task-']").fill(CHANGED)
    for row in rows.all():
        if row.get_attribute("data-key") == kept.get_attribute("data-key"):
            continue
        row.locator("input[name^='keep-']").uncheck(force=True)
        unfold(row.locator("input[name^='reason-']"))
        row.locator("input[name^='reason-']").fill("已有人在场")
    duty.locator("form#package button.primary").click()
    expect(duty.locator("form#package")).to_have_count(0)
    duty.goto(response)
    packages = duty.locator("[data-part=packages]")
    expect(packages).to_contain_text(CHANGED)
    expect(packages).to_contain_text("已有人在场")

    # The squad's phone.
    order = squad.locator(".card", has_text=CHANGED).first
    expect(order).to_be_visible()
    for verb in ("acknowledge", "depart", "arrive"):
        order.locator(f"form[action$='/{verb}/'] button").click()
        expect(order.locator(f"form[action$='/{verb}/']")).to_have_count(0)
    duty.goto(f"/incidents/{number}/")
    confirm = duty.locator("[data-part=orders] form[action$='/confirm-arrival/']")
    confirm.locator("button").click()
    expect(confirm).to_have_count(0)
    order.locator("form[action$='/complete/'] button").click()
    expect(squad.locator(".card", has_text=CHANGED)).to_have_count(0)

    # The first report upward.
    report_upward(duty, chief, secret, f"/incidents/{number}/reports/", "initial")

    # What the response owes is settled; the warning is lifted, the response ends.
    duty.goto(response)
    while duty.locator("form[id^=duty-]").count():
        before = duty.locator("form[id^=duty-]").count()
        form = duty.locator("form[id^=duty-]").first
        unfold(form)
        for box in form.locator("input[type=text]").all():
            box.fill("市政府总值班室")
        form.locator("button.primary").click()
        expect(duty.locator("form[id^=duty-]")).to_have_count(before - 1)
    chief.goto(warning)
    fill(chief.locator("#lift-form"), lift_reason="人员已离开", credential=secret)
    chief.locator("#lift-form button").first.click()
    expect(chief.locator("main")).to_contain_text("已解除")
    chief.goto(response)
    fill(chief.locator("#end-form"), reason="人员已离开，诉求已登记", credential=secret)
    chief.locator("#end-form button.primary").click()
    expect(chief.locator("#end-form")).to_have_count(0)
    expect(chief.locator("[data-part=head]")).to_contain_text("可以办结事件")

    # Closing names what is open: one thing has to be done first, and the way to it stands there.
    duty.goto(f"/incidents/{number}/")
    close = duty.locator("form#close")
    fill(close, summary=SUMMARY)
    answers = close.locator("input[type=radio][value=done]")
    expect(answers).not_to_have_count(0)
    for done in answers.all():
        done.check(force=True)
    close.locator(".actions button").click()
    owed = close.locator("[data-form-note] a")
    expect(owed).to_have_text("上报尚未终报")
    report_upward(duty, chief, secret, owed.get_attribute("href"), "final")

    # What is asked about the lines left open was answered once and is still there.
    duty.goto(f"/incidents/{number}/")
    unfold(close)
    expect(close.locator("input[type=radio][value=done]:checked")).to_have_count(answers.count())
    close.locator(".actions button").click()
    expect(duty.locator("[data-part=head]")).to_contain_text(SUMMARY)

    # Its archive, checked by its own program in a Python that knows nothing of the product.
    with duty.expect_download() as begun:
        duty.locator("form[action$='/archive/'] button").click()
        duty.locator("#main a[download][href^='/works/']").click(timeout=60_000)
    begun.value.save_as(tmp_path / "archive.zip")
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        archive.extractall(tmp_path / "archive")
    (program,) = (tmp_path / "archive").rglob("verify.py")
    checked = verified(program)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    # It holds what was done, and one changed word is found.
    orders, timeline = (program.with_name(name) for name in ("orders.json", "timeline.txt"))
    assert CHANGED in orders.read_text()
    assert SUMMARY in timeline.read_text()
    assert {file.name for file in (program.parent / "signed").iterdir()} >= {"report-1.txt", "report-2.txt"}
    orders.write_text(orders.read_text().replace(CHANGED, "无事"))
    assert "orders.json" in verified(program).stdout
