"""A kind of work that does as it is told, and a clock that is turned by hand."""

import pytest

from common.errors import NotAllowed
from tests.wall_clock import Hands
from works import files, running
from works.actions import ask_for_work
from works.kinds import KINDS, Kind, Result


class Given:
    """What the work of the test does, whom it refuses, and how often it was begun."""

    def __init__(self):
        self.begun, self.refuses = [], False
        self.steps = lambda task: None
        self.made = b"made"
        self.result = Result("made.txt", "text/plain", "made")

    def check(self, reach, arguments):
        if self.refuses:
            raise NotAllowed("no", "Nothing was made: no longer yours.")

    def do(self, task):
        self.begun.append(dict(task.arguments))
        self.steps(task)
        task.file.write(self.made)
        return self.result


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


@pytest.fixture
def kind_is(monkeypatch, given):
    """kind_is(left_behind="…"): what the kind of the test says otherwise."""
    return lambda **more: monkeypatch.setitem(KINDS, "trial", KINDS["trial"]._replace(**more))


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def ask(reach, given, now):
    def asked(who="county1.duty", lines=(), **arguments):
        return ask_for_work(reach=reach(who), kind="trial", arguments=arguments, now=now, lines=lines)

    return asked


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


@pytest.fixture
def hands(now):
    return Hands(now)
