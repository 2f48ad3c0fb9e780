"""What has to be there before the server serves: the schema, the static files, on request the demo bureau.

Each step asks first whether there is anything to do, so that a second start takes no time. The work itself
is done by a child process: what it needs in memory ends with it, and the server stays small for months.
"""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from accounts.models import Unit


def migrate(say, *, is_wanted: bool = False) -> None:
    """Bring the schema up to date; `is_wanted`: also where it is, for what a migration does besides."""
    if is_wanted or waiting_migrations():
        say("Preparing the database 准备数据库")
        run_child("migrate", "--noinput", "--verbosity", "0")


def waiting_migrations() -> set[tuple[str, str]]:
    """(app, name) of each migration that no row says is carried out.

    Found by the names of the files: reading them would cost every server 4 MB for as long as it runs.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    return {
        found for config in apps.get_app_configs() for found in _migrations_of(config.label)
    } - applied.keys()


def _migrations_of(label: str) -> Iterator[tuple[str, str]]:
    name, _is_set = MigrationLoader.migrations_module(label)
    if name is None or find_spec(name) is None:
        return
    for module in iter_modules(import_module(name).__path__):
        if not module.ispkg and module.name[0] not in "_~":
            yield label, module.name


def collect_static(say) -> None:
    """Collect the static files if one of them changed since the last time."""
    stamp, print_ = Path(settings.DATA_DIR) / "static-stamp", _fingerprint()
    if stamp.exists() and stamp.read_text() == print_ and Path(settings.STATIC_ROOT).is_dir():
        return
    say("Preparing the static files 准备静态文件")
    run_child("collectstatic", "--noinput", "--verbosity", "0")
    stamp.write_text(print_)


def _fingerprint() -> str:
    """Names, sizes and times of every static file, and how they are stored."""
    lines = [settings.STORAGES["staticfiles"]["BACKEND"]]
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            lines.append(f"{name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def seed_demo(say) -> None:
    """Load the demo bureau if nobody is here yet."""
    if not Unit.objects.exists():
        say("Loading the demo bureau 载入演示数据")
        run_child("seed_demo")


def demo_accounts() -> Path:
    return Path(settings.DATA_DIR) / "demo-accounts.csv"


def run_child(*arguments: str) -> None:
    """Run a management command as a child. It ends when we are told to; SystemExit with its code if it fails."""
    child = subprocess.Popen([sys.executable, sys.argv[0], *arguments])  # noqa: S603
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        if code := child.wait():
            raise SystemExit(code)
    finally:
        signal.signal(signal.SIGTERM, before)
        if child.poll() is None:
            child.terminate()
            child.wait()
