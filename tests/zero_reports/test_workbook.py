"""代报 by a workbook: out, in as a difference, and only what was shown is filed."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from accounts.models import Unit
from common.dates.local_time import day_of
from common.documents.workbooks import Sheet, as_xlsx
from tests.zero_reports.test_table import villages
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.actions import open_rounds

pytestmark = pytest.mark.usefixtures("plan")

OUT, IN = "/report/table/workbook/", "/report/table/import/"


def downloaded(browser, language="en"):
    browser.cookies["language"] = language
    sheet = load_workbook(io.BytesIO(browser.get(OUT).content)).active
    return [[cell if cell is not None else "" for cell in row] for row in sheet.iter_rows(values_only=True)]


def handed_in(browser, rows):
    file = SimpleUploadedFile("list.xlsx", as_xlsx(Sheet("x", rows[0], rows[1:])))
    return browser.post(IN, {"file": file})


def shown_in(answer) -> str:
    return re.search(r'name="shown" value="([^"]+)"', answer.content.decode())[1]


def test_what_is_shown_is_filed_marked_as_on_behalf(clerk):
    rows = downloaded(clerk, "zh-hans")
    assert [row[0] for row in rows[1:]] == ["T11", "V111"]
    rows[1][3] = "无"
    rows[2][4], rows[2][-1] = 3, "两户对补偿标准有异议"
    clerk.cookies["language"] = "en"

    difference = handed_in(clerk, rows)
    assert "Land and demolition × 3" in difference.content.decode()
    assert not ZeroReport.objects.exists()
    answer = clerk.post(IN, {"shown": shown_in(difference)}, follow=True)

    assert "Filed for 2 units." in answer.content.decode()
    reports = {report.unit.code: report for report in ZeroReport.objects.select_related("unit")}
    assert {code: (r.answer, r.via, r.on_behalf) for code, r in reports.items()} == {
        "T11": ("nil", "sheet", False),
        "V111": ("items", "sheet", True),
    }
    [item] = reports["V111"].items.all()
    assert (item.dispute_class, item.count, item.note) == ("land", 3, "两户对补偿标准有异议")


def test_the_same_again_files_nothing_twice(clerk):
    rows = downloaded(clerk)
    rows[1][3] = rows[2][3] = "nil"
    token = shown_in(handed_in(clerk, rows))

    clerk.post(IN, {"shown": token})
    clerk.post(IN, {"shown": token})

    assert ZeroReport.objects.count() == 2
    assert "The workbook changes nothing." in handed_in(clerk, rows).content.decode()


def test_who_has_answered_since_keeps_their_answer(clerk, file):
    rows = downloaded(clerk)
    rows[1][3] = rows[2][3] = "nil"
    token = shown_in(handed_in(clerk, rows))
    file("village111.informant", "V111", items=[("labour", 1, "")])

    answer = clerk.post(IN, {"shown": token}, follow=True).content.decode()
    assert "Filed for 1 unit." in answer
    assert "it has answered since you looked" in answer
    assert ZeroReport.objects.get(unit__code="V111").via == "page"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({0: "V121"}, "not one you file for here"),
        ({0: "nowhere"}, "not one you file for here"),
        ({0: "T11"}, "line 2 is about the same unit"),
        ({2: "2026-11-21"}, "the line is for 2026-11-21"),
        ({3: "maybe"}, "neither 无 nor 有"),
        ({4: "many"}, "not a whole number"),
        ({4: "-1"}, "not a whole number"),
        ({3: "有"}, "needs how many"),
        ({3: "无", 4: 2}, "takes no counts"),
        ({-1: "x"}, "a sentence needs a class"),
        ({4: 1, -1: "长" * 201}, "longer than 200"),
        ({4: 1, -1: "13800138000"}, "take it out"),
    ],
)
def test_a_line_that_is_not_in_order_is_named_and_the_others_are_filed(clerk, change, sentence):
    rows = downloaded(clerk)
    rows[1][3] = "nil"
    for column, value in change.items():
        rows[2][column] = value

    difference = handed_in(clerk, rows)
    assert sentence in difference.content.decode()
    clerk.post(IN, {"shown": shown_in(difference)})

    assert [report.unit.code for report in ZeroReport.objects.select_related("unit")] == ["T11"]


@pytest.mark.parametrize(
    "rows",
    [[["a", "b"], ["c", "d"]], [["Code code"]], [[""], [""]]],
    ids=["other headings", "one heading", "empty"],
)
def test_another_workbook_is_refused(clerk, rows):
    answer = handed_in(clerk, rows)

    assert answer.status_code == 422
    assert "nothing was filed" in answer.content.decode()


@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"x" * (50 * 2**20)], ids=["empty", "text", "50 MB"]
)
def test_a_hostile_file_is_refused(clerk, content):
    answer = clerk.post(IN, {"file": SimpleUploadedFile("list.xlsx", content)})

    assert answer.status_code in (413, 422)
    assert not ZeroReport.objects.exists()


def test_a_formula_is_refused_by_its_cell(clerk):
    from openpyxl import Workbook

    book = Workbook()
    for row in downloaded(clerk):
        book.active.append(row)
    book.active["D2"] = "=1+1"
    file = io.BytesIO()
    book.save(file)

    answer = clerk.post(IN, {"file": SimpleUploadedFile("list.xlsx", file.getvalue())})

    assert answer.status_code == 422
    assert "D2" in answer.content.decode()


def test_a_future_day_and_a_closed_unit_are_refused(clerk, now):
    rows = downloaded(clerk)
    file = SimpleUploadedFile("x.xlsx", as_xlsx(Sheet("x", rows[0], [[*rows[1][:2], "2026-11-23", "nil"]])))
    answer = clerk.post(IN + "?period=2026-11-23", {"file": file})
    assert "has not begun" in answer.content.decode()

    rows[2][3] = "nil"
    Unit.objects.filter(code="V111").update(valid_from=None, valid_to=day_of(now) - timedelta(days=1))
    assert "closed" in handed_in(clerk, rows).content.decode()


def test_a_difference_of_somebody_else_or_a_forged_one_is_refused(clerk, cast, now):
    rows = downloaded(clerk)
    rows[1][3] = "nil"
    token = shown_in(handed_in(clerk, rows))
    other = Client()
    other.force_login(cast["town11.head"])

    for browser, said in ((other, token), (clerk, token + "x"), (clerk, "")):
        assert browser.post(IN, {"shown": said}).status_code == 422
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        assert clerk.post(IN, {"shown": token}).status_code in (302, 422)
    assert not ZeroReport.objects.exists()


def test_who_files_for_nobody_has_no_such_page(signed_in):
    assert signed_in("city.audit").get(OUT).status_code in (302, 403)
    assert signed_in("city.audit").post(IN, {"shown": "x"}).status_code in (302, 403)


@pytest.mark.parametrize("more", [0, 3, 30])
def test_the_cost_of_a_difference_does_not_follow_the_lines(
    clerk, units, now, more, django_assert_num_queries
):
    villages(units, range(more), now)
    open_rounds(now=now)
    rows = downloaded(clerk)
    for row in rows[1:]:
        row[3] = "nil"

    with django_assert_num_queries(8):
        handed_in(clerk, rows)
