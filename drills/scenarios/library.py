"""Which scenarios there are: those that are shipped, and the bureau's own beside them in `DATA_DIR/scenarios`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.choices import PostKind
from drills.scenarios.checks import Checked, check
from drills.scenarios.document import Scenario, scenario_of
from journal.kinds import KINDS

SHIPPED = Path(__file__).parent


def check_here(text: str | bytes) -> Checked:
    """Against the entries and posts this product knows."""
    known = frozenset(name for name, kind in KINDS.items() if not kind.awaited)
    return check(text, kinds=known, posts=frozenset(PostKind.values))


def documents() -> dict[str, dict[str, Any]]:
    """Every scenario that can be played, as plain data, by its id. One of the bureau's own takes the place of a
    shipped one of the same id; a file with a problem is left out (`check_scenario` says why)."""
    found = {}
    for file in _files():
        checked = check_here(file.read_bytes())
        if checked.is_playable and checked.document:
            found[checked.document["id"]] = checked.document
    return found


def scenarios() -> list[Scenario]:
    return [scenario_of(document) for document in documents().values()]


def _files() -> Iterator[Path]:
    for folder in (SHIPPED, Path(settings.DATA_DIR) / "scenarios"):
        if folder.is_dir():
            yield from sorted(folder.glob("*.yaml"))
