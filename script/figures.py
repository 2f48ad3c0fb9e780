"""Measure the house: the table of docs/architecture.md, with its column "before" kept and "after" measured now.

Counted is the product: the rooms of pyproject.toml, without migrations and empty files.

- *Files, folders*: a folder counts where it holds a file of Python; the percentile is over the folders.
- *Function length*: from `def` to the last line, docstring and inner functions included.
- *Modules an alarm passes*: the real application is called in this process with a demo bureau on SQLite. A township's
  clerk raises an alarm over the API while the county's duty officer has a socket open; `sys.setprofile` notes in every
  thread the modules of ours whose functions run from the request until the frame with `incident.reported` has come. The
  alarm before it is not counted, so that what happens once in a process (imports, caches) is left out. The engine does
  not run beside it. The second figure begins at the view's own method and leaves out `common`: what somebody reads who
  follows an alarm through the rooms.
- *Registries*: what the rooms fill from their `ready()`: module-level functions and collections of other modules that
  an `apps.py` or `hooks.py` hands something to (by name; Django's own are left out).
- *Circles*: sets of modules that import each other, wherever the import stands (in functions, for types only).
"""

import ast
import asyncio
import os
import sys
import tempfile
import tomllib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from math import ceil
from pathlib import Path

import grimp

TOP = Path(__file__).resolve().parent.parent
DOCUMENT = TOP / "docs/architecture.md"
WIDEST = 120
LONGEST = 400
HEADING = "| figure | before | after |"


def rooms(top: Path = TOP) -> list[str]:
    with (top / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["tool"]["importlinter"]["root_packages"]


# --- files and lines ---------------------------------------------------------------------------------------------


def modules(top: Path, room: str) -> list[Path]:
    """The room's files of Python that somebody wrote."""
    return sorted(
        file
        for file in (top / room).rglob("*.py")
        if "migrations" not in file.parts and (file.name != "__init__.py" or file.read_text().strip())
    )


def files_a_folder(files: Iterable[Path]) -> list[int]:
    folders = defaultdict(int)
    for file in files:
        folders[file.parent] += 1
    return sorted(folders.values())


def function_lengths(files: Iterable[Path]) -> list[int]:
    return sorted(
        node.end_lineno - node.lineno + 1
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def percentile(numbers: list[int], share: float) -> int:
    """The smallest of the sorted `numbers` that is not below `share` of them; 0 of none."""
    return numbers[ceil(share * len(numbers)) - 1] if numbers else 0


def templates(top: Path, names: Iterable[str]) -> list[Path]:
    folders = [top / "templates", *(top / room / "templates" for room in names)]
    return sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())


def lines_over(files: Iterable[Path], width: int) -> int:
    return sum(len(line) > width for file in files for line in file.read_text().splitlines())


def longer_than(files: Iterable[Path], lines: int) -> int:
    return sum(len(file.read_text().splitlines()) > lines for file in files)


# --- what hangs together -----------------------------------------------------------------------------------------


def circles(names: Iterable[str]) -> list[list[str]]:
    """Sets of modules each of which leads to each other one."""
    graph = grimp.build_graph(*names, cache_dir=None)
    found = {
        frozenset({module, *graph.find_upstream_modules(module) & graph.find_downstream_modules(module)})
        for module in graph.modules
    }
    return sorted(sorted(circle) for circle in found if len(circle) > 1)


def registries(top: Path, names: Iterable[str]) -> list[str]:
    """What is filled from `apps.py` and `hooks.py`, by dotted name."""
    names = set(names)
    filled = set()
    for room in names:
        for file in (top / room).rglob("*.py"):
            if file.name in ("apps.py", "hooks.py"):
                filled |= set(_handed_to(ast.parse(file.read_text()), names))
    return sorted(filled)


def _handed_to(tree: ast.Module, names: set[str]) -> Iterator[str]:
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    statements = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    for call in statements:
        if isinstance(call, ast.Call) and (call.args or call.keywords):
            first, *rest = ast.unparse(call.func).split(".")
            target = ".".join([imported.get(first, ""), *rest])
            if target.partition(".")[0] in names:
                # A collection is named, not its method.
                yield target.removesuffix(".update").removesuffix(".append").removesuffix(".add")


# --- the way of an alarm -----------------------------------------------------------------------------------------


def way_of_an_alarm(names: Iterable[str]):
    """See the module. Returns tests.calls.Calls."""
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        Path(folder, "static").mkdir()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": folder,
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "ALLOWED_HOSTS": "dashboard.test",
            # No beat between the request and the frame.
            "LIVE_BEAT_SECONDS": "600",
        }
        from config.asgi import application

        token, session = _a_bureau()
        return asyncio.run(_raise_twice(application, token, session, names))


def _a_bureau() -> tuple[str, str]:
    """A clerk's token and a duty officer's session."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    with redirect_stdout(StringIO()) as said:
        call_command("seed_demo")
    with redirect_stdout(StringIO()) as said:
        call_command("issue_token", "town11.clerk", "--every-scope", "--days=1")
    browser = Client()
    browser.force_login(get_user_model().objects.get(username="county1.duty"))
    return said.getvalue().strip(), browser.cookies[settings.SESSION_COOKIE_NAME].value


async def _raise_twice(application, token: str, session: str, names: Iterable[str]):
    from django.urls import resolve

    from journal.live import hub
    from tests.calls import Screen, call, recording

    path = "/api/v1/alarms/"
    with recording(names, door=resolve(path).func.view_class.post) as calls:
        screen = Screen(application, session)
        await screen.open()
        for is_counted in (False, True):
            if is_counted:
                calls.begin()
            alarm = {
                "client_id": str(uuid.uuid4()),
                "unit": "T11",
                "facts": {"headcount": {"low": 6, "high": 20}},
            }
            await call(application, "POST", path, alarm, token=token)
            await screen.wait_for("incident.reported")
        calls.end()
        await screen.close()
        await hub.stop_here()
    return calls


# --- the table ---------------------------------------------------------------------------------------------------


def figures(top: Path = TOP) -> dict[str, str]:
    names = rooms(top)
    files = [file for room in names for file in modules(top, room)]
    pages = templates(top, names)
    lengths, folders = function_lengths(files), files_a_folder(files)
    filled, loops, calls = registries(top, names), circles(names), way_of_an_alarm(names)
    behind = {module for module in calls.modules_behind if not module.startswith("common.")}
    return {
        "files, folders": f"{len(files)}, {len(folders)}",
        "files a folder, p90": str(percentile(folders, 0.9)),
        "lines a function, p50 / p90": f"{percentile(lengths, 0.5)} / {percentile(lengths, 0.9)}",
        f"files of over {LONGEST} lines": str(longer_than([*files, *pages], LONGEST)),
        f"lines of over {WIDEST} columns in templates": str(lines_over(pages, WIDEST)),
        "modules an alarm passes, from the request to the other screen": str(len(calls.modules)),
        "… from the view on, without `common`": str(len(behind)),
        "registries": str(len(filled)),
        "circles of modules": "; ".join(" ⇄ ".join(circle) for circle in loops) or "0",
        **{f"`{room}`: files in folders, most in one": _room(modules(top, room)) for room in sorted(names)},
    }


def _room(files: list[Path]) -> str:
    folders = files_a_folder(files)
    return f"{len(files)} in {len(folders)}, {max(folders, default=0)}"


def before(document: Path = DOCUMENT) -> dict[str, str]:
    """The first column of the table that stands in the document; nothing if there is none yet."""
    _, _, table = document.read_text().partition(f"{HEADING}\n")
    rows = (line.split(" | ") for line in table.partition("\n\n")[0].splitlines() if " | " in line)
    return {row[0].removeprefix("| "): row[1] for row in rows}


def table(was: dict[str, str], now: dict[str, str]) -> str:
    lines = [f"| {name} | {was.get(name, '–')} | {now.get(name, '–')} |" for name in {**now, **was}]
    return "\n".join([HEADING, "|---|---|---|", *lines])


def main(arguments: list[str]) -> int:
    if "--alarm" in arguments:
        print("\n".join(sorted(way_of_an_alarm(rooms()).modules)))
    else:
        print(table(before(), figures()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
