"""What a plan has ready for the desk: what it fills in, and what is refused when it is loaded."""

import pytest
from django.conf import settings

from plans.checks.documents import check
from plans.document.kinds import kinds_of
from plans.document.quick_fills import quick_fills_of
from plans.document.strict_yaml import read
from plans.engine.evaluation import evaluate
from plans.engine.facts import Facts

LIBRARY = settings.BASE_DIR / "plans/library"
TEXT = (LIBRARY / "city-justice-bureau.yaml").read_text()
OPENING = ["city-justice-bureau", "unit-petition-reception", "county-joint-attendance"]


def _of(name):
    return quick_fills_of(read((LIBRARY / f"{name}.yaml").read_text()).value)


@pytest.mark.parametrize("name", OPENING)
def test_every_template_of_the_library_is_in_both_languages_and_says_where_it_comes_from(name):
    found = _of(name)

    assert len(found) >= 4
    for one in found:
        assert one.cite
        assert one.is_proposal
        assert one.words.zh != one.words.en
        assert one.what.zh != one.what.en
        assert one.ask


def test_each_form_an_incident_takes_has_one():
    document = read(TEXT).value

    forms = {entry["id"] for entry in document["incident_forms"]}
    assert [one.kind.id for one in quick_fills_of(document)] == [
        id_ for id_ in kinds_of(document) if id_ in forms
    ]


def test_what_a_template_writes_into_the_form():
    by_id = {one.id: one for one in _of("unit-petition-reception")}

    assert (by_id["Q2"].headcount, by_id["Q2"].signs) == ("3-5", [])
    assert (by_id["Q4"].headcount, by_id["Q4"].signs) == ("", ["self_harm_signs"])
    assert {one.id: one.headcount for one in _of("city-justice-bureau")}["Q2"] == "1"


def test_a_band_of_attendance_leads_to_that_band():
    document = read((LIBRARY / "county-joint-attendance.yaml").read_text()).value

    levels = {one.id: evaluate(document, Facts(one.facts)).level.id for one in quick_fills_of(document)[:3]}

    assert levels == {"Q1": "band1", "Q2": "band2", "Q3": "band3"}


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("{id: Q1, kind: collective_visit", "{id: Q1, kind: nothing", "quick_fills[0].kind"),
        ("{id: Q2, kind: extreme", "{id: Q1, kind: extreme", "quick_fills[1].id"),
        (
            "facts: {life_risk: [self_harm_signs]}",
            "facts: {life_risk: [hiccups]}",
            "quick_fills[4].facts.life_risk",
        ),
        ("what: {zh: 多人到接待", f"what: {{zh: {'长' * 501}多人到接待", "quick_fills[0].what"),
        ("facts: {headcount: 0}", "facts: {urgent: true}", "quick_fills[2].facts.urgent"),
    ],
)
def test_a_faulty_template_is_refused(old, new, path):
    assert old in TEXT

    found = check(TEXT.replace(old, new, 1).encode()).problems

    assert [one.path for one in found if one.severity == "problem"] == [path]
