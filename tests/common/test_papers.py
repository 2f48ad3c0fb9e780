"""Papers: the layout, the fonts, and text that wants to be markup."""

import io
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from contextlib import suppress
from datetime import date
from itertools import pairwise

import pytest
from django.conf import settings
from django.utils import translation

from common.documents import official_documents, typesetter
from common.documents.official_documents import (
    Fields,
    Heading,
    Paper,
    Paragraph,
    Picture,
    Table,
    as_docx,
    as_pdf,
    as_text,
    official_date,
    respond,
)
from common.errors import NotFound, Refused

HOSTILE = (
    '#import "x": * $a$ *粗* _斜_ [块] <标签> @引用 \\ #panic("no") {{7*7}} </w:t><w:b/> =cmd|/c\x00\x07'
)

#: Points of a millimetre.
MM = 72 / 25.4


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


# --- pictures, and words that are not Chinese ----------------------------------------------------------------


def picture(name):
    return Picture(settings.PICTURES_FOLDER / name, "值班室一览")


@pytest.mark.slow
def test_a_picture_stands_in_every_form_of_a_paper_with_its_words():
    paper = Paper(title="手册", body=(Paragraph("看图。"), picture("duty.zh.png"), picture("alarm.zh.png")))

    with translation.override("zh-hans"):
        pdf, word = as_pdf(paper), as_docx(paper)

    assert len(re.findall(rb"/Subtype ?/Image", pdf)) >= 2
    pictures = [
        name for name in zipfile.ZipFile(io.BytesIO(word)).namelist() if name.startswith("word/media/")
    ]
    assert len(pictures) == 2
    assert text_of_docx(word).count("值班室一览") == as_text(paper).count("值班室一览") == 2


@pytest.mark.parametrize(
    ("size", "share", "is_cut"),
    [
        ((1440, 900), 1.0, False),
        ((1440, 3628), 1.0, True),
        ((390, 844), 0.34, False),
        ((300, 200), 1.0, False),
    ],
    ids=["desk", "a long page of a desk", "telephone", "small"],
)
def test_a_picture_is_at_most_half_a_page_high(tmp_path, size, share, is_cut):
    (tmp_path / "one.png").write_bytes(struct.pack(">16x2I", *size))

    shape = Picture(tmp_path / "one.png", "").shape()

    assert (round(shape["share"], 2), shape["is_cut"]) == (share, is_cut)
    height = official_documents.TEXT_WIDTH * shape["share"] * shape["ratio"]
    assert shape["is_cut"] or height <= official_documents.HIGHEST + 0.01


@pytest.mark.slow
def test_quotation_marks_between_english_words_are_no_wider_than_letters():
    """A Chinese font has them as wide as its characters."""

    def characters_of_a_line(opening, closing):
        words = f"{opening}Take over{closing} " * 40
        with translation.override("en"):
            (page, *_more) = lines_of(as_pdf(Paper(title="Handbook", body=(Paragraph(words),))))
        return body_of(page)[2][3]

    assert characters_of_a_line("“", "”") >= 0.9 * characters_of_a_line('"', '"')


# --- GB/T 9704-2012 ------------------------------------------------------------------------------------------


def lines_of(made: bytes) -> list[list[tuple[float, float, float, int]]]:
    """For each page its lines from the top, measured in the PDF: left edge, height above the page's foot, size (all
    in points) and number of characters."""
    pages = []
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        with suppress(zlib.error):
            drawn = zlib.decompress(found[1])
            if b"TJ" in drawn:
                pages.append(_lines(drawn))
    return pages


def _lines(drawn: bytes):
    at: dict[float, list] = {}
    for x, y, size, text in re.findall(
        rb"1 0 0 -1 ([\d.]+) ([\d.]+) cm.*?/f\d+ ([\d.]+) Tf.*?\[(.*?)\]TJ", drawn, re.DOTALL
    ):
        strings = b"".join(re.findall(rb"\(((?:\\.|[^\\)])*)\)", text, re.DOTALL))
        glyphs = len(re.sub(rb"\\(\d{3}|.)", b"#", strings, flags=re.DOTALL)) // 2
        at.setdefault(round(float(y), 1), []).append((float(x), float(size), glyphs))
    return [
        (min(x for x, _, _ in parts), y, max(size for _, size, _ in parts), sum(n for _, _, n in parts))
        for y, parts in sorted(at.items(), reverse=True)
    ]


def body_of(page):
    """Its lines without the page number's."""
    return [line for line in page if line[2] == typesetter.BODY]


@pytest.fixture(scope="module")
def long_pages():
    """A paper of plain text over several pages."""
    with translation.override("zh-hans"):
        made = as_pdf(
            Paper(
                title="零报告",
                body=(Paragraph("字" * 28 * 70),),
                signed="示例县司法局",
                dated=date(2026, 11, 22),
            )
        )
    return lines_of(made)


@pytest.mark.slow
def test_a_page_has_22_lines_of_28_characters(long_pages):
    full = body_of(long_pages[1])

    assert len(full) == 22
    assert {count for _x, _y, _size, count in full} == {28}
    # 37 mm from the head, 35 mm from the foot, 28 mm from the left: nothing stands outside 156 x 225 mm.
    assert all(35 * MM <= y <= (297 - 37) * MM and round(x - 28 * MM, 1) == 0 for x, y, _size, _n in full)


@pytest.mark.slow
def test_the_first_line_is_set_in_by_two_characters(long_pages):
    first = body_of(long_pages[0])[0]

    assert (first[3], round((first[0] - 28 * MM) / (typesetter.BODY - typesetter.CLOSER), 2)) == (26, 2.0)


@pytest.mark.slow
def test_page_numbers_stand_at_the_outer_edge_one_character_in(long_pages):
    odd, even, third, *_more = (
        next(line for line in page if line[2] == typesetter.FOLIO) for page in long_pages
    )

    assert round(even[0] - 28 * MM, 1) == typesetter.FOLIO
    assert odd[0] > 400
    assert abs(third[0] - odd[0]) < 2
    # "— 1 —" is five letters wide at most four characters; it ends one character before the right edge.
    assert 210 * MM - 26 * MM - 5 * typesetter.FOLIO < odd[0] < 210 * MM - 26 * MM - 3 * typesetter.FOLIO
    assert 35 * MM - odd[1] > 7 * MM


@pytest.mark.slow
def test_headings_stay_on_the_lines():
    text = "字" * 28 * 3
    with translation.override("zh-hans"):
        made = as_pdf(Paper(title="题", body=(Paragraph(text), Heading("一、情况"), Paragraph(text))))

    heights = [y for _x, y, _size, _n in body_of(lines_of(made)[0])]

    assert all(abs(above - below - typesetter.PITCH) < 0.1 for above, below in pairwise(heights))


@pytest.mark.parametrize(
    ("name", "day", "indents"),
    [
        ("示例县司法局", "2026年11月22日", (5, 2)),
        ("示例市人民政府司法局", "2026年1月2日", (2, 4)),
        ("", "2026年1月2日", (10, 2)),
    ],
)
def test_where_name_and_date_end(name, day, indents):
    """Ten characters against six: the date begins two after the name, so it ends four before the edge."""
    assert typesetter.signature_indents(name, day) == indents


@pytest.mark.slow
def test_the_date_begins_two_characters_after_the_name(long_pages):
    name, day = body_of(long_pages[-1])[-2:]

    assert (name[3], day[3]) == (6, 11)
    assert round(day[0] - name[0], 1) == 2 * typesetter.BODY


@pytest.mark.slow
def test_a_word_file_keeps_the_same_grid_and_numbers_by_parity(paper):
    with zipfile.ZipFile(io.BytesIO(as_docx(paper))) as file:
        parts = {name: file.read(name).decode() for name in file.namelist() if name.endswith(".xml")}

    grid = re.search(r"<w:docGrid [^>]*>", parts["word/document.xml"])[0]
    assert 'w:type="linesAndChars"' in grid
    assert 22 * int(re.search(r'linePitch="(\d+)"', grid)[1]) <= 225 * MM * 20
    closer = int(re.search(r'charSpace="(-\d+)"', grid)[1]) / 4096
    assert 28 * (typesetter.BODY + closer) <= 156 * MM < 29 * (typesetter.BODY + closer)
    assert "<w:evenAndOddHeaders" in parts["word/settings.xml"]
    feet = [text for name, text in parts.items() if name.startswith("word/footer")]
    assert sorted(re.search(r'<w:jc w:val="(\w+)"', foot)[1] for foot in feet) == ["left", "right"]
    assert all('w:instr="PAGE"' in foot and "宋体" in foot for foot in feet)


@pytest.mark.slow
def test_text_is_never_markup(paper):
    """A panic in the text would stop the typesetter if it were read as markup."""
    assert as_pdf(Paper(title=HOSTILE, body=(Paragraph(HOSTILE),))).startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(as_docx(paper))) as file:
        assert b"<w:b/> =cmd" not in file.read("word/document.xml")


def test_without_a_chinese_font_there_is_no_pdf(paper, monkeypatch):
    answer = subprocess.CompletedProcess([], official_documents.NO_FONT, b"", b"no family")
    monkeypatch.setattr(official_documents.subprocess, "run", lambda *args, **kwargs: answer)

    with pytest.raises(Refused) as refused:
        as_pdf(paper)

    assert refused.value.code == "no_chinese_font"
    assert "fonts-noto-cjk" in str(refused.value)


def test_a_warning_of_the_typesetter_refuses_the_paper(paper, monkeypatch):
    answer = subprocess.CompletedProcess(
        [], official_documents.NOT_CLEAN, b"", b"unknown font family: fangsong"
    )
    monkeypatch.setattr(official_documents.subprocess, "run", lambda *args, **kwargs: answer)

    with pytest.raises(Refused) as refused:
        as_pdf(paper)

    assert refused.value.code == "paper_not_clean"
    assert "unknown font family" in str(refused.value)


@pytest.mark.slow
def test_the_press_warns_of_a_family_that_is_not_there(paper, monkeypatch, capsys):
    """The typesetter itself says so: a PDF in a wrong font does not pass."""
    monkeypatch.setattr(
        typesetter, "choose", lambda installed: dict.fromkeys(typesetter.FAMILIES, "No Such Song")
    )

    assert typesetter.pdf(official_documents._order(paper)) == typesetter.NOT_CLEAN
    assert "no such song" in capsys.readouterr().err.lower()


def test_fonts_are_chosen_in_the_order_of_the_standard():
    assert typesetter.choose(["DejaVu Sans", "Libertinus Serif"]) is None
    assert typesetter.choose(["Noto Sans CJK SC"]) == dict.fromkeys(typesetter.FAMILIES, "Noto Sans CJK SC")
    assert typesetter.choose(["SimHei", "FangSong", "Noto Serif CJK SC"]) == {
        "text": "FangSong",
        "title": "Noto Serif CJK SC",
        "heading": "SimHei",
        "folio": "Noto Serif CJK SC",
    }


def test_a_paper_that_takes_too_long_is_refused(paper, monkeypatch):
    monkeypatch.setattr(official_documents, "SECONDS", 0.001)

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
    code = "import sys; import common.documents.official_documents; sys.exit(any(m in sys.modules for m in ('typst', 'docx', 'lxml')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
