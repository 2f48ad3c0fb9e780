"""What rooms register with the rooms below them: docs/architecture.md lists all of it, and nothing else is registered."""

import ast
import importlib
import re
import sys
from pathlib import Path

import pytest
from django.conf import settings

from common.hooks import Hook, NamedHook
from tests import rooms

importlib.import_module("config.urls")

TOP = Path(settings.BASE_DIR)
#: Lowest first.
ROOMS = [room for room in reversed(rooms.ROOMS) if (TOP / room / "apps.py").exists()]
#: Registries of Django itself.
OF_DJANGO = {"common": ["register_converter"], "engine": ["post_migrate.connect", "post_migrate.connect"]}


def hooks() -> dict[str, Hook | NamedHook]:
    """Every hook by its name, from the module that defines it."""
    return {
        f"{module}.{name}": value
        for module in sorted(sys.modules)
        if module.partition(".")[0] in ROOMS and not module.endswith(".hooks")
        for name, value in list(vars(sys.modules[module]).items())
        if isinstance(value, Hook | NamedHook)
    }


def fillers() -> list[str]:
    return [room for room in ROOMS if (TOP / room / "hooks.py").exists()]


@pytest.fixture
def restored():
    """The hooks, put back as they were."""
    before = {name: hook.copy() for name, hook in hooks().items()}
    yield before
    for name, hook in hooks().items():
        hook.clear()
        if isinstance(hook, Hook):
            hook.extend(before[name])
        else:
            hook.update(before[name])


def filled_by_room() -> dict[str, list[str]]:
    """Hook → the rooms that fill it, found by having one room after another register anew."""
    found: dict[str, list[str]] = {name: [] for name in hooks()}
    for room in fillers():
        for hook in hooks().values():
            hook.clear()
        importlib.reload(sys.modules[f"{room}.hooks"])
        for name, hook in hooks().items():
            found[name] += [room] if hook else []
    return found


def listed() -> dict[str, list[str]]:
    text = (TOP / "docs/architecture.md").read_text()
    part = text.split("## Hooks")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| (.+) \| ([\w, ]+) \|$", part, flags=re.MULTILINE)
    assert all(what.strip() for _name, what, _rooms in rows)
    return {name: rooms.split(", ") for name, _what, rooms in rows}


def test_the_table_lists_every_hook_and_who_fills_it(restored):
    found = filled_by_room()

    assert listed() == found
    assert all(found.values()), "a hook that nobody fills is none"


def test_every_room_registers_when_the_program_starts(restored):
    assert [room for room in fillers() if f"{room}.hooks" not in sys.modules] == []
    assert all(restored.values())


def test_registering_again_changes_nothing(restored):
    for room in fillers():
        importlib.reload(sys.modules[f"{room}.hooks"])

    assert hooks() == restored


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_else_is_registered_when_a_room_starts(room):
    tree = ast.parse((TOP / room / "apps.py").read_text())
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]

    assert called == OF_DJANGO.get(room, [])


def test_a_name_is_given_out_once():
    hook: NamedHook = NamedHook()
    hook.register("a.b", len)
    hook.register("a.b", len)

    with pytest.raises(ValueError, match="a.b is registered twice"):
        hook.register("a.b", max)

    assert hook == {"a.b": len}
