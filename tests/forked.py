"""Processes of the product that come back in a tenth of the time: children of one that has loaded everything.

    with Nursery(installation.env) as nursery:
        web = ForkedServer(nursery, env=installation.env)
        web.start(); web.kill(); web.start()
        nursery.run("take_due(now)", crash_at="notices.after_claim").code == -9

A child is `manage.py serve`, `manage.py run_engine` or some lines from its first line on; what it does not do again is
reading a thousand modules. It shares nothing with its siblings: no connection, thread or lock is opened before the fork.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from tests.processes import ROOT, Engine, Process, Server

#: Seconds until a killed child is gone.
GONE_SECONDS = 10


class Done(NamedTuple):
    #: As subprocess has it: below zero the signal that killed it.
    code: int
    said: str


class Nursery:
    """The parent. `env` is that of one installation; its children differ in port and log only."""

    def __init__(self, env: dict[str, str]):
        self._env = {"ALLOWED_HOSTS": "127.0.0.1,localhost", **env}
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Nursery":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked"], cwd=ROOT, env=self._env, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        return self

    def __exit__(self, *error) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def fork(self, command: list[str], log: Path) -> "Child":
        return Child(self._ask(command=command, log=str(log)))

    def run(self, lines: str, *, crash_at: str = "") -> Done:
        """Lines of Python in a child of their own, killed at that crash point; how it ended and what it printed."""
        log = Path(self._env["DATA_DIR"]) / f"lines-{uuid4().hex}.log"
        code = self._ask(lines=lines, crash_at=crash_at, log=str(log))
        return Done(code, log.read_text())

    def _ask(self, **what) -> int:
        self._process.stdin.write(json.dumps(what) + "\n")
        return int(self._process.stdout.readline())


class Child:
    """What tests.processes asks of a Popen, of a process whose parent is somebody else."""

    def __init__(self, pid: int):
        self.pid = pid
        #: How it ended is known to its parent alone.
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self, seconds: float = GONE_SECONDS) -> int:
        end = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"process {self.pid}", seconds)
            time.sleep(0.002)
        return self.returncode


class _Forked(Process):
    def __init__(self, nursery: Nursery, **more):
        super().__init__(**more)
        self._nursery = nursery

    def spawn(self) -> None:
        self._process = self._nursery.fork(self.command(), self.log)
        self._is_frozen = False


class ForkedServer(_Forked, Server):
    def command(self) -> list[str]:
        return ["serve", "--no-migrate", "--no-demo", "--host", "127.0.0.1", "--port", str(self.port)]


class ForkedEngine(_Forked, Engine):
    def command(self) -> list[str]:
        return ["run_engine"]


#: By the folder of its data: the parent of lines that run in an installation. Whoever made the installation ends it.
_NURSERIES: dict[str, Nursery] = {}


def run_lines(lines: str, *, env: dict[str, str], crash_at: str = "") -> Done:
    """As `Nursery.run`, in the installation of this environment, which must not change any more."""
    folder = env["DATA_DIR"]
    if folder not in _NURSERIES:
        _NURSERIES[folder] = Nursery(env).__enter__()
    return _NURSERIES[folder].run(lines, crash_at=crash_at)


def python(lines: str, *, env: dict[str, str]) -> str:
    """As tests.processes.python, in a tenth of the time where it is done again and again."""
    done = run_lines(lines, env=env)
    if done.code:
        raise AssertionError(f"failed:\n{lines}\n{done.said}")
    return done.said


def end_nursery(env: dict[str, str]) -> None:
    if nursery := _NURSERIES.pop(env["DATA_DIR"], None):
        nursery.__exit__()


# --- the parent itself -------------------------------------------------------------------------------------------


def main() -> None:
    load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever ends is gone, not a zombie
    for line in sys.stdin:
        asked = json.loads(line)
        print(run(**asked) if "lines" in asked else start(**asked), flush=True)


def start(command: list[str], log: str) -> int:
    """The number of a child that lives on."""
    from django.core.management import call_command

    pid = os.fork()
    if pid == 0:
        become(lambda: call_command(*command), log)
    return pid


def run(lines: str, crash_at: str, log: str) -> int:
    """How a child ended."""
    from common import failpoints

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        pid = os.fork()
        if pid == 0:
            failpoints._ARMED, _, failpoints._TIMES = crash_at.partition("@")
            become(lambda: exec(lines, {"__name__": "__main__"}), log)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def load() -> None:
    """Everything a process of the product imports, and no more: what is opened here would be shared."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from django.urls import get_resolver

    import config.asgi  # noqa: F401
    import engine.management.commands.run_engine
    import engine.management.commands.serve  # noqa: F401

    assert get_resolver().url_patterns


def become(what: Callable[[], object], log: str) -> None:
    code = 1
    with contextlib.suppress(BaseException):
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for old, new in ((nothing, 0), (said, 1), (said, 2)):
            os.dup2(old, new)
        try:
            what()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
            raise
        finally:
            sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
