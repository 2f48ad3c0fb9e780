"""Workbooks: text that wants to be a formula, and files that want to do harm."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from common.documents import workbooks
from common.documents.workbooks import MOST_ROWS, Row, Sheet, as_xlsx, read_rows, respond
from common.errors import Invalid

HOSTILE = ["=1+1", "=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "#REF!", "\t=1", '<b>&"\x00\x07', "{{7*7}}"]


class Upload(io.BytesIO):
    @property
    def size(self):
        return len(self.getbuffer())


def parts_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


def repacked(content: bytes, **changed: str) -> Upload:
    """The workbook with some of its parts replaced, by the end of their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in parts_of(content).items():
            stem = name.rpartition("/")[2].partition(".")[0]
            parts.writestr(name, changed.get(stem, text))
    return Upload(out.getvalue())


@pytest.mark.control(51)
def test_text_never_becomes_a_formula():
    content = as_xlsx(Sheet("表", ["标题"], [[text] for text in HOSTILE]))

    cells = [row[0] for row in load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells][:5] == HOSTILE[:5]
    assert "<f" not in parts_of(content)["xl/worksheets/sheet1.xml"].replace("<family", "")
    assert [cell.quotePrefix for cell in cells[:5]] == [True] * 5


def test_what_goes_out_comes_in_again():
    rows = [["一村", 3, date(2026, 11, 22), datetime(2026, 11, 22, 9, 30, tzinfo=UTC), None, "=1+1"]]

    found = read_rows(Upload(as_xlsx(Sheet("零报告", ["单位", "数", "日", "时", "空", "句"], rows))))

    assert found == [
        Row(1, ("单位", "数", "日", "时", "空", "句")),
        Row(2, ("一村", "3", "2026-11-22", "2026-11-22 17:30:00", "", "=1+1")),
    ]


def test_sheets_keep_apart_and_their_titles_are_fit():
    content = as_xlsx(*(Sheet("a/b:c" + "长" * 40, ["x"], []) for _ in range(3)), Sheet("", ["x"], []))

    titles = load_workbook(io.BytesIO(content)).sheetnames
    assert len(set(titles)) == 4
    assert all(len(title) <= 31 and "/" not in title for title in titles)


@pytest.mark.control(46)
def test_a_file_is_answered_as_a_file_to_save():
    answer = respond(Sheet("x", ["x"], []), name="零报告 2026-11-22")

    assert answer["Content-Type"] == workbooks.CONTENT_TYPE
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"


def test_empty_rows_are_passed_over_and_numbered_all_the_same():
    found = read_rows(Upload(as_xlsx(Sheet("x", ["a"], [[None], ["b"]], notes=["说明"]))))

    assert found == [Row(1, ("说明",)), Row(2, ("a",)), Row(4, ("b",))]


def test_a_formula_is_refused_and_named():
    book = Workbook()
    book.active["A1"], book.active["B2"] = "单位", "=HYPERLINK(A1)"
    out = io.BytesIO()
    book.save(out)

    with pytest.raises(Invalid) as refused:
        read_rows(Upload(out.getvalue()))

    assert refused.value.code == "formula_in_cell"
    assert "B2" in str(refused.value)


@pytest.mark.control(46)
@pytest.mark.parametrize(
    "content",
    [b"", b"a;b\n1;2", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + bytes(2000), b"<html></html>"],
    ids=["empty", "csv", "cut off", "old xls", "page"],
)
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(Invalid) as refused:
        read_rows(Upload(content))

    assert refused.value.code == "not_a_workbook"


@pytest.mark.control(46)
def test_fifty_megabytes_are_refused_unopened():
    class Huge:
        size = 50 * 2**20

        def __getattr__(self, name):
            raise AssertionError(f"{name} was asked of a file that is too large")

    with pytest.raises(Invalid) as refused:
        read_rows(Huge())

    assert refused.value.code == "file_too_large"
    assert "50 MB" in str(refused.value)


@pytest.mark.control(46)
def test_a_bomb_is_refused_before_it_goes_off():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            parts.writestr(name, "<x/>")
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (workbooks.MOST_UNPACKED + 1))
    bomb = Upload(out.getvalue())
    assert bomb.size < workbooks.MOST_BYTES

    with pytest.raises(Invalid) as refused:
        read_rows(bomb)

    assert refused.value.code == "file_unpacks_too_large"


def test_a_genuine_table_of_five_thousand_units_is_read_in_little_memory():
    line = ["nil", *range(25), "情况说明文字" * 8]
    rows = ([f"V{number}", f"某某县某某乡镇第{number}号村民委员会", *line] for number in range(MOST_ROWS - 1))
    content = as_xlsx(Sheet("代报", [f"栏{number}" for number in range(29)], rows))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert sum(part.file_size for part in parts.infolist()) > 6 * 2**20

    tracemalloc.start()
    try:
        found = read_rows(Upload(content))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (len(found), len(found[-1].cells)) == (MOST_ROWS, 29)
    # About ten are seen; the rows themselves are most of it.
    assert peak < 24 * 2**20


@pytest.mark.control(46)
@pytest.mark.parametrize("place", ["xl/sharedStrings.xml", "xl/worksheets/texts.xml"])
def test_shared_texts_are_measured_wherever_they_are_said_to_be(place):
    texts = b"<sst><si><t>ab</t></si>" + b" " * workbooks.MOST_WHOLE + b"</sst>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx(Sheet("x", ["a"], [["b"]])))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"xl/sharedStrings.xml", place.encode())
                if place.encode() not in content:
                    listed = f'<Override PartName="/{place}" ContentType="{kind}"/></Types>'
                    content = content.replace(b"</Types>", listed.encode())
            if name != "xl/sharedStrings.xml":
                new.writestr(name, content)
        new.writestr(place, texts)

    with pytest.raises(Invalid) as refused:
        read_rows(Upload(out.getvalue()))

    assert refused.value.code == "file_unpacks_too_large"


@pytest.mark.control(47)
def test_entities_do_not_multiply():
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "0123456789">{lines}]><worksheet>&a11;</worksheet>'

    with pytest.raises(Invalid):
        read_rows(repacked(as_xlsx(Sheet("x", ["a"], [])), sheet1=bomb))


@pytest.mark.control(47)
def test_a_file_outside_is_not_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    text = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    )

    try:
        found = read_rows(repacked(as_xlsx(Sheet("x", ["a"], [])), sheet1=text))
    except Invalid:
        found = []

    assert "do not tell" not in str(found)


@pytest.mark.control(46)
@pytest.mark.parametrize(("rows", "columns"), [(4, 1), (1, 4)])
def test_more_rows_or_columns_than_asked_for_are_refused(rows, columns):
    content = as_xlsx(Sheet("x", ["a"] * columns, [["b"] * columns] * (rows - 1)))

    with pytest.raises(Invalid) as refused:
        read_rows(Upload(content), most_rows=3, most_columns=3)

    assert refused.value.code == "table_too_large"


@pytest.mark.parametrize("place", ["A1048576", "IV3"])
def test_a_single_cell_far_away_is_not_lost_in_silence(place):
    book = Workbook()
    book.active[place] = "x"
    out = io.BytesIO()
    book.save(out)

    with pytest.raises(Invalid) as refused:
        read_rows(Upload(out.getvalue()))

    assert refused.value.code == "table_too_large"


@pytest.mark.parametrize("name", ["sheet1", "workbook", "styles"])
def test_damaged_parts_are_a_refusal_not_a_fault(name):
    with pytest.raises(Invalid) as refused:
        read_rows(repacked(as_xlsx(Sheet("x", ["a"], [["b"]])), **{name: "<worksheet><row"}))

    assert refused.value.code == "not_a_workbook"


def test_a_file_is_whole_or_not_made(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)

    assert workbooks.all_of([1, 2]) == [1, 2]
    with pytest.raises(Invalid) as refused:
        workbooks.all_of([1, 2, 3])
    assert refused.value.code == "export_too_large"
