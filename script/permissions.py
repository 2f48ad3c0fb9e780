"""docs/permissions.md: what each address asks before it answers, as dashboards.rights.doors reads it from the code."""

import importlib
import os
import re
import sys
from typing import Any

from script.figures import TOP

DOCUMENT = TOP / "docs/permissions.md"
HEAD = """\
# 地址与权限 What each address asks

每个地址、每种请求方法在回答之前问什么：权限词（岗位对应见 `accounts.verbs`，页面“权限一览”）、各模块的检查、按读者权限取出的对象。由 `script/permissions --write` 从代码读出，测试核对；改动一处权限，本表随之改变，评审时可见。

What is asked behind each address and method before it answers: verbs (which posts carry them says `accounts.verbs`), checks of the rooms' `permissions.py`, and things of which only those visible to the reader are taken. It is read from the code by `script/permissions --write` and compared by a test: whoever opens a door changes a line here ([ADR 0240](adr/0240-what-a-door-asks-is-read-from-its-code.md)). What stands in a line can be asked on the way; that the answers follow is tried by the tests in `tests/rights`.

*own*: what belongs to who is signed in. *everybody*: whoever is signed in. *public*: nobody need be signed in; the reason is in `tests/accounts/test_routes.py`.

| address | method | verbs | checks | things |
|---|---|---|---|---|
"""


def document() -> str:
    doors = importlib.import_module("dashboards.rights.doors")
    public = importlib.import_module("tests.accounts.test_routes").PUBLIC
    # Methods of one address that ask the same share a line.
    together: dict[tuple, list[str]] = {}
    for door in doors.doors():
        together.setdefault((door.pattern, door.name, door.asks), []).append(door.method.upper())
    return HEAD + "".join(
        sorted(
            _line(pattern, methods, asks, name in public)
            for (pattern, name, asks), methods in together.items()
        )
    )


def _line(pattern: str, methods: list[str], asks: Any, is_public: bool) -> str:
    verbs = [*sorted(asks.verbs)]
    if is_public:
        verbs = ["*public*"]
    elif not asks:
        verbs = ["*everybody*"]
    elif not (asks.verbs or asks.checks or asks.rows):
        verbs = ["*own*"]
    checks = () if is_public else sorted(name.replace(".permissions.", " ") for name in asks.checks)
    rows = () if is_public else sorted(asks.rows)
    cells = (_address(pattern), ", ".join(methods), *(", ".join(one) for one in (verbs, checks, rows)))
    return f"| {' | '.join(cells)} |\n"


def _address(pattern: str) -> str:
    """`/incidents/{number}/close/`"""
    pattern = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", pattern)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", re.sub(r"\\Z|[\^$?\\]", "", pattern))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    importlib.import_module("django").setup()
    if "--write" in sys.argv:
        DOCUMENT.write_text(document())
    else:
        sys.stdout.write(document())


if __name__ == "__main__":
    main()
