"""docs/security.md: each security control with what keeps it and the tests that show it.

The controls stand in tests/controls.py; which tests show one is said by the tests themselves, in marks
`@pytest.mark.control(7)` or `pytestmark = pytest.mark.control(7)` for a whole file. They are read from the source.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from script.figures import TOP
from tests.controls import CONTROLS, GROUPS, NONE, PARTLY, PROVEN, Control

DOCUMENT = TOP / "docs/security.md"
#: Of a control: file → the names of its tests, none for all of them.
Tests = dict[str, list[str]]
WORDS = {PROVEN: "已证明 proven", PARTLY: "部分 partly", NONE: "没有 none"}
HEAD = """\
# 安全控制 Security controls

本系统承诺的安全控制、由什么实现、由哪些测试证明。“已证明”：所列测试验证了该行的全部内容；“部分”：注明缺什么；“没有”：注明暂时怎么办。运维自查、等级保护测评时可逐条核对：`script/test` 后接测试文件即可重跑。

What this product promises, what keeps it and which tests show it. *Proven*: the tests named show all that the line says. *Partly*: what is missing is said. *None*: what to do meanwhile is said. To look for yourself, run `script/test` with the file of a test.

This page is made by `script/controls --write` from `tests/controls.py` and the marks on the tests; the suite compares ([ADR 0224](adr/0224-a-control-is-what-a-marked-test-shows.md)).
"""


def marked(folder: Path = TOP / "tests") -> dict[int, Tests]:
    """Control → file → its tests."""
    found: dict[int, Tests] = {}
    for file in sorted(folder.rglob("test_*.py")):
        for number, test in _marks(ast.parse(file.read_text())):
            names = found.setdefault(number, {}).setdefault(str(file.relative_to(folder.parent)), [])
            if test:
                names.append(test)
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(to, ast.Name) and to.id == "pytestmark" for to in node.targets
        ):
            values = node.value.elts if isinstance(node.value, ast.List) else [node.value]
            yield from ((number, "") for number in _numbers(values))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ((number, node.name) for number in _numbers(node.decorator_list))


def _numbers(marks: list[ast.expr]) -> Iterator[int]:
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.control":
            yield from (ast.literal_eval(given) for given in mark.args)


def complaints(controls: Mapping[int, Control], tests: Mapping[int, Tests], top: Path = TOP) -> list[str]:
    """What does not fit, a sentence each."""
    found = [
        f"A mark names control {number}, which there is not." for number in sorted({*tests} - {*controls})
    ]
    for number, control in controls.items():
        if control.status != NONE and number not in tests:
            found.append(f"Control {number} is called {control.status}, and no test is marked with it.")
        if control.status == NONE and number in tests:
            found.append(f"Control {number} is called none, and a test is marked with it.")
        if bool(control.lacks_zh) != bool(control.lacks_en) or (
            control.status == NONE and not control.lacks_en
        ):
            found.append(f"Control {number} does not say in both languages what is missing.")
        found += [
            f"Control {number} names {path}, which is not there."
            for path in control.mechanism.split()
            if not (top / path).exists()
        ]
    return found


def document(controls: Mapping[int, Control], tests: Mapping[int, Tests]) -> str:
    statuses = [control.status for control in controls.values()]
    counts = ", ".join(f"{statuses.count(status)} {words}" for status, words in WORDS.items())
    lines = [HEAD, f"{len(controls)} controls: {counts}.", ""]
    lines += ["| | 控制 control | 状态 status |", "|---|---|---|"]
    lines += [
        f"| [{number}](#c{number}) | {control.zh}<br>{control.en} | {WORDS[control.status]} |"
        for number, control in controls.items()
    ]
    for number, control in controls.items():
        if number in GROUPS:
            lines += ["", "## {} {}".format(*GROUPS[number])]
        lines += ["", *_lines(number, control, tests.get(number, {}))]
    return "\n".join(lines) + "\n"


def _lines(number: int, control: Control, tests: Tests) -> Iterator[str]:
    yield f'<a id="c{number}"></a>**{number}. {control.zh}** {control.en}'
    yield ""
    yield f"- {WORDS[control.status]}"
    if control.lacks_en:
        yield f"- 缺 missing: {control.lacks_zh} {control.lacks_en}"
    if control.mechanism:
        yield "- 机制 mechanism: " + ", ".join(f"`{path}`" for path in control.mechanism.split())
    for file, names in tests.items():
        yield f"- 测试 tests: `{file}`" + (": " if names else "") + ", ".join(f"`{name}`" for name in names)


def main(arguments: list[str]) -> int:
    tests = marked()
    written = document(CONTROLS, tests)
    if "--write" in arguments:
        DOCUMENT.write_text(written)
    elif "--check" in arguments:
        found = complaints(CONTROLS, tests)
        if not DOCUMENT.exists() or DOCUMENT.read_text() != written:
            found.append("docs/security.md is not what the table and the marks say: script/controls --write")
        print("\n".join(found))
        return int(bool(found))
    else:
        print(written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
