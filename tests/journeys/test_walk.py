"""The main job in four browsers at once: from the alarm in the hall to the closed incident.

Every screen changes by itself: a mark set on each page before the walk is still there at its end.
With SCREENSHOTS=folder the pictures of the README are taken on the way.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TEXTS = {
    "zh-hans": {"what": "十余人在大厅拉横幅，要求退还律师费", "why": "人数在增加，情绪激动", "task": "到一楼大厅对话，登记诉求", "end": "诉求已逐条登记，当事人自行离开。"},
    "en": {"what": "A dozen people with a banner in the hall ask for their lawyer's fee back", "why": "Numbers are growing", "task": "Talk to them in the hall and record the demands", "end": "Demands recorded; they left by themselves."},
}  # fmt: skip


def mark(page):
    page.evaluate("window.unreloaded = true")


def is_unreloaded(page):
    return page.evaluate("window.unreloaded === true")


def picture(page, name, language, *, whole=False):
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.mouse.move(0, 0)
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(400)
        page.screenshot(path=Path(folder) / f"{name}.{language[:2]}.png", full_page=whole)


def press_close(page):
    """What may be out of date closes nothing (data-needs-fresh): on a busy machine it may be, for a moment."""
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    page.locator("form#close .actions button").click()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_alarm_to_closed_incident(person, bureau_server, language):
    said = TEXTS[language]
    duty = person("county1.duty", language=language)
    director = person("county1.director", language=language)
    squad = person("county1.squad.dialogue", phone=True, language=language)
    clerk = person("town11.clerk", phone=True, language=language, start="/alarm/")
    for page in (duty, director, squad):
        expect(page.locator("[data-link-state]")).to_contain_text("实时" if language == "zh-hans" else "Live")
        mark(page)

    # The hall: one tap.
    clerk.locator("label.chip:has(input[value='6-20'])").click()
    clerk.locator("label.chip:has(input[value='banner'])").click()
    clerk.locator("textarea[name=what]").fill(said["what"])
    picture(clerk, "alarm", language)
    clerk.locator("button.alarm").first.click()
    # The receipt takes the place of the form, and is where the reader looks.
    expect(clerk).to_have_url(re.compile("/alarm/T11-"))
    expect(clerk.locator("button.alarm")).to_have_count(0)
    expect(clerk.locator("[data-part=progress] .number")).to_be_in_viewport()
    picture(clerk, "alarm-sent", language)

    # The duty room sees it with colour and reasons, without a reload, and proposes a warning.
    card = duty.locator("[data-part=incidents] .card", has_text=said["what"]).first
    expect(card).to_be_visible()
    expect(card.locator(".badge")).to_have_attribute("data-tone", "yellow")
    expect(director.locator("[data-part=incidents] .card", has_text=said["what"]).first).to_be_visible()
    picture(duty, "duty", language)
    assert is_unreloaded(duty)
    card.locator("h3 a").click()
    expect(duty.locator("[data-part=facts]")).to_contain_text("§2.3")
    number = duty.url.rstrip("/").rsplit("/", 1)[-1]
    duty.locator("form#take button").click()
    expect(duty.locator("form#take")).to_have_count(0)
    duty.locator("a[href$='/warning/']").first.click()
    duty.locator("textarea[name=reason]").fill(said["why"])
    picture(duty, "propose", language, whole=True)
    duty.locator("main form button.primary").click()
    expect(duty.locator("main")).to_contain_text("W-")

    # The county director signs with the password, asked again.
    request = director.locator("[data-part=sign] .card", has_text=said["what"]).first
    expect(request).to_be_visible()
    assert is_unreloaded(director)
    picture(director, "commander", language)
    request.locator("a.button.primary").click()
    director.locator("#sign-form input[type=password]").fill("not the password")
    picture(director, "sign", language, whole=True)
    director.locator("#sign-form button.primary").click()
    expect(director.locator("#sign-form .error-summary")).to_be_visible()
    director.locator("#sign-form input[type=password]").fill(bureau_server.passwords["county1.director"])
    director.locator("#sign-form button.primary").click()
    expect(director.locator("#sign-form")).to_have_count(0)

    # The duty room's incident page shows the signed level; an order goes out.
    duty.goto(f"/incidents/{number}/")
    mark(duty)
    expect(duty.locator("[data-part=head] .badge").first).to_have_attribute("data-tone", "yellow")
    expect(duty.locator("[data-part=head] .badge[data-proposed]")).to_have_count(0)
    duty.locator("a[href$='/order/']").first.click()
    duty.locator("input[name=to][value='squad:dialogue@C1']").check()
    duty.locator("textarea[name=task]").fill(said["task"])
    picture(duty, "order", language)
    duty.locator("main form button.primary").click()
    expect(duty.locator("[data-part=orders]")).to_contain_text("O-T11-")
    mark(duty)

    # The squad's phone: acknowledge, set out, arrive. The duty room confirms; the squad completes.
    order = squad.locator(".card", has_text=said["task"]).first
    expect(order).to_be_visible()
    assert is_unreloaded(squad)
    picture(squad, "squad", language)
    for verb in ("acknowledge", "depart", "arrive"):
        order.locator(f"form[action$='/{verb}/'] button").click()
        expect(order.locator(f"form[action$='/{verb}/']")).to_have_count(0)
    confirm = duty.locator("[data-part=orders] form[action$='/confirm-arrival/'] button")
    confirm.click()
    expect(confirm).to_have_count(0)
    order.locator("form[action$='/complete/'] button").click()
    expect(squad.locator(".card", has_text=said["task"])).to_have_count(0)
    assert is_unreloaded(squad)

    # Closing is refused while the warning stands, and says so; then the warning is lifted and the incident closed.
    assert is_unreloaded(duty)
    duty.locator("form#close textarea").evaluate("area => area.closest('details').open = true")
    duty.locator("form#close textarea").fill(said["end"])
    press_close(duty)
    expect(duty.locator("form#close")).to_contain_text("W-T11-")
    expect(duty.locator("form#close textarea")).to_have_value(said["end"])
    director.locator("#lift-form").evaluate(
        "form => { const fold = form.closest('details'); if (fold) fold.open = true; }"
    )
    director.locator("#lift-form textarea").fill(said["end"])
    director.locator("#lift-form input[name=credential]").fill(bureau_server.passwords["county1.director"])
    director.locator("#lift-form button").first.click()
    expect(duty.locator("[data-part=warnings]")).to_contain_text(
        "已解除" if language == "zh-hans" else "ifted"
    )
    # Closing asks once what became of each line that is still open.
    lines = duty.locator("form#close input[type=radio][value=done]")
    expect(lines).not_to_have_count(0)
    for done in lines.all():
        done.check()
    press_close(duty)
    expect(duty.locator("[data-part=head]")).to_contain_text(said["end"])
    expect(duty.locator("[data-part=timeline] li")).not_to_have_count(0)
    picture(duty, "incident", language, whole=True)
