"""How script/figures counts, on a house of a few lines; and the one figure that has to stay as it is."""

import pytest

from script import figures

APPS = """
from django.apps import AppConfig

class RoomConfig(AppConfig):
    def ready(self):
        from django.urls import register_converter
        from low.words import KNOWN
        from low import hearing
        from low.asking import register as ask
        register_converter(None, "x")
        KNOWN.update({})
        hearing.on_record(print)
        for one in (1, 2):
            ask(one)
        ask(3)
"""


@pytest.fixture
def house(tmp_path):
    files = {
        "pyproject.toml": '[tool.importlinter]\nroot_packages = ["high", "low"]\n',
        "high/__init__.py": "",
        "high/apps.py": APPS,
        "high/deep/one.py": "def one():\n    def two():\n        pass\n",
        "high/migrations/0001_initial.py": "def forwards():\n    pass\n",
        "low/__init__.py": "VERSION = 1\n",
        "templates/page.html": "short\n" + "x" * 121 + "\n",
        "low/templates/part.html": "x" * 120 + "\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_files_that_nobody_wrote_are_not_counted(house):
    found = [figures.modules(house, room) for room in figures.rooms(house)]

    assert [[str(file.relative_to(house)) for file in files] for files in found] == [
        ["high/apps.py", "high/deep/one.py"],
        ["low/__init__.py"],
    ]
    assert figures.files_a_folder(found[0]) == [1, 1]


def test_a_function_is_as_long_as_its_lines(house):
    assert figures.function_lengths([house / "high/deep/one.py"]) == [2, 3]


@pytest.mark.parametrize(("share", "number"), [(0.5, 5), (0.9, 9), (0.91, 10), (1, 10)])
def test_a_percentile_is_one_of_the_numbers(share, number):
    assert figures.percentile(list(range(1, 11)), share) == number


def test_lines_are_too_wide_beyond_the_edge(house):
    pages = figures.templates(house, figures.rooms(house))

    assert len(pages) == 2
    assert figures.lines_over(pages, 120) == 1


def test_a_registry_is_what_an_app_hands_something_to(house):
    assert figures.registries(house, ["high", "low"]) == [
        "low.asking.register",
        "low.hearing.on_record",
        "low.words.KNOWN",
    ]


def test_the_table_keeps_what_was_and_names_what_is_gone(tmp_path):
    document = tmp_path / "architecture.md"
    document.write_text("# A\n\n" + figures.table({"files": "9", "`old`": "3"}, {}) + "\n\nMore | of it.\n")

    was = figures.before(document)

    assert was == {"files": "9", "`old`": "3"}
    assert figures.table(was, {"files": "7"}).splitlines()[2:] == ["| files | 9 | 7 |", "| `old` | 3 | – |"]


def test_no_two_modules_import_each_other_by_any_way():
    assert figures.circles(figures.rooms()) == []
