"""Checklists are fit to be ticked off and to be read: ids that can be marked, no note to the writer."""

import pytest
from django.conf import settings

from incidents.models import ChecklistMark
from plans.checks import documents
from plans.checks.checklist_rules import LONGEST_ID, notes_to_the_writer
from plans.document.strict_yaml import read

TEXTS = {path.stem: path.read_text() for path in sorted((settings.BASE_DIR / "plans/library").glob("*.yaml"))}
CITY = TEXTS["city-justice-bureau"]
NOTICE = "告知：录音录像须真实、显著、事先告知"


def found(old, new, severity, text=CITY):
    assert text.count(old) == 1, old
    problems = documents.check(text.replace(old, new)).problems
    return [one for one in problems if one.severity == severity]


@pytest.mark.parametrize("name", TEXTS)
def test_no_plan_of_the_library_holds_a_note_to_its_writer(name):
    assert list(notes_to_the_writer(read(TEXTS[name]).value)) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{NOTICE}（文本可配置）",
        "告知内容待定",
        "告知：此处填写",
        "Give notice (text configurable)",
        "TODO give notice",
        "告知 TBD",
    ],
)
def test_a_note_to_the_writer_is_pointed_out(text):
    notes = found(NOTICE, text, "note")

    assert ("checklists[0].items[3].zh", "note to whoever writes the plan") in [
        (one.path, next((part for part in ["note to whoever writes the plan"] if part in one.message), "")) for one in notes
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("id: L3", "id: call_120", "checklists[0].items[2]"),
        ("id: L3", f"id: {'l' * (LONGEST_ID + 1)}", "checklists[0].items[2]"),
        ("same_as: keep_apart", "same_as: keep_together", "checklists[0].items[1].same_as"),
        ("blocks: [accountability_steps]", "blocks: [accountability]", "checklists[0].items[0].blocks"),
    ],
)
def test_what_could_not_be_ticked_off_is_refused(old, new, path):
    assert [one.path for one in found(old, new, "problem")] == [path]


def test_one_id_in_two_checklists_is_refused():
    text = TEXTS["unit-petition-reception"]

    assert "checklists[1].items[0]" in [
        one.path for one in found("- {id: S1,", "- {id: R1,", "problem", text)
    ]


def test_an_item_that_speaks_of_120_is_asked_whether_it_means_the_first_line():
    assert "checklists[0].items[0]" in [one.path for one in found("        same_as: call_120\n", "", "note")]
    assert all("120" not in one.message for one in documents.check(CITY).problems)


def test_the_longest_id_is_what_a_mark_holds():
    assert ChecklistMark._meta.get_field("item").max_length == LONGEST_ID
