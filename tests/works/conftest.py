"""A kind of work that does as it is told, and a clock that is turned by hand."""

from datetime import timedelta

import pytest

from common.errors import NotAllowed
from works import files, running
from works.actions import ask_for_work
from works.kinds import KINDS, Kind, Result


class Given:
    """What the work of the test does, whom it refuses, and how often it was begun."""

    def __init__(self):
        self.begun, self.refuses = [], False
        self.steps = lambda task: None

    def check(self, reach, arguments):
        if self.refuses:
            raise NotAllowed("no", "Nothing was made: no longer yours.")

    def do(self, task):
        self.begun.append(dict(task.arguments))
        self.steps(task)
        task.file.write(b"made")
        return Result("made.txt", "text/plain", "made")


@pytest.fixture
def given(monkeypatch):
    told = Given()
    kind = Kind(
        "Trial",
        lambda arguments: arguments.get("n", ""),
        told.check,
        told.do,
        {"made": "Made."},
        button="Begin the trial",
    )
    monkeypatch.setitem(KINDS, "trial", kind)
    return told


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    running.ENDING.clear()


@pytest.fixture
def ask(reach, given, now):
    def asked(who="county1.duty", **arguments):
        return ask_for_work(reach=reach(who), kind="trial", arguments=arguments, now=now)

    return asked


class Hands:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def turn(self, **by):
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def hands(now):
    return Hands(now)


@pytest.fixture
def carried(hands):
    def carry(work):
        assert running.carry_out(work.pk, hands)
        work.refresh_from_db()
        return work

    return carry


@pytest.fixture
def kept():
    return lambda: sorted(file.name for file in files.folder().iterdir()) if files.folder().is_dir() else []
