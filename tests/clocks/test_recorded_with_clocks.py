"""A house rule: an entry that names a plan is written together with the plan's clocks."""

import ast
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
NOT_PRODUCT = {".venv", "tests", "script", "deploy", "bench", "node_modules", "var", "docs"}
#: The note beside an entry on a number that was kept: no time limit runs from it.
WITHOUT_CLOCKS = {"journal/record.py", "accounts/intake/closing.py"}


def entries_of_a_plan(text: str) -> list[str]:
    """Calls of record() or record_many() alone that name a plan, or may."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [ast.unparse(call) for call in calls if _names_a_plan(call)]


def _names_a_plan(call: ast.Call) -> bool:
    name = getattr(call.func, "id", "")
    if name == "record":
        return any(keyword.arg in ("plan", None) for keyword in call.keywords)
    if name != "record_many":
        return False
    dicts = [node for node in ast.walk(call) if isinstance(node, ast.Dict)]
    keys = [getattr(key, "value", "plan") for one in dicts for key in one.keys]
    return not dicts or "plan" in keys


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("record('a.b', subject='x:1', at=now, plan=ref)", True),
        ("record('a.b', **entry)", True),
        ("record('a.b', subject='x:1', at=now)", False),
        ("record_many('a.b', entries)", True),
        ("record_many('a.b', [{'subject': 'x:1', 'plan': ref} for x in y])", True),
        ("record_many('a.b', [{'subject': 'x:1'} for x in y])", False),
        ("record_with_clocks('a.b', plan=ref)", False),
    ],
)
def test_such_a_call_is_found(code, is_one):
    assert bool(entries_of_a_plan(code)) is is_one


def test_no_entry_names_a_plan_without_its_clocks():
    found = {}
    for file in TOP.glob("*/**/*.py"):
        name = str(file.relative_to(TOP))
        if name.partition("/")[0] in NOT_PRODUCT or name in WITHOUT_CLOCKS | {"clocks/actions.py"}:
            continue
        if calls := entries_of_a_plan(file.read_text()):
            found[name] = calls

    assert found == {}
