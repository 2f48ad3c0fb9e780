"""The workbook as Excel and WPS really write it, and lines that contradict themselves."""

import io
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tests.zero_reports.test_workbook import IN, downloaded, shown_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]


def handed_in(browser, rows):
    """A workbook with the cells as they are: numbers as numbers, days as days."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return browser.post(IN, {"file": SimpleUploadedFile("list.xlsx", out.getvalue())})


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (0, "ｔ１１"), (0, "t11\u00a0"), (1, "城关镇　司法所"), (2, date(2026, 11, 22)), (2, datetime.fromisoformat("2026-11-22")),
        (2, "2026/11/22"), (2, "2026年11月22日"), (3, "\u3000无\u200b"), (3, "ＮＩＬ"),
    ],
)  # fmt: skip
def test_a_cell_is_read_however_it_is_written(clerk, column, text):
    rows = downloaded(clerk)
    rows[1][3] = "nil"
    rows[1][column] = text

    page = handed_in(clerk, rows)

    assert shown_in(page)
    assert "cannot be filed" not in page.content.decode()


@pytest.mark.parametrize("count", [3, 3.0, "３", "3.0", " 3\u3000"])
def test_a_count_however_it_is_written(clerk, count):
    rows = downloaded(clerk)
    rows[2][4] = count

    assert "Land and demolition × 3" in handed_in(clerk, rows).content.decode()


def test_columns_in_another_order_and_as_csv_in_gb18030(clerk):
    rows = [row[::-1] for row in downloaded(clerk, "zh-hans")]
    rows[1][-4] = "无"
    text = "\r\n".join(",".join(str(cell) for cell in row) for row in rows)
    clerk.cookies["language"] = "en"

    page = clerk.post(IN, {"file": SimpleUploadedFile("list.csv", text.encode("gb18030"))})

    assert shown_in(page)


def test_a_line_whose_name_and_code_are_two_units_is_asked_about(clerk):
    rows = downloaded(clerk)
    rows[1][1], rows[1][3] = "柳林镇司法所", "nil"

    page = handed_in(clerk, rows).content.decode()

    assert "which of them is meant" in page
    assert 'name="shown"' not in page


def test_an_unknown_column_is_named(clerk):
    rows = downloaded(clerk)
    rows[0][4] = "Weather"

    page = handed_in(clerk, rows)

    assert page.status_code == 422
    assert "Weather" in page.content.decode()
