"""A paper as texts: a label for each heading, a line for each row, nothing longer than the form allows."""

from datetime import date

from django.utils import translation

from common.documents.official_documents import Fields, Heading, Paper, Paragraph, Table
from exchange.documents import LONGEST_TEXT
from exchange.paper_texts import texts_of


def paper(*body, **more):
    with translation.override("zh-hans"):
        return texts_of(
            Paper(title="汇总", body=body, signed="示例市司法局", dated=date(2026, 11, 22), **more)
        )


def test_what_is_read_on_paper_is_read_on_the_screen_in_its_order():
    said = paper(
        Paragraph("前言"),
        Heading("一、概况"), Paragraph("应报 3"), Paragraph("已报 2"),
        Heading("二、各单位"), Table(("单位", "应报"), (("甲", "1"), ("乙", "2"))),
        Heading("三、数据"), Fields((("事件", "4"),)),
        notes=("第 2 版",),
    )  # fmt: skip
    assert said == [
        ("", "前言"),
        ("一、概况", "应报 3\n已报 2"),
        ("二、各单位", "单位 甲；应报 1\n单位 乙；应报 2"),
        ("三、数据", "事件：4"),
        ("落款", "第 2 版\n示例市司法局 2026年11月22日"),
    ]


def test_a_long_table_is_several_texts_and_no_row_is_lost():
    rows = tuple((f"单位{n}", "长" * 900) for n in range(20))
    said = paper(Heading("各单位"), Table(("单位", "内容"), rows))[:-1]
    assert len(said) > 1
    assert all(len(text) <= LONGEST_TEXT for _label, text in said)
    assert sum(text.count("单位 ") for _label, text in said) == 20


def test_a_heading_without_a_word_keeps_its_place():
    assert paper(Heading("一、概况"))[0] == ("一、概况", "")
