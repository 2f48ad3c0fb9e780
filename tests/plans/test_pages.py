"""The pages of plans, in both languages."""

import pytest
from django.utils.translation import override

from plans.document.sections import clocks_of
from plans.lifecycle.actions import load_plan
from plans.lifecycle.pages import _row, duration_in_words
from tests.plans.conftest import CITY_FILE

CITY = "cn-justice-city-petition-000"


@pytest.fixture
def reader(cast, now, signed_in):
    load_plan(text=CITY_FILE.read_bytes(), actor=None, now=now, put_in_force=True)
    return signed_in("village111.informant")


def page(reader, url, language="zh-hans"):
    reader.cookies["language"] = language
    response = reader.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_plan_page_shows_levels_limbs_citations_clocks_squads(reader):
    text = page(reader, f"/plans/{CITY}/")

    for said in ("红色", "51人以上，或冲击打砸，或已造成人员伤亡", "人数 21—50", "§2.3", "市司法局主要领导", "省司法厅",
                 "黄金3分钟", "§4.1", "3 分钟", "17:30", "稳控专班", "立即拨打120", "当日带班领导", "重点人员盯防"):  # fmt: skip
        assert said in text, said
    assert "§4.2(4)" in text


def test_plan_page_in_english_leaves_no_chinese(reader):
    text = page(reader, f"/plans/{CITY}/", "en")
    main = text[text.index("<main") : text.index("</main>")]

    for said in (
        "Red",
        "headcount 21–50",
        "Golden three minutes",
        "3 minutes",
        "Perimeter squad",
        "added by the bureau",
    ):
        assert said in main, said
    assert [c for c in main if "\u4e00" <= c <= "\u9fff"] == []


def test_plan_list_names_the_plan_and_its_state(reader):
    text = page(reader, "/plans/")

    assert "司法局处置涉法涉诉信访工作应急预案" in text
    assert f"/plans/{CITY}/" in text


def test_source_is_shown_as_loaded(reader, city_text):
    response = reader.get(f"/plans/{CITY}/2/source/")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == city_text


def test_version_page_and_unknown_versions(reader):
    assert reader.get(f"/plans/{CITY}/2/").status_code == 200
    assert reader.get(f"/plans/{CITY}/9/").status_code == 404
    assert reader.get("/plans/none/").status_code == 404


def test_pages_are_for_staff_only(db, client):
    assert client.get("/plans/").status_code == 302


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PT3M", "3 分钟"),
        ("PT24H", "24 小时"),
        ("PT90S", "90 秒"),
        ("P60D", "60 日"),
        ("2WD", "2 个工作日"),
        ("same_day_24h00", "当日 24:00 前"),
        ("given", "按指令所定"),
        ("immediate", "立即"),
        ("timely", "及时"),
        ("unspecified", "原文未规定"),
    ],
)
def test_durations_in_words(text, said):
    from django.utils import translation

    with translation.override("zh-hans"):
        assert duration_in_words(text) == said


def test_what_comes_back_says_who_is_reminded_and_what_is_written():
    def row(language, **more):
        clock = {
            "id": "c", "zh": "零报告", "recurrence": "daily", "cutoff": {"at": "17:30", "lock": "P1D"},
            "remind": {"before": ["PT60M", "PT10M"], "climb": [{"after": "PT30M", "role": "office"}]}, **more,
        }  # fmt: skip
        roles = {"office": {"zh": "司法所", "en": "Judicial office", "post": "clerk"}}
        document = {"roles": roles, "clocks": [clock]}
        with override(language):
            return _row(document, clocks_of(document)[0]).comes_back

    assert row("zh-hans", ask_days="workdays") == [
        "仅工作日", "截止后1 日锁定", "截止前催报：1 小时、10 分钟", "截止后30 分钟：司法所获知哪些单位未报"
    ]  # fmt: skip
    english = row("en", written={"parts": ["data", "outlook"], "lines": "risks"})
    assert english == [
        "Locked after the cut-off: 1 day", "Reminded before the cut-off: 1 hour, 10 minutes",
        "30 minutes after the cut-off: Judicial office hears who is silent",
        "A written report: data, outlook, a list of risks",
    ]  # fmt: skip


def test_the_city_plan_s_page_shows_its_reminders(reader):
    assert "截止前催报：" in page(reader, f"/plans/{CITY}/")
    assert "Reminded before the cut-off:" in page(reader, f"/plans/{CITY}/", "en")
