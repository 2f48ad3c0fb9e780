import re
from pathlib import Path

import pytest

from common.text.headlines import headline

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WHOLE = re.compile(r"\{\{\s*(?:\w+\.)*(?:incident|other)\.title\b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("十余人在大厅拉横幅", "十余人在大厅拉横幅"),
        ("一" * 40, "一" * 40),
        ("一" * 41, "一" * 39 + "…"),
        ("a" * 80, "a" * 80),
        ("a" * 81, "a" * 78 + "…"),
        ("two\n\n words", "two words"),
        ("word " * 20, "word " * 14 + "word…"),
        ("在门口，" * 11, ("在门口，" * 10)[:-1] + "…"),
    ],
)
def test_a_headline_is_forty_characters_at_most(text, shown):
    assert headline(text) == shown


def test_a_single_long_word_is_cut_all_the_same():
    assert headline("x" * 500).endswith("x…")


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_a_page_shows_what_was_said_of_an_incident_as_a_headline(file):
    """500 characters above a form push its fields off the screen. The whole text stands among the facts."""
    assert not WHOLE.search(file.read_text())


def test_the_page_that_signs_begins_with_a_headline():
    """The whole matter stands in the first panel below, word for word."""
    head = (ROOT / "templates/early_warnings/parts/_head.html").read_text()

    assert "{% headline warning.matter %}" in head
    assert "{{ warning.matter }}" not in head
