"""Every security control has a line, what keeps it, and tests that carry its number; docs/security.md says the same."""

import pytest

from script.controls import DOCUMENT, complaints, document, marked
from tests.controls import CONTROLS, GROUPS, Control


@pytest.fixture(scope="module")
def tests():
    return marked()


def test_the_controls_are_numbered_without_a_gap():
    assert list(CONTROLS) == list(range(1, len(CONTROLS) + 1))
    assert set(GROUPS) <= set(CONTROLS)


def test_controls_mechanisms_and_marks_fit_together(tests):
    assert complaints(CONTROLS, tests) == []


def test_the_document_is_what_the_table_and_the_marks_say(tests):
    assert DOCUMENT.read_text() == document(CONTROLS, tests), "script/controls --write"


def test_every_line_says_in_two_languages_what_it_is_about():
    for control in CONTROLS.values():
        assert any("\u4e00" <= sign <= "\u9fff" for sign in control.zh + control.lacks_zh)
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in control.en + control.lacks_en)


SOURCE = """
import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.control(1, 2)]

@pytest.mark.slow
@pytest.mark.control(3)
def test_one():
    pass

@pytest.mark.control(3)
async def test_two():
    pass
"""


def test_marks_are_read_from_files_and_functions(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_x.py").write_text(SOURCE)

    assert marked(tmp_path / "tests") == {
        1: {"tests/test_x.py": []},
        2: {"tests/test_x.py": []},
        3: {"tests/test_x.py": ["test_one", "test_two"]},
    }


@pytest.mark.parametrize(
    ("control", "tests", "said"),
    [
        (Control("词", "word", "manage.py"), {}, "no test is marked"),
        (Control("词", "word", "manage.py nowhere.py"), {1: {"x": []}}, "nowhere.py, which is not there"),
        (Control("词", "word", "manage.py", "缺"), {1: {"x": []}}, "both languages"),
        (Control("词", "word", ""), {}, "both languages"),
        (Control("词", "word", "", "缺", "missing"), {1: {"x": []}}, "is called none, and a test"),
        (Control("词", "word", "manage.py"), {1: {"x": []}, 61: {"x": []}}, "control 61, which there is not"),
    ],
)
def test_what_does_not_fit_is_said(control, tests, said):
    (sentence,) = complaints({1: control}, tests)

    assert said in sentence


def test_what_fits_is_not_complained_about():
    assert complaints({1: Control("词", "word", "manage.py")}, {1: {"x": []}}) == []
