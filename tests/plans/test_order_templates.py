"""The tasks that a plan has ready: for which kind, from which level on, and what is refused when it is loaded."""

import pytest
from django.conf import settings

from plans.checks.documents import check
from plans.document.order_templates import offered_at, order_templates_of
from plans.document.strict_yaml import read

TEXT = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
UNIT = (settings.BASE_DIR / "plans/library/unit-petition-reception.yaml").read_text()


def test_each_level_adds_to_the_lower_ones():
    document = read(TEXT).value

    ids = {level: [one.id for one in offered_at(document, level)] for level in ("blue", "yellow", "orange")}

    assert ids["blue"] == ["T1", "T3", "T4", "T6", "T7"]
    assert ids["yellow"] == ["T1", "T2", "T3", "T4", "T6", "T7"]
    assert ids["orange"] == [f"T{n}" for n in range(1, 9)]
    assert [one.id for one in offered_at(document, "")] == ids["orange"]


def test_every_template_of_the_library_says_where_it_comes_from_and_is_in_both_languages():
    for text in (TEXT, UNIT):
        for one in order_templates_of(read(text).value):
            assert one.cite
            assert one.is_proposal
            assert one.task.zh != one.task.en
            assert one.words.zh != one.words.en


def test_a_plan_without_templates_offers_none():
    assert offered_at({}, "red") == ()


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("{id: T1, kind: collective_visit", "{id: T1, kind: nothing", "order_templates[0].kind"),
        ("{id: T2, kind: collective_visit", "{id: T1, kind: collective_visit", "order_templates[1].id"),
        (
            "origin: proposal, level: yellow, zh: 集体访",
            "level: mauve, zh: 集体访",
            "order_templates[1].level",
        ),
        ("task: {zh: 到接待大厅", f"task: {{zh: {'长' * 301}到接待大厅", "order_templates[0].task"),
    ],
)
def test_a_faulty_template_is_refused(old, new, path):
    assert old in TEXT

    found = check(TEXT.replace(old, new, 1).encode()).problems

    assert [one.path for one in found if one.severity == "problem"] == [path]


def test_a_template_without_citation_is_noted():
    text = TEXT.replace("cite: §3.2(4), origin: proposal, zh: 送物资到现场", "zh: 送物资到现场", 1)

    assert "order_templates[6]" in [one.path for one in check(text.encode()).problems]
