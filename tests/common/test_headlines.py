import pytest

from common.text.headlines import headline


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
