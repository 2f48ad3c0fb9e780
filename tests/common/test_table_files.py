"""One reader for every table that is handed in."""

import io
import time
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from common.documents.table_files import Column, Table, Unreadable, code, day, not_shortened

COLUMNS = (
    Column("code", ("编码",), code("unit_code")),
    Column("name", ("名称", "单位名称")),
    Column("phone", ("电话",), not_shortened, is_needed=False),
    Column("from", ("起始日",), day, is_needed=False),
)
TEXT = "code,name,phone,from\nT1,一所,0500-1,2026-12-01\n"


def rows(content: bytes | str, columns=COLUMNS):
    content = content.encode() if isinstance(content, str) else content
    return list(Table(SimpleUploadedFile("t.csv", content), columns))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_whatever_program_wrote_it(encoding, end, delimiter):
    text = TEXT.replace("\n", end).replace(",", delimiter)

    (row,) = rows(text.encode(encoding))

    assert (row.number, row.problem) == (2, "")
    assert row.cells == {"code": "T1", "name": "一所", "phone": "0500-1", "from": "2026-12-01"}


def test_headings_in_chinese_or_english_in_any_order():
    (row,) = rows("起始日,单位名称,编码 code\n2026年12月1日,一所,ｔ１\n")

    assert row.cells == {"code": "T1", "name": "一所", "phone": "", "from": "2026-12-01"}


def test_a_workbook_is_read_like_a_csv_file():
    book = Workbook()
    book.active.append(["Code", "名 称", "phone", "from"])
    book.active.append([320111.0, " 一所\u3000", 13800000001, date(2026, 12, 1)])
    out = io.BytesIO()
    book.save(out)

    (row,) = rows(out.getvalue())

    assert row.cells == {"code": "320111", "name": "一所", "phone": "13800000001", "from": "2026-12-01"}


@pytest.mark.parametrize(
    ("first", "named"),
    [
        ("code,name,boss", "boss"),
        ("name,phone", "编码 code"),
        ("code,name,编码", "编码 code"),
        ("", "编码 code"),
    ],
)
def test_headings_that_do_not_fit_are_named(first, named):
    with pytest.raises(Unreadable, match=named):
        rows(f"{first}\nT1,一所,x\n")


def test_empty_lines_are_passed_over_and_counted():
    text = TEXT + "\n,,,\n\u3000,\u00a0,,\nT2,二所,,\n"

    assert [row.number for row in rows(text)] == [2, 6]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("T/1,一所,,", "code"),
        ("T1,一所,1.38E+10,", r"1\.38E\+10"),
        ("T1,一所,,1.12.2026", "1.12.2026"),
        ("T1,一所,,,又一格", "引号|quotation"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_column(line, said):
    (row,) = rows("code,name,phone,from\n" + line)

    assert row.number == 2
    import re

    assert re.search(said, row.problem)


def test_cells_wrapped_for_a_spreadsheet_program_are_unwrapped():
    (row,) = rows('code,name,phone\nT1,一所,"=""0500"""\n')

    assert row.cells["phone"] == "0500"


def test_a_file_that_is_no_text_says_what_to_do():
    with pytest.raises(Unreadable, match="xlsx"):
        rows(b"code,name\n\xff\xff\xff\x00")


def test_a_file_of_5000_lines_is_read_quickly():
    text = "code,name,phone,from\n" + "".join(f"T{n},第{n}所,0500-{n},2026/12/1\n" for n in range(5000))
    started = time.process_time()

    found = rows(text)

    assert len(found) == 5000
    assert time.process_time() - started < 2
