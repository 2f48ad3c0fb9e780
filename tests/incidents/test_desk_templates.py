"""The duty room's entry form offers kinds of incident; a choice fills in what is empty and changes nothing typed."""

import re

import pytest
from django.conf import settings

from incidents.models import Incident
from incidents.reporting import templates
from plans.document.strict_yaml import read
from plans.lifecycle.actions import load_plan

PLAN = "cn-justice-city-petition-000"


@pytest.fixture
def send(plan, signed_in):
    browser = signed_in("county1.duty")

    def post(**fields):
        given = {"unit": "C1", "place": "", "what": "", "headcount": "", "known_at": "2026-11-22T08:00"}
        return browser.post("/incidents/new/", {**given, **fields})

    post.get = lambda: browser.get("/incidents/new/").content.decode()
    return post


def _what(answer) -> str:
    return re.search(r"<textarea[^>]*name=\"what\"[^>]*>\s*(.*?)</textarea>", answer.content.decode(), re.S)[
        1
    ]


def test_the_kinds_of_the_plan_in_force_are_offered(send):
    shown = send.get()

    for title in ("集体访", "极端个体访", "网络舆情发酵", "围堵冲击", "自伤自残"):
        assert f">{title}</option>" in shown
    assert shown.index('name="fill"') > shown.index("button primary"), "Enter records, it does not fill in"


def test_a_choice_fills_in_what_is_empty_and_says_what_to_ask(send):
    answer = send(fill="1", template=f"{PLAN}:Q5", place="一楼大厅")

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert _what(answer) == "现场有人有自伤迹象"
    assert re.search(r'value="self_harm_signs"[^>]*checked', shown)
    assert 'value="一楼大厅"' in shown
    assert "<li>120、110是否已拨打</li>" in shown
    assert "error-summary" not in shown
    assert not Incident.objects.exists()


def test_what_was_typed_and_ticked_stays(send):
    answer = send(fill="1", template=f"{PLAN}:Q5", what="有人要跳楼", headcount="x", signs=["suicide_threat"])

    shown = answer.content.decode()
    assert _what(answer) == "有人要跳楼"
    assert 'value="x"' in shown
    assert re.search(r'value="suicide_threat"[^>]*checked', shown)
    assert not re.search(r'value="self_harm_signs"[^>]*checked', shown)


@pytest.mark.parametrize("chosen", ["", f"{PLAN}:none", "nothing"])
def test_a_choice_that_is_none_fills_in_nothing(send, chosen):
    answer = send(fill="1", template=chosen, unit="X")

    assert answer.status_code == 200
    assert _what(answer) == ""


def test_an_incident_is_recorded_whatever_stands_in_the_choice(send):
    answer = send(template="gone", what="多人来访", place="大厅")

    assert answer.status_code == 303
    assert Incident.objects.get().what == "多人来访"


def test_a_plan_beside_offers_its_own_after_the_response_plans(plan, units, now, monkeypatch):
    text = (settings.BASE_DIR / "plans/library/county-joint-attendance.yaml").read_text()
    beside = load_plan(text=text, actor=None, now=now)
    assert read(text).value["kind"] == "attendance"
    in_force = templates.versions_in_force(units["C1"], now)
    monkeypatch.setattr(templates, "versions_in_force", lambda unit, at: [beside, *in_force])

    found = [one.id.rpartition(":")[0] for one in templates.offered(units["C1"], now)]

    assert found == [PLAN] * 5 + ["cn-county-inspection-visit-003"] * 4


def test_what_is_ready_costs_one_query(plan, units, now, django_assert_num_queries):
    templates.offered(units["C1"], now)

    with django_assert_num_queries(1):
        templates.offered(units["C1"], now)
