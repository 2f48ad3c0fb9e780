"""A leader case from twenty-five signatures to its closing, over day 60 and the extension to 90, by a clock that is put."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from common.dates.local_time import day_of
from tests.installations import demo_server
from tests.journeys.test_walk import picture
from tests.processes import manage

pytestmark = pytest.mark.browser

#: The campaign plan in force in county 1.
IN_FORCE = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Unit
from common.dates.local_time import day_of
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import PlanVersion
text = open("plans/library/county-zero-report-and-cases.yaml").read().replace("-campaign-004", "-campaign-c1")
now = timezone.now()
made = load_plan(text=text, actor=None, now=now, owner=Unit.objects.get(code="C1"))
days = {"valid_from": day_of(now), "valid_to": day_of(now) + timedelta(days=300)}
PlanVersion.objects.filter(pk=made.pk).update(state="in_force", in_force_from=now, **days)
"""


@pytest.fixture(scope="module")
def bureau_server(tmp_path_factory):
    with demo_server(
        tmp_path_factory.mktemp("leaders"), application="tests.journeys.set_clock:application"
    ) as server:
        manage("shell", "-c", IN_FORCE, env=server.env)
        yield server


def act(page, verb, **words):
    form = page.locator(f"form[action$='/{verb}/']")
    box = page.locator("details", has=form)
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    for name, value in words.items():
        control = form.locator(f"[name={name}]")
        control.select_option(value) if control.evaluate("e => e.tagName") == "SELECT" else control.fill(
            value
        )
    with page.expect_navigation():
        form.locator("button").click()
    expect(page.locator("main > .note")).to_contain_text("已保存")


def put_clock(person, page, days, hour="09:00"):
    at = f"{day_of(timezone.now()) + timedelta(days=days)}T{hour}"
    assert page.request.get(f"/tests/clock?{at}").ok


def test_to_day_sixty_and_beyond(person, bureau_server):
    today = day_of(timezone.now())
    desk = person("county1.duty", start="/alarm/")
    number = desk.evaluate(
        """async () => {
            const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1]
                ?? document.querySelector("[name=csrfmiddlewaretoken]").value;
            const answer = await fetch("/api/v1/alarms/", {method: "POST", headers: {"Content-Type": "application/json",
                "X-CSRFToken": token, "Idempotency-Key": "signed-by-25"}, body: JSON.stringify({unit: "T11", place: "镇政府",
                what: "联名反映征地补偿", facts: {joint_petitioners: 25}, client_id: "signed-by-25"})});
            return (await answer.json()).number;
        }"""
    )
    assert number

    head = person("county1.director", start="/leader-cases/?state=proposed")
    head.locator("main li a").first.click()
    expect(head.locator("section", has=head.locator("#reasons-title"))).to_contain_text("联名人数：25")
    act(head, "accept", leader="county1.deputy")
    address = re.sub(r"^https?://[^/]+", "", head.url)

    leader = person("county1.deputy", start="/leader-cases/?mine=1")
    leader.locator("main li a").first.click()
    act(
        leader, "start", measures="两周内核查，逐户答复", team="分管副局长、信访科科长", quality="书面答复送达，无反复",
        investigate="科长负责", handle="副局长负责", settle="司法所回访", due_date=f"{today + timedelta(days=55)}",
    )  # fmt: skip
    act(leader, "visit", note="到现场核查")
    picture(leader, "leader-case", "zh-hans")
    assert leader.evaluate("document.documentElement.scrollWidth <= innerWidth")

    put_clock(person, leader, 59)
    leader = person("county1.deputy", start=address)
    until = today + timedelta(days=60)
    expect(leader.locator("header.page-head")).to_contain_text("办理中")
    expect(leader.locator("header.page-head [data-clock], header.page-head .clock").first).to_be_visible()
    act(
        leader, "extend", days="20", note="案情复杂", approved_by="county1.director", told_how="in_writing",
    )  # fmt: skip
    leader.goto("/leader-cases/?mine=1")
    expect(leader.locator("main")).to_contain_text(f"{until + timedelta(days=20)}")

    # Day 81: late, and nobody takes it back.
    put_clock(person, leader, 81)
    leader = person("county1.deputy", phone=True, start="/leader-cases/?mine=1&within=0")
    expect(leader.locator("main li strong")).to_be_visible()
    assert leader.evaluate("document.documentElement.scrollWidth <= innerWidth")
    leader.locator("main li a").first.click()
    act(leader, "report", report="一、基本情况\n已逐户答复，补偿到位。")

    head = person("county1.director", start=address)
    act(head, "check")
    leader.reload()
    act(leader, "tell", number="告〔2026〕7号", how="in_writing")
    act(leader, "close", note="已办结")
    expect(leader.locator("header.page-head")).to_contain_text("已办结")
    picture(leader, "leader-case-closed-phone", "zh-hans")
    with leader.expect_download() as paper:
        leader.locator("a[href$='paper.docx']").click()
    assert paper.value.suggested_filename.endswith(".docx")
