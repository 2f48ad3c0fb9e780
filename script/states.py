"""The tables of all state machines as docs/architecture.md shows them: found in the rooms' `rules.py`, highest room first."""

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from common.states import NOTHING, StateTable, Transition
from script.figures import DOCUMENT, TOP, rooms

HEADING = "## States\n"
INTRODUCTION = """
For each kind of thing that has a life, one table: a `common.states.StateTable` in its `rules.py`. A row says in which states a verb applies, whose act it is, what comes after, which entry it writes and who is told by a notice of which purpose; the last column whose move it is then. The actions take the next state and the entry from it. `script/states --write` prints this section, and a test compares it ([ADR 0139](adr/0139-one-table-for-each-state-machine.md)). What is not listed cannot happen. "–" before a verb: the thing does not exist yet. "=": it stays as it is.
"""


def tables(top: Path = TOP) -> dict[str, StateTable]:
    """Every table by its whole name, in the order of the rooms."""
    return {
        f"{module}.{name}": value
        for room in rooms(top)
        for module in _rules(top, room)
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, StateTable)
    }


def _rules(top: Path, room: str) -> list[str]:
    files = sorted([*(top / room).glob("rules.py"), *(top / room).glob("*/rules.py")])
    return [".".join(file.relative_to(top).with_suffix("").parts) for file in files]


def section(found: dict[str, StateTable]) -> str:
    return HEADING + INTRODUCTION + "".join(_table(name, table) for name, table in found.items())


def _table(name: str, table: StateTable) -> str:
    lines = [
        "",
        f"`{name}`",
        "",
        "| in state | verb | by | then | entry | told | next move |",
        "|---|---|---|---|---|---|---|",
        *(_row(table, row) for row in table.rows.values()),
    ]
    return "\n".join(lines) + "\n"


def _row(table: StateTable, row: Transition) -> str:
    told = "; ".join(f"{who} ({purpose})" for purpose, who in row.tells.items())
    cells = (
        ", ".join(state or "–" for state in row.at),
        row.verb,
        row.by,
        row.to or "=",
        f"`{row.entry}`" if row.entry else "",
        told,
        _next_move(table, row),
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _next_move(table: StateTable, row: Transition) -> str:
    after = dict.fromkeys(row.to or state for state in row.at if row.to or state != NOTHING)
    return ", ".join(dict.fromkeys(str(table.turns[state]) for state in after))


def _split(text: str) -> Iterator[str]:
    """What stands before the section, and what after."""
    before, _heading, rest = text.partition(HEADING)
    yield before
    yield rest[rest.index("\n## ") + 1 :]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    importlib.import_module("django").setup()
    written = section(tables())
    if "--write" in sys.argv:
        before, after = _split(DOCUMENT.read_text())
        DOCUMENT.write_text(f"{before}{written}\n{after}")
    else:
        sys.stdout.write(written)


if __name__ == "__main__":
    main()
