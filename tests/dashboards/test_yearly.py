"""The figures of the yearly report: each with what it counts, of one year in Beijing, without drills."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from cases.demands.models import Demand
from common.documents.workbooks import read_rows
from dashboards.statistics.yearly import yearly_figures
from incidents.models import Incident
from tests.cases.conftest import reception, register
from tests.cases.test_hotline import keep, read
from tests.incidents.conftest import alarm

__all__ = ["alarm", "keep", "read", "reception", "register"]
pytestmark = pytest.mark.django_db


def figures(reach, unit, year=2026, who="county1.duty"):
    with override("en"):
        return {one.label: one.value for one in yearly_figures(reach(who), unit, year)}


def test_a_year_begins_and_ends_in_beijing(register, units, reach):
    first, second, third = register(), register(), register(origin="transfer")
    begin = datetime(2025, 12, 31, 16, tzinfo=UTC)
    Demand.objects.filter(pk=first.pk).update(registered_at=begin)
    Demand.objects.filter(pk=second.pk).update(registered_at=begin - timedelta(seconds=1))

    found = figures(reach, units["C1"])

    assert (found["Demands registered"], found["– At the counter"], found["– Transferred to us"]) == (2, 1, 1)
    assert (found["Demands open at the end of the year"], found["Demands closed"]) == (3, 0)
    assert figures(reach, units["C1"], 2025)["Demands registered"] == 1
    assert third.number


def test_drills_and_other_units_are_left_out(alarm, keep, units, reach):
    signed, drill, _other = alarm(), alarm(), alarm("county2.duty", unit="C2")
    Incident.objects.filter(pk=signed.pk).update(highest_level="red")
    Incident.objects.filter(pk=drill.pk).update(drill=True)
    keep("2026-10,C1,劳动争议,12", "2026-11,T11,其他,7")

    found = figures(reach, units["C1"])

    assert (found["Incidents"], found["– with a signed warning"], found["– closed"]) == (1, 1, 0)
    assert found["Calls to 12345 (imported)"] == 19
    assert figures(reach, units["C0"], who="city.director")["Incidents"] == 2


def test_it_costs_the_same_however_much_there_was(register, units, reach):
    def asked():
        mine = reach("county1.duty")
        with CaptureQueriesContext(connection) as found:
            yearly_figures(mine, units["C1"], 2026)
        return len(found)

    register()
    few = asked()
    register(), register()
    assert asked() == few <= 9


def test_every_figure_says_what_it_counts(plan, units, reach):
    for one in yearly_figures(reach("county1.duty"), units["C1"], 2026):
        assert one.definition.endswith((".", "。", "）")), one


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", ("登记诉求", "第四十一条")), ("en", ("Demands registered", "art. 41"))]
)
def test_page_and_workbook_say_the_same(client, cast, plan, wall_clock, language, said):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    text = client.get("/statistics/yearly/").content.decode()
    for words in said:
        assert words in text, words
    answer = client.get("/statistics/yearly/?format=xlsx&year=2025")
    upload = io.BytesIO(answer.content)
    upload.size = len(answer.content)
    note, heads, *rows = read_rows(upload)
    assert ("2025" in note.cells[0], heads.cells[2]) == (True, "2025")
    assert len(rows) == text.count('<th scope="row">')
    client.force_login(cast["county1.squad.dialogue"])
    assert client.get("/statistics/yearly/").status_code == 403
