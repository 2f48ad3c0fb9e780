"""The one-page brief: what stands on it, who gets it, and that it is one page however long the timeline is."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboards.brief.contents import FIRST_LINES, LINE, MOST_LINES, chosen, cut
from incidents.models import Incident
from journal.models import Entry
from tests.common.test_papers import lines_of

pytestmark = pytest.mark.usefixtures("plan")


def text_of(answer) -> str:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return packed.read("word/document.xml").decode()


def test_what_is_too_long_goes_on_elsewhere():
    assert cut("一二三四五", 5) == "一二三四五"
    assert cut("一二三四五六", 5) == "一二三四…"


def test_of_many_lines_the_beginning_and_the_newest_stay():
    lines = [f"{n}时，下达指令。" for n in range(40)]

    some = chosen(lines)

    assert len(some) == MOST_LINES
    assert some[:FIRST_LINES] == lines[:FIRST_LINES]
    assert some[FIRST_LINES] == "（其间另有33项，见时间线）"
    assert some[-1] == lines[-1]
    assert all(len(line) <= LINE for line in some)


def test_the_brief_says_what_where_and_what_is_asked(alarm, signed_in):
    incident = alarm("town11.clerk", headcount=60, life_risk=["suicide_threat"])

    answer = signed_in("county1.duty", "en").get(f"/incidents/{incident.number}/brief.docx")

    text = text_of(answer)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    for said in (
        "清河县司法局",
        incident.number,
        "突发事件专报",
        "来访",
        "一楼大厅",
        "尚未签发",
        "请示与下一步",
    ):
        assert said in text, said


def test_a_squad_that_was_sent_there_does_not_get_it(alarm, order_for, signed_in):
    incident = alarm(headcount=8)
    order_for(incident)
    browser = signed_in("county1.squad.dialogue")

    assert browser.get(f"/incidents/{incident.number}/brief.pdf").status_code == 403
    assert "/brief.pdf" not in browser.get(f"/incidents/{incident.number}/").content.decode()
    assert "/brief.pdf" in signed_in("county1.duty").get(f"/incidents/{incident.number}/").content.decode()


def test_that_it_was_made_is_on_record(alarm, signed_in):
    incident = alarm(headcount=8)

    signed_in("county1.duty").get(f"/incidents/{incident.number}/brief.pdf")

    found = Entry.objects.filter(
        kind="file.downloaded", body__contains=f"/incidents/{incident.number}/brief.pdf"
    )
    assert found.count() == 1


@pytest.fixture
def long(alarm, order_for, reach, now):
    """long(200) → an incident whose timeline has so many entries, each text as long as it may be."""

    def make(many):
        incident = alarm("county1.duty", headcount=60, life_risk=["suicide_threat", "medical_emergency"], casualties={"injured": 3},
                         acts=["banner", "storming"], place="清河县政务服务中心法律援助窗口" * 8)  # fmt: skip
        Incident.objects.filter(pk=incident.pk).update(what="群众聚集要求答复补偿方案并有人情绪激动" * 20)
        for n in range(2):
            order_for(incident, ("dialogue", "perimeter")[n])
        row = Entry.objects.filter(thread=incident.key, kind="order.issued").first()
        fields = {one.attname: getattr(row, one.attname) for one in Entry._meta.concrete_fields[1:]}
        Entry.objects.bulk_create(
            Entry(**{**fields, "number": None, "at": now + timedelta(seconds=n)}) for n in range(many)
        )
        return incident

    return make


def test_it_stays_on_one_page_with_a_long_timeline(long, signed_in):
    incident = long(200)

    answer = signed_in("county1.duty").get(f"/incidents/{incident.number}/brief.pdf")

    assert len(lines_of(answer.content)) == 1


def test_a_longer_timeline_costs_no_more_statements(long, signed_in):
    browser, costs = signed_in("county1.duty"), []
    for many in (1, 60):
        address = f"/incidents/{long(many).number}/brief.docx"
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        costs.append(len(asked))

    assert costs[0] == costs[1]
