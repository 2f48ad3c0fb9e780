"""What a plan says of the time after an incident is checked before it is loaded."""

import pytest
from django.conf import settings

from plans.checks.documents import check
from plans.document.after_action import approver_of, questions_of, remind_of_improvements
from plans.document.strict_yaml import read

TEXT = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
RULES = (settings.BASE_DIR / "plans/library/county-zero-report-and-cases.yaml").read_text()


def test_the_source_asks_eight_questions_in_three_phases():
    found = questions_of(read(RULES).value)

    assert [one.phase for one in found] == ["before"] * 3 + ["during"] * 3 + ["after"] * 2
    assert {(one.cite, one.is_proposal) for one in found} == {("§十5", False)}


def test_another_plan_that_borrows_them_says_so():
    found = questions_of(read(TEXT).value)

    assert len(found) == 8
    assert {one.is_proposal for one in found} == {True}
    assert approver_of(read(TEXT).value).name == "deputy_petition"


def test_a_plan_that_says_nothing_asks_nothing():
    assert (questions_of({}), approver_of({}), remind_of_improvements({}).before) == ((), None, ())


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("approver: deputy_petition", "approver: nobody_here", "after_action.approver"),
        ("{id: screening, phase: before", "{id: prevention, phase: before", "after_action.questions[1].id"),
        ("{id: screening, phase: before", f"{{id: {'s' * 41}, phase: before", "after_action.questions[1].id"),
        ("{id: screening, phase: before", "{id: screening, phase: never", "after_action.questions[1].phase"),
        ("before: [P3D, P1D]", "before: [3WD]", "after_action.improvements.before[0]"),
        ("before: [P3D, P1D]", "before: [soon]", "after_action.improvements.before[0]"),
        (
            "{after: P7D, role: county",
            "{after: PT1H, role: county",
            "after_action.improvements.climb[1].after",
        ),
        ("{after: P7D, role: county", "{after: P7D, role: no_", "after_action.improvements.climb[1].role"),
    ],
)
def test_what_makes_no_sense_is_named_at_its_place(old, new, path):
    assert old in TEXT
    checked = check(TEXT.replace(old, new, 1))

    assert path in {found.path for found in checked.problems if found.severity == "problem"}
