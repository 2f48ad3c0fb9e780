"""Which version runs: for the page System, for metrics, and for whoever reports a fault."""

import re
import subprocess
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
#: `git archive` writes the commit into this file (.gitattributes); in a clone it is as it stands in the repository.
REVISION = TOP / "common/revision.txt"


@cache
def version() -> str:
    """As in "0.1.0+4f1c2d3e4a5b": the version, and the commit where it is known (a release, a clone)."""
    number = re.search(r'^version = "(.+)"$', (TOP / "pyproject.toml").read_text(), re.MULTILINE)[1]
    revision = _revision()
    return f"{number}+{revision[:12]}" if revision else number


def _revision() -> str:
    said = REVISION.read_text().strip() if REVISION.exists() else ""
    if re.fullmatch(r"[0-9a-f]{40}", said):
        return said
    if not (TOP / ".git").exists():
        return ""
    try:
        return subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607 – the git of whoever works in a clone
            cwd=TOP,
            capture_output=True,
            text=True,
            check=True,
            timeout=5,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
