"""The notary-hall scenario from start to end at sixty times its speed, with four people: the controller, the duty officer,
the leader who signs and the squad. Every statistic is the same before and after.
"""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

#: Pages of figures, as a leader of the county reads them: compared word for word.
STATISTICS = (
    "/promise/",
    "/reports/burden/",
    "/reports/history/",
    "/report/",
    "/report/matrix/",
    "/reports/zeros/",
    "/reports/written/",
)
WHAT = "三十五人聚集"


def figures(page, address):
    """What a page of figures says, without the moment at which it was looked at."""
    response = page.goto(address)
    assert response.status == 200, address
    page.evaluate("document.querySelectorAll('time-left, time').forEach(one => one.remove())")
    return re.sub(r"\d{1,2}:\d{2}(:\d{2})?", "", page.locator("main").inner_text())


def test_a_drill_from_its_plan_to_its_report(person, bureau_server):
    controller = person("county1.leader")
    before = {address: figures(controller, address) for address in STATISTICS}
    duty = person("county1.duty", start="/duty/")
    leader = person("city.deputy", start="/command/")
    squad = person("county1.squad.dialogue", phone=True, start="/squad/")

    # Planned in two steps, then started.
    controller.goto("/drills/")
    controller.locator("a[href*='crowd-at-a-notary-hall'].button").click()
    controller.locator("select[name=unit]").select_option("C1")
    controller.locator("main form button").first.click()
    controller.locator("input[name=speed]").fill("60")
    controller.locator("select[name=plays_duty_officer]").select_option("county1.duty")
    controller.locator("select[name=plays_leader]").select_option("city.deputy")
    controller.locator("select[name=plays_squad]").select_option("county1.squad.dialogue")
    controller.locator("input[name=staff_controller][value='county1.leader']").check()
    controller.locator("main form button.primary").click()
    expect(controller).to_have_url(re.compile(r"/drills/D-\d{4}-\d{3}/$"))
    drill = controller.url.rstrip("/").rsplit("/", 1)[-1]
    controller.locator("form[action$='/start/'] button").click()

    # The first inject comes by itself: a real incident on the duty board, marked, without a reload.
    card = duty.locator("[data-part=incidents] .card", has_text=WHAT).first
    expect(card).to_be_visible()
    controller.locator("form[action$='/pause/'] button").click()
    expect(controller.locator("form[action$='/resume/'] button")).to_be_visible()
    card.locator("h3 a").click()
    number = duty.url.rstrip("/").rsplit("/", 1)[-1]
    expect(duty.locator(".bar-drill")).to_be_visible()
    duty.locator("form#take button").click()
    expect(duty.locator("form#take")).to_have_count(0)

    # Who plays sees what has come and nothing of what will.
    duty.goto(f"/drills/{drill}/")
    expect(duty.locator("main")).to_contain_text("公证处前台电话")
    expect(duty.locator("main")).not_to_contain_text("大厅保安对讲机")

    # Proposed, and signed by whom the plan names.
    duty.goto(f"/incidents/{number}/warning/")
    duty.locator("textarea[name=reason]").fill("三十五人，情绪激动")
    duty.locator("main form button.primary").click()
    expect(duty.locator("main")).to_contain_text("W-")
    request = leader.locator("[data-part=sign] .card", has_text=WHAT).first
    expect(request).to_be_visible()
    request.locator("a.button.primary").click()
    leader.locator("#sign-form input[type=password]").fill(bureau_server.passwords["city.deputy"])
    leader.locator("#sign-form button.primary").click()
    expect(leader.locator("#sign-form")).to_have_count(0)
    warning = leader.url

    # The squad's phone.
    duty.goto(f"/incidents/{number}/order/")
    duty.locator("input[name=to][value='squad:dialogue@C1']").check()
    duty.locator("textarea[name=task]").fill("到大厅对话")
    duty.locator("main form button.primary").click()
    order = squad.locator(".card", has_text="到大厅对话").first
    expect(order).to_be_visible()

    # The scenario goes on: banner and collapse come by themselves, ten seconds apart.
    controller.locator("form[action$='/resume/'] button").click()
    order.locator("form[action$='/acknowledge/'] button").click()
    expect(order.locator("form[action$='/acknowledge/']")).to_have_count(0)
    expect(controller.locator("main")).to_contain_text("一位老人突然倒地")
    inject = controller.locator("main li", has_text="一位老人突然倒地").last
    expect(inject.locator("time").first).to_be_visible(timeout=40_000)

    # Two come by hand; the controller may not end what was signed.
    for text in ("公证处主任到场", "救护车已送医"):
        controller.goto(f"/drills/{drill}/")
        line = controller.locator("main li", has_text=text).last
        if line.locator("time").count() == 0:
            controller.locator("form[action$='/inject/'] button").first.click()
        expect(controller.locator("main li", has_text=text).last.locator("time").first).to_be_visible()
    controller.locator("form[action$='/finish/'] button").click()
    expect(controller.locator("body")).to_contain_text("W-C1-")
    expect(controller.locator("body")).to_contain_text("未结束")

    # Lifted by a signature; then the drill ends and clears its order and its incident.
    leader.goto(warning)
    leader.locator("#lift-form").evaluate(
        "form => { for (let fold = form.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true; }"
    )
    leader.locator("#lift-form textarea").fill("演练收尾")
    leader.locator("#lift-form input[name=credential]").fill(bureau_server.passwords["city.deputy"])
    leader.locator("#lift-form button").first.click()
    expect(leader.locator("main")).to_contain_text("已解除")
    controller.goto(f"/drills/{drill}/")
    controller.locator("form[action$='/finish/'] button").click()
    expect(controller.locator("a[href$='/report.pdf']")).to_be_visible()
    expect(controller.locator("main")).to_contain_text("接办事件")

    # Nothing of it stays on a board, and every figure is what it was.
    expect(squad.locator(".card", has_text="到大厅对话")).to_have_count(0)
    duty.goto("/duty/")
    expect(duty.locator("[data-part=incidents] .card", has_text=WHAT)).to_have_count(0)
    assert {address: figures(controller, address) for address in STATISTICS} == before
