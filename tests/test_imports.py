"""Whatever a module takes from another of ours is there, also where it is brought in only when it is needed."""

import ast
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from tests import rooms
from tests.test_local_time import our_files


@cache
def is_there(module: str, name: str) -> bool:
    home = import_module(module)
    return hasattr(home, name) or (hasattr(home, "__path__") and find_spec(f"{module}.{name}") is not None)


def taken(text: str) -> set[tuple[str, str]]:
    """(module of ours, name) of each import in a module, at its head or within a function."""
    return {
        (node.module, alias.name)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom)
        and node.level == 0
        and node.module.partition(".")[0] in (*rooms.ROOMS, "config")
        for alias in node.names
        if alias.name != "*"
    }


def test_the_rule_reads_an_import_within_a_function():
    assert taken("def post():\n    from notices.channels.answers import Gone\n") == {
        ("notices.channels.answers", "Gone")
    }
    assert not is_there("notices.channels.answers", "Gone")


def test_every_name_that_is_imported_is_there():
    asked = {(file, *one) for file, text in our_files().items() for one in taken(text)}

    assert len(asked) > 5000
    assert {one for one in asked if not is_there(*one[1:])} == set()
