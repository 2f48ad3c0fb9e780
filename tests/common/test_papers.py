"""Papers: the layout, the fonts, and text that wants to be markup."""

import io
import re
import subprocess
import sys
import zipfile
from datetime import date

import pytest
from django.utils import translation

from common import papers, press
from common.errors import NotFound, Refused
from common.papers import Fields, Heading, Paper, Paragraph, Table, as_docx, as_pdf, official_date, respond

HOSTILE = (
    '#import "x": * $a$ *粗* _斜_ [块] <标签> @引用 \\ #panic("no") {{7*7}} </w:t><w:b/> =cmd|/c\x00\x07'
)


@pytest.fixture
def paper():
    return Paper(
        issuer="示例县司法局",
        number="示司报〔2026〕12号",
        title="零报告情况汇总",
        to="示例市司法局",
        body=(
            Heading("一、总体情况"),
            Paragraph("应报单位二十个，实报二十个。\n" + HOSTILE),
            Table(("单位", "应报"), (("一镇", "3"), (HOSTILE, "2")), widths=(3, 1), figures=(1,)),
            Fields((("事由", HOSTILE), ("处理", "已分流"))),
        ),
        signed="示例县司法局",
        dated=date(2026, 11, 22),
        notes=("附注",),
    )


def text_of_docx(made: bytes) -> str:
    from docx import Document

    document = Document(io.BytesIO(made))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def fonts_in(made: bytes) -> set[str]:
    """Names of the embedded fonts; typst writes them uncompressed."""
    return {found.decode() for found in re.findall(rb"/FontName\s*/(?:[A-Z]{6}\+)?([\w-]+)", made)}


@pytest.mark.slow
def test_a_pdf_embeds_a_chinese_font_and_no_other(paper):
    made = as_pdf(paper)

    assert made.startswith(b"%PDF-")
    assert fonts_in(made)
    assert all("CJK" in name or "Song" in name for name in fonts_in(made))


@pytest.mark.slow
@pytest.mark.parametrize("landscape", [False, True])
def test_a_docx_holds_every_part_as_it_was_typed(paper, landscape):
    from dataclasses import replace

    with translation.override("zh-hans"):
        said = text_of_docx(as_docx(replace(paper, landscape=landscape)))

    shown = HOSTILE.replace("\x00", "").replace("\x07", "")
    for part in (
        "示例县司法局",
        "示司报〔2026〕12号",
        "零报告情况汇总",
        "示例市司法局：",
        "2026年11月22日",
        "附注",
    ):
        assert part in said
    assert said.count(shown) == 3


@pytest.mark.slow
def test_text_is_never_markup(paper):
    """A panic in the text would stop the typesetter if it were read as markup."""
    assert as_pdf(Paper(title=HOSTILE, body=(Paragraph(HOSTILE),))).startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(as_docx(paper))) as file:
        assert b"<w:b/> =cmd" not in file.read("word/document.xml")


def test_without_a_chinese_font_there_is_no_pdf(paper, monkeypatch):
    answer = subprocess.CompletedProcess([], papers.NO_FONT, b"", b"no family")
    monkeypatch.setattr(papers.subprocess, "run", lambda *args, **kwargs: answer)

    with pytest.raises(Refused) as refused:
        as_pdf(paper)

    assert refused.value.code == "no_chinese_font"
    assert "fonts-noto-cjk" in str(refused.value)


def test_a_warning_of_the_typesetter_refuses_the_paper(paper, monkeypatch):
    answer = subprocess.CompletedProcess([], papers.NOT_CLEAN, b"", b"unknown font family: fangsong")
    monkeypatch.setattr(papers.subprocess, "run", lambda *args, **kwargs: answer)

    with pytest.raises(Refused) as refused:
        as_pdf(paper)

    assert refused.value.code == "paper_not_clean"
    assert "unknown font family" in str(refused.value)


@pytest.mark.slow
def test_the_press_warns_of_a_family_that_is_not_there(paper, monkeypatch, capsys):
    """The typesetter itself says so: a PDF in a wrong font does not pass."""
    monkeypatch.setattr(press, "choose", lambda installed: dict.fromkeys(press.FAMILIES, "No Such Song"))

    assert press.pdf(papers._order(paper)) == press.NOT_CLEAN
    assert "no such song" in capsys.readouterr().err.lower()


def test_fonts_are_chosen_in_the_order_of_the_standard():
    assert press.choose(["DejaVu Sans", "Libertinus Serif"]) is None
    assert press.choose(["Noto Sans CJK SC"]) == dict.fromkeys(press.FAMILIES, "Noto Sans CJK SC")
    assert press.choose(["SimHei", "FangSong", "Noto Serif CJK SC"]) == {
        "text": "FangSong",
        "title": "Noto Serif CJK SC",
        "heading": "SimHei",
    }


def test_a_paper_that_takes_too_long_is_refused(paper, monkeypatch):
    monkeypatch.setattr(papers, "SECONDS", 0.001)

    with pytest.raises(Refused) as refused:
        as_docx(paper)

    assert refused.value.code == "paper_too_large"


@pytest.mark.slow
def test_a_response_is_a_file_to_save(paper):
    response = respond(paper, "docx", name="零报告汇总")

    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["Content-Type"].endswith("wordprocessingml.document")
    assert response["Cache-Control"] == "no-store"


def test_another_format_does_not_exist(paper):
    with pytest.raises(NotFound):
        respond(paper, "exe", name="x")


def test_the_date_is_written_out_in_the_readers_language():
    with translation.override("zh-hans"):
        assert official_date(date(2026, 1, 2)) == "2026年1月2日"
    with translation.override("en"):
        assert official_date(date(2026, 1, 2)) == "2 January 2026"


def test_the_server_never_holds_the_typesetter():
    """It would keep 70 MB of fonts; the embedded server has 150 MB in all."""
    code = (
        "import sys; import common.papers; sys.exit(any(m in sys.modules for m in ('typst', 'docx', 'lxml')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
