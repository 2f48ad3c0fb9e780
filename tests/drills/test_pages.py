"""Pages of drills: the yearly plan, a scenario, planning in two steps, the control page, the sheet and the report."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from drills.conduct import actions
from drills.conduct.models import Drill
from drills.evaluation import actions as evaluation
from drills.evaluation.paper import after_action_report
from incidents import actions as incidents
from tests.drills.conftest import CAST, SCENARIO
from tests.live.replay import assert_replay_shows


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def page(signed_in):
    def look(username, address, status=200):
        response = signed_in(username).get(address)
        assert response.status_code == status, response.content.decode()[:2000]
        return text_of(response)

    return look


@pytest.fixture
def press(signed_in, wall_clock):
    def act(username, address, **fields):
        return signed_in(username).post(address, fields)

    return act


def test_the_list_shows_the_year_its_contents_and_the_scenarios(planned, page):
    planned()
    shown = page("county1.leader", "/drills/?year=2026")

    for words in (
        "2026 年演练",
        "D-2026-001",
        "公证处大厅群体聚集",
        "已计划",
        "现场救援",
        "收费纠纷一周内逐步升级",
    ):
        assert words in shown
    assert "本年度尚未安排演练" in page("county1.leader", "/drills/?year=2025")
    assert "D-2026-001" in page("county1.squad.dialogue", "/drills/")
    assert "county2" not in page("county2.leader", "/drills/")
    page("county1.squad.support", "/drills/", status=403)


def test_a_scenario_is_read_by_who_does_not_play_in_it(planned, page):
    shown = page("county1.leader", f"/drills/scenarios/{SCENARIO}/")
    for words in ("主要情景事件清单（MSEL）", "评估指南", "一位老人突然倒地", "是否立即拨打120", "§4.2(2)"):
        assert words in shown
    planned()
    page("county1.duty", f"/drills/scenarios/{SCENARIO}/", status=403)
    page("county1.leader", "/drills/scenarios/none/", status=404)


def test_a_drill_is_planned_in_two_steps(plan, page, press):
    assert "对话专班" in page("county1.leader", f"/drills/new/?unit=C1&scenario={SCENARIO}")
    sent = {
        "unit": "C1", "scenario": SCENARIO, "month": "2026-12-01", "speed": "60", "objectives": "先救人",
        "plays_duty_officer": "county1.duty", "plays_leader": "city.deputy", "plays_squad": "county1.squad.dialogue",
        "staff_controller": ["county1.leader"], "staff_evaluator": ["county1.deputy"],
    }  # fmt: skip
    refused = press("county1.leader", "/drills/new/", **{**sent, "speed": "0"})
    assert refused.status_code == 422
    made = press("county1.leader", "/drills/new/", **sent)
    assert (made.status_code, made["Location"]) == (303, "/drills/D-2026-001/")

    drill = Drill.objects.get()
    assert {(one.person.username, one.role) for one in drill.participants.all()} == set(CAST)
    assert "开始演练" in page("county1.leader", "/drills/D-2026-001/")
    assert "开始演练" not in page("county1.duty", "/drills/D-2026-001/")
    assert "先救人" in page("county1.leader", "/drills/D-2026-001/plan/")
    changed = press("county1.leader", "/drills/D-2026-001/plan/", **{**sent, "speed": "600", "rev": "1"})
    assert changed.status_code == 303
    assert Drill.objects.get().speed == 600


def test_a_line_without_a_scenario_asks_for_its_kind(plan, page, press):
    assert "类别" in page("county1.leader", "/drills/new/?unit=C1&scenario=")
    made = press(
        "county1.leader",
        "/drills/new/",
        unit="C1",
        scenario="",
        kind="linkage",
        month="2026-12-01",
        speed="1",
    )
    assert made.status_code == 303
    assert Drill.objects.get().kind == "linkage"


def test_the_control_page_shows_what_comes_and_the_player_what_came(running, page):
    running.to(0)
    shown = page("county1.leader", "/drills/D-2026-001/")
    for words in ("情景时钟", "下一条", "大厅保安对讲机", "暂停", "立即注入", "结束", "5 分内"):
        assert words in shown
    played = page("county1.duty", "/drills/D-2026-001/")
    assert "公证处前台电话" in played
    for words in ("大厅保安对讲机", "立即注入", "接办事件", "分内"):
        assert words not in played
    page("county2.leader", "/drills/D-2026-001/", status=404)


def test_it_is_conducted_and_reviewed_on_the_page(walk, press, page):
    here = "/drills/D-2026-001/"
    assert press("county1.leader", f"{here}start/").status_code == 303
    assert press("county1.leader", f"{here}inject/", number="1").status_code == 303
    assert press("county1.leader", f"{here}inject/", text="记者到场", role="duty_officer").status_code == 303
    assert press("county1.leader", f"{here}pause/").status_code == 303
    assert press("county1.leader", f"{here}resume/").status_code == 303
    assert press("county1.deputy", f"{here}note/", text="问清了人数", number="1").status_code == 303
    assert press("county1.leader", f"{here}none/").status_code == 404
    assert press("county1.leader", f"{here}finish/").status_code == 303
    for objective in ("O1", "O2", "O3", "O4"):
        rated = press("county1.deputy", f"{here}rate/", objective=objective, grade="some", text="到场慢")
        assert rated.status_code == 303
    owner = re.search(r'<option value="(post:\d+)"', page_html(press, here)).group(1)
    made = press("county1.leader", f"{here}improve/", text="增设直拨键", owner=owner, due_date="2027-01-31")
    assert made.status_code == 303
    assert press("county1.deputy", f"{here}review/", summary="总体良好").status_code == 303

    shown = page("county1.leader", here)
    for words in (
        "按时完成",
        "0/4",
        "问清了人数",
        "记者到场",
        "基本完成，有些困难",
        "增设直拨键",
        "总体良好",
        "没有可对照",
    ):
        assert words in shown
    assert "总体良好" in page("county1.duty", here)


def page_html(press, here):
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username="county1.leader"))
    return client.get(here).content.decode()


def test_a_form_that_is_not_in_order_is_refused_with_the_reason(running, press):
    assert press("county1.deputy", "/drills/D-2026-001/note/", text="").status_code == 422
    assert press("county1.leader", "/drills/D-2026-001/cancel/", reason="").status_code == 422
    assert press("county1.duty", "/drills/D-2026-001/finish/").status_code == 403


def test_the_pages_ask_the_database_as_often_for_three_as_for_one(planned, signed_in):
    leader = signed_in("county1.leader")
    planned()
    leader.get("/drills/")
    with CaptureQueriesContext(connection) as one:
        leader.get("/drills/")
    planned()
    planned()
    with CaptureQueriesContext(connection) as three:
        leader.get("/drills/")
    assert len(three) == len(one)


def test_the_control_page_follows_its_drill(plan, units, reach, signed_in):
    from drills.conduct.actions import Plan

    now = timezone.now()
    drill = actions.plan_drill(
        reach=reach("county1.leader", now),
        unit=units["C1"],
        plan=Plan(scenario=SCENARIO, participants=CAST),
        now=now,
    )
    asked = {"reach": reach("county1.leader", now), "drill_id": drill.pk}
    browser, address = signed_in("county1.leader"), f"/drills/{drill.number}/"

    def start():
        actions.start_drill(**asked, now=timezone.now())

    def inject():
        actions.inject_by_hand(**asked, number=1, now=timezone.now())

    def take():
        incident = drill.opened.get().incident
        incidents.take_over(incident_id=incident.pk, reach=reach("county1.duty", now), now=timezone.now())

    def remark():
        evaluation.write_remark(**asked, text="有序", now=timezone.now())

    def pause():
        actions.pause_drill(**asked, now=timezone.now())

    def finish():
        actions.finish_drill(**asked, now=timezone.now())

    for act in (start, inject, take, remark, pause, finish):
        assert assert_replay_shows(browser, address, act)


def test_the_report_says_what_the_sheet_says(running, reach):
    running.to(0)
    incidents.take_over(
        incident_id=running.incident.pk, reach=running.reach("county1.duty"), now=running.later(seconds=3).now
    )
    actions.finish_drill(**running.asked())
    paper = after_action_report(running.reach(), running.drill)

    assert (paper.title, paper.number, paper.signed) == ("演练总结报告：公证处大厅群体聚集", "D-2026-001", "")
    table = next(block for block in paper.body if type(block).__name__ == "Table")
    assert table.rows[0] == ("E1", "接办事件", "5", "3.0", "按时")
    assert table.rows[1][3:] == ("–", "未完成")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "begins"), [("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_report_is_a_file_once_the_drill_is_over(running, signed_in, kind, begins):
    leader = signed_in("county1.leader")
    assert leader.get(f"/drills/D-2026-001/report.{kind}").status_code == 404
    running.to(0)
    actions.finish_drill(**running.later(seconds=1).asked())

    response = leader.get(f"/drills/D-2026-001/report.{kind}")
    assert response.status_code == 200
    assert response.content.startswith(begins)
    assert signed_in("county2.leader").get(f"/drills/D-2026-001/report.{kind}").status_code == 404


def test_whose_post_fits_is_named_already_and_only_whoever_may_conduct_is_offered(plan, signed_in):
    html = signed_in("county1.leader").get(f"/drills/new/?unit=C1&scenario={SCENARIO}").content.decode()

    for username in ("county1.duty", "city.deputy", "county1.squad.dialogue"):
        assert f'value="{username}" selected' in html
    assert re.search(r'name="staff_controller" value="county1.leader"[^>]*checked', html)
    assert 'name="staff_controller" value="county1.squad.support"' not in html
