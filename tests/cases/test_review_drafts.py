"""A review begins with what the ledgers say: demands and the hotline beside the rest, sentences to be corrected."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.dates.periods import parse
from tests.cases.test_hotline import keep, read
from tests.written_reports.kit import MONTH, PLAN
from written_reports.paper.drafts import drafts
from written_reports.paper.figures import figures
from written_reports.paper.labels import data_rows

__all__ = ["keep", "read"]
pytestmark = pytest.mark.django_db


def test_demands_and_the_hotline_are_counted_beside_the_rest(register, keep, units, now):
    first, _second = register(), register()
    type(first).objects.filter(pk=first.pk).update(due_at=now - timedelta(days=1))
    keep("2026-10,C1,劳动争议,12", "2026-11,T11,其他,7")

    found = figures(units["C1"], parse("2026-11"), now)

    assert found["demands"] == {"registered": 2, "replied": 0, "open": 2, "overdue": 1}
    assert found["hotline"] == {"other": 7}
    assert figures(units["C1"], parse("2026-10"), now)["demands"]["open"] == 0
    said = dict(data_rows(found))
    assert said["12345 热线（导入）"] == "其他类别 7"
    assert said["诉求"] == "登记 2，答复 0，未办结 2，其中逾期 1"


def test_a_report_of_before_has_the_figures_it_was_handed_in_with(units, now):
    found = figures(units["C1"], parse("2026-11"), now)
    old = {name: value for name, value in found.items() if name not in ("demands", "hotline", "met")}

    assert len(data_rows(old)) == 5


def test_a_draft_says_what_was_counted_what_became_more_and_what_falls_due(register, keep, units, now):
    late, next_month = register(), register()
    type(late).objects.filter(pk=late.pk).update(due_at=now - timedelta(days=1))
    type(late).objects.filter(pk=next_month.pk).update(due_at=parse("2026-12").starts_at)
    keep("2026-10,C1,劳动争议,12", "2026-11,C1,劳动争议,15")

    found = drafts(units["C1"], parse("2026-11"), now)

    assert "12345 热线（导入）：15 件（上期 12 件）：劳动争议 15（上期 12）。" in found["analysis"]
    assert "诉求：新登记 2 件，已答复 0 件，期末未办结 2 件，其中逾期 1 件。" in found["analysis"]
    assert "1 件诉求未按期答复。" in found["judgement"]
    assert found["outlook"] == "2026-12-01 至 2026-12-31 到期：诉求 1 件，事项 0 件，改进任务 0 项。"


def test_a_draft_of_nothing_leaves_the_judgement_to_people(plan, units, now):
    found = drafts(units["T12"], parse("2026-11"), now)
    assert (found["outlook"], "事件：0 起" in found["analysis"]) == ("", True)


def test_a_draft_costs_the_same_whatever_there_is(register, units, now):
    def asked():
        with CaptureQueriesContext(connection) as found:
            drafts(units["C1"], parse("2026-11"), now)
        return len(found)

    few = asked()
    register(), register(), register()
    assert asked() == few


def test_the_page_offers_the_draft_and_keeps_what_was_written(client, cast, register, wall_clock):
    register()
    client.force_login(cast["county1.director"])
    address = f"/reports/written/C1/{PLAN}/{MONTH}/2026-11/"

    text = client.get(address).content.decode()
    assert "诉求：新登记 1 件" in text
    assert "尚未保存" in text
    kept = client.post(
        address, {"rev": 0, "texts.analysis": "自己的话", "texts.judgement": "", "texts.outlook": ""}
    )
    assert kept.status_code == 303
    text = client.get(address).content.decode()
    assert ("自己的话" in text, "诉求：新登记 1 件" in text, "用台账草拟空白部分" in text) == (
        True,
        False,
        True,
    )
    text = client.get(address + "?draft=1").content.decode()
    assert "自己的话" in text
    assert "诉求：新登记 1 件" not in text
