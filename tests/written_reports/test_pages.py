"""Written reports on pages, on paper and over the API; and the part that is counted."""

import io
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from accounts.posts.actions import create_unit
from accounts.scope import reach_of
from cases.matters.actions import register_matter
from common.dates.periods import parse
from tests.tokens import issue
from tests.written_reports.kit import LINE, MONTH, PLAN, QUARTER, TEXTS, WEEK
from written_reports.models import WrittenReport, WrittenVersion
from written_reports.paper.figures import figures
from zero_reports.filing.models import ReportItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wall_clock")]


def test_the_figures_are_those_of_the_unit_and_below(units, file, now, cast):
    file("village111.informant", "V111", items=[("land", 2), ("labour", 1)])
    file("village121.informant", "V121", items=[("land", 9)])
    item = ReportItem.objects.filter(report__unit=units["V111"], dispute_class="labour").get()
    register_matter(reach=reach_of(cast["county1.duty"], now), item_id=item.pk, now=now)

    found = figures(units["T11"], parse("2026-11"), now)

    assert found["classes"] == {"labour": 1, "land": 2}
    assert found["matters"] == {"registered": 1, "filed": 0, "open": 1}
    assert (found["incidents"], found["breached"]) == ([], 0)
    assert figures(units["T11"], parse("2026-12"), now)["classes"] == {}


def test_what_was_handed_in_keeps_its_figures(write, file):
    made = write()
    file("village111.informant", "V111", items=[("land", 2)])

    assert WrittenVersion.objects.get(pk=made.pk).data["classes"] == {}


def test_the_list_begins_with_the_open_matters(page, file, units, cast, now):
    file("village111.informant", "V111", items=[("labour", 1, "工地欠薪")])
    register_matter(reach=reach_of(cast["county1.duty"], now), item_id=ReportItem.objects.get().pk, now=now)

    assert "工地欠薪" in page("town11.head").content.decode()


# --- pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ("书面报告", "周风险清单", "月研判会", "未起草")), ("en", ("Written reports", "Weekly risk list", "Not begun"))],
)  # fmt: skip
def test_the_list_says_what_is_asked(cast, client, plan, language, words):
    client.force_login(cast["town11.head"])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    body = client.get("/reports/written/").content.decode()

    assert [word for word in words if word not in body] == []


def test_the_page_keeps_a_draft_and_hands_it_in(page):
    said = {"rev": "0", "texts.analysis": "欠薪为主\r\n两起"}
    assert page("town11.head", **said).status_code == 303
    assert WrittenReport.objects.get().texts["analysis"] == "欠薪为主\n两起"

    lines = {f"lines.1.{name}": value for name, value in LINE.items()}
    whole = {"rev": "1", **{f"texts.{part}": text for part, text in TEXTS.items()}, **lines, "hand_in": "1"}
    answer = page("town11.head", **whole)

    assert answer.status_code == 303
    assert WrittenVersion.objects.get().lines == [LINE]
    assert "T11〔2026〕书报 1 号 / 1" in page("town11.head").content.decode()


def test_gaps_are_marked_where_they_are_and_nothing_typed_is_lost(page):
    answer = page(
        "town11.head", rev="0", hand_in="1", **{"texts.analysis": "只写了这些", "lines.2.what": "工地欠薪"}
    )
    body = answer.content.decode()

    assert answer.status_code == 422
    assert "只写了这些" in body
    assert {"texts.judgement", "texts.outlook", "lines.2.measure"} <= set(answer.context["form"].errors)


def test_a_conflict_shows_both_texts(page, write):
    write(hand=False, texts={"analysis": "乙写的"})
    answer = page("town11.head", rev="0", **{"texts.analysis": "甲写的"})
    body = answer.content.decode()

    assert answer.status_code == 412
    assert "甲写的" in body
    assert "乙写的" in body
    again = page(
        "town11.head", rev=str(answer.context["form"]["rev"].value()), **{"texts.analysis": "甲和乙"}
    )
    assert again.status_code == 303


def test_the_level_above_reads_and_confirms(page, write):
    write()
    assert "version" in page("county1.director").content.decode()

    assert page("county1.director", after="receive/", version="1").status_code == 303
    body = page("town11.head").content.decode()
    assert "已签收" in body
    assert "hand_in" not in body


def test_a_neighbour_finds_nothing(page, write):
    write()
    assert page("county2.duty").status_code == 404
    assert page("county2.duty", after="receive/", version="1").status_code == 404
    assert page("county2.duty", after="paper.docx").status_code == 404


def test_the_paper_has_the_parts_in_order(page, write):
    assert page("town11.head", after="paper.docx").status_code == 404
    write(lines=[LINE])
    paper = Document(io.BytesIO(page("town11.head", after="paper.docx").content))
    words = "\n".join(paragraph.text for paragraph in paper.paragraphs)

    found = [
        words.index(word)
        for word in (
            "月研判会 2026-11",
            "1. 数据",
            "2. 分析",
            "欠薪为主",
            "3. 研判",
            "4. 展望",
            "5. 风险清单",
        )
    ]
    assert found == sorted(found)
    assert any("约谈企业" in cell.text for table in paper.tables for row in table.rows for cell in row.cells)


def test_a_years_reports_are_listed(cast, client, write):
    write()
    client.force_login(cast["county1.duty"])
    assert "T11〔2026〕书报 1 号" in client.get("/reports/written/year/T11/2026/").content.decode()
    assert "T11〔2026〕书报" not in client.get("/reports/written/year/T11/2025/").content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(cast, units, plan, now, client):
    client.force_login(cast["county1.duty"])

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/reports/written/?unit=T11").status_code == 200
        return len(caught)

    queries()
    before = queries()
    for n in range(12):
        create_unit(code=f"X{n}", name=f"新村{n}", name_en="", tier="village", parent=units["T11"], actor=None,
                    now=now - timedelta(days=30))  # fmt: skip
    assert queries() == before


def test_an_informant_finds_the_way(cast, client, plan):
    client.force_login(cast["village111.informant"])
    assert 'href="/reports/written/"' in client.get("/report/").content.decode()
    assert "周风险清单" in client.get("/reports/written/").content.decode()


# --- the API -------------------------------------------------------------------------------------------------


@pytest.fixture
def api(cast, client, now, plan):
    def _api(username, method="get", path=f"T11/{PLAN}/{MONTH}/2026-11/", body=None, key="k1", **headers):
        token = {
            "Authorization": f"Bearer {issue(user=cast[username], now=now)}",
            "Idempotency-Key": key,
            **headers,
        }
        more = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(f"/api/v1/written-reports/{path}", headers=token, **more)

    return _api


def test_the_api_lists_keeps_hands_in_and_receives(api):
    listed = api("town11.head", path="?unit=T11").json()["reports"]
    assert [(one["clock"], one["unit"], one["state"]) for one in listed] == [
        (WEEK, "V111", "overdue"), (MONTH, "T11", "none"), (QUARTER, "T11", "none"),
    ]  # fmt: skip

    kept = api("town11.head", "put", body={"texts": {"analysis": "半句"}})
    assert (kept.status_code, kept.json()["state"], kept["ETag"]) == (201, "draft", '"1"')

    line = {name: value for name, value in LINE.items() if name != "matter"}
    done = api("town11.head", "put", body={"texts": TEXTS, "lines": [line], "hand_in": True}, key="k2",
               **{"If-Match": '"1"'})  # fmt: skip
    assert done.status_code == 200
    assert done.json()["handed_in"][0]["receipt"] == "T11〔2026〕书报 1 号 / 1"
    assert api("town11.head").json()["lines"] == [LINE]

    received = api("county1.duty", "post", f"T11/{PLAN}/{MONTH}/2026-11/receipt/", {"version": 1}, key="k3")
    assert received.json()["state"] == "received"


@pytest.mark.parametrize(
    ("username", "body", "status"),
    [
        ("town11.head", {"texts": {"data": "x"}}, 422),
        ("town11.head", {"texts": {"summary": "x"}}, 422),
        ("town11.head", {"hand_in": True}, 422),
        ("town11.head", {"texts": {"analysis": "13912345678"}}, 422),
        ("city.audit", {"texts": {}}, 403),
        ("county2.duty", {"texts": {}}, 404),
    ],
)
def test_the_api_refuses_with_reasons(api, username, body, status):
    assert api(username, "put", body=body).status_code == status
    assert not WrittenReport.objects.exists()


def test_the_api_refuses_what_was_read_before_it_changed(api, write):
    write(hand=False, texts={"analysis": "乙写的"})
    answer = api("town11.head", "put", body={"texts": TEXTS}, **{"If-Match": '"0"'})
    assert answer.status_code == 412
