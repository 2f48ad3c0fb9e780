"""A house rule: a clock, a browser and a gateway have one home each, and their names mean one thing everywhere."""

import ast
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).resolve().parent
HOMES = ["wall_clock.py", "browsers.py", "gateways.py"]


def fixtures_of(text: str) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
    }


def test_what_has_a_home_is_defined_there_alone():
    found = defaultdict(list)
    for file in TESTS.rglob("*.py"):
        for name in fixtures_of(file.read_text()):
            found[name].append(str(file.relative_to(TESTS)))
    at_home = {name: home for home in HOMES for name in fixtures_of((TESTS / home).read_text())}

    assert {"now", "wall_clock", "browser", "signed_in", "chromium", "gateway"} <= set(at_home)
    assert {name: found[name] for name, home in at_home.items() if found[name] != [home]} == {}
    assert "clock" not in found, "a clock of the plan, the wall clock, an hour: say which"
