"""The empty, migrated database is made once and copied: migrating takes longer than most tests.

    if not prepared.lay(url):       # "sqlite:////path/to/file" or "postgres://…"; the place is empty
        …migrate…
        prepared.keep(url)

A copy is found by the fingerprint of what migrating reads. TEST_CACHE names the folder of the copies; `script/test`
gives each of its runs a new one, so that a run never trusts what another left behind.
"""

import ast
import getpass
import hashlib
import os
import platform
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
_SQLITE = "sqlite:///"


def is_kept(url: str) -> bool:
    """Whether there is a copy for this kind of database."""
    return _copy_for(url).exists()


def lay(url: str) -> bool:
    """Put the copy there; False where none was kept yet."""
    copy = _copy_for(url)
    if not copy.exists():
        return False
    if url.startswith(_SQLITE):
        _copy_sqlite(copy, Path(url.removeprefix(_SQLITE)))
    else:
        # Whose it is, and who has which rights, is the migration's to say: it follows in each place.
        _postgres(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--dbname", url, str(copy)
        )
    return True


def keep(url: str) -> None:
    """Keep a copy of the database that was just migrated. Two at once keep the same."""
    copy = _copy_for(url)
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = copy.with_name(f"{copy.name}.{uuid4().hex}")
    if url.startswith(_SQLITE):
        _copy_sqlite(Path(url.removeprefix(_SQLITE)), unfinished)
    else:
        _postgres("pg_dump", "--format=custom", "--compress=0", "--file", str(unfinished), url)
    unfinished.replace(copy)


def _copy_for(url: str) -> Path:
    return _folder() / f"{_fingerprint()}.{'sqlite3' if url.startswith(_SQLITE) else 'dump'}"


def _folder() -> Path:
    chosen = os.environ.get("TEST_CACHE")
    return Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"dashboard-tests-{getpass.getuser()}"


def _copy_sqlite(source: Path, goal: Path) -> None:
    goal.unlink(missing_ok=True)  # what an earlier run left in a folder that was kept
    with closing(sqlite3.connect(source)) as database:
        database.execute("VACUUM INTO ?", [str(goal)])


def _postgres(program: str, *arguments: str) -> None:
    from tests.processes import postgres_bin

    done = subprocess.run([str(postgres_bin() / program), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@cache
def _fingerprint() -> str:
    """Of the migrations, the product's files they import, the plans they may load, and the libraries."""
    migrations = sorted(path for path in ROOT.glob("*/**/migrations/*.py") if ".venv" not in path.parts)
    imported = {file for path in migrations for file in _product_files(path)}
    read = [
        *migrations,
        *sorted(imported),
        *sorted((ROOT / "plans/library").glob("*")),
        ROOT / "requirements.txt",
    ]
    told = hashlib.sha256(platform.python_version().encode())
    for path in read:
        told.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return told.hexdigest()[:24]


def _product_files(migration: Path):
    for node in ast.walk(ast.parse(migration.read_text())):
        for module in _modules(node):
            file = ROOT / f"{module.replace('.', '/')}.py"
            if file.exists():
                yield file


def _modules(node: ast.AST) -> list[str]:
    """What an import may mean: `from clocks.working_days import seed` names clocks and clocks.working_days.seed."""
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    return []
