"""A process is killed in the middle of a long work: another does it, once; Redis away: it waits and is done after."""

import json
import signal
from contextlib import ExitStack, nullcontext, suppress
from typing import NamedTuple

import pytest

from tests.clients import new_key
from tests.processes import Beat, Worker, eventually, python

pytestmark = [pytest.mark.fault, pytest.mark.slow]

#: As if the minute had passed in which nobody spoke for it.
LONG_AGO = "UPDATE works_work SET beat_at = '2020-01-01 00:00:00+00:00' WHERE state = 'running'"
WORKS = "SELECT state, attempts, phrase FROM works_work WHERE kind = 'verify' AND asked_by_id IS NOT NULL"


def worker(installation, name, crash_at=""):
    """Embedded, the server itself is the worker."""
    if installation.is_embedded:
        return nullcontext()
    return Worker(env=installation._armed(crash_at, {}), name=name)


def ask(installation, server):
    """The auditor presses the button, twice."""
    auditor = installation.browser("city.audit", server)
    for _press in range(2):
        key = new_key()
        # A start that writes much makes SQLite say "try again"; the same form is sent again.
        eventually(
            lambda key=key: auditor.form("/works/begin/verify/", {"idempotency_key": key}).status == 303,
            what="it is asked for",
        )


def ended(installation, state="done"):
    return eventually(
        lambda: [row for row in installation.rows(WORKS) if row[0] == state],
        seconds=60,
        what=f"it is {state}",
    )


def entries(installation, kind):
    return installation.one(f"SELECT count(*) FROM journal_entry WHERE kind = '{kind}'")


@pytest.mark.parametrize("line", ["work.begun", "work.before_end"])
def test_killed_in_the_middle_it_is_done_once_by_another(installation, line):
    with ExitStack() as stack:
        first = stack.enter_context(
            installation.web("web-1", crash_at=line if installation.is_embedded else "")
        )
        if installation.is_embedded:
            _ask_the_dying(installation, first)
            assert first.wait() == -9
        else:
            stack.enter_context(Beat(env=installation.env))
            dying = stack.enter_context(worker(installation, "worker-1", line))
            ask(installation, first)
            eventually(
                lambda: installation.rows(WORKS)[0][:2] == ("running", 1), seconds=60, what="it was begun"
            )
            eventually(lambda: "SIGKILL" in dying.tail(200), seconds=60, what="its process was killed")
            dying.kill()
        assert [row[:2] for row in installation.rows(WORKS)] == [("running", 1)]

        installation.rows(LONG_AGO)
        if installation.is_embedded:
            stack.enter_context(installation.web("web-2"))
        else:
            stack.enter_context(worker(installation, "worker-2"))

        assert ended(installation) == [("done", 2, "in_order")]
        assert (entries(installation, "work.asked"), entries(installation, "work.done")) == (1, 1)


def _ask_the_dying(installation, server):
    """It may die before it has answered: the row is there all the same."""
    with suppress(OSError):
        ask(installation, server)
    assert installation.one("SELECT count(*) FROM works_work") == 1


@pytest.mark.production
def test_without_redis_it_waits_and_is_done_when_redis_is_back(production_bureau, tmp_path):
    redis = production_bureau.redis
    with production_bureau.installation(tmp_path / "installation") as installation, ExitStack() as stack:
        web = stack.enter_context(installation.web())
        redis.stop()
        try:
            ask(installation, web)
            assert installation.rows(WORKS) == [("queued", 0, "")]
            page = installation.browser("city.audit", web).get("/works/").body
            assert "service that does it does not answer" in page or "服务暂时连不上" in page
        finally:
            redis.start()
        stack.enter_context(worker(installation, "worker"))
        stack.enter_context(Beat(env=installation.env))

        assert ended(installation) == [("done", 1, "in_order")]


# --- an import, and a replay ------------------------------------------------------------------------------------

#: Written down, and told to nobody: the process that writes it is no worker, and embedded it would do the work itself.
ASKED = """
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from works import actions

actions.send_after_commit = lambda pk: None
now = timezone.now()

def ask(reach, kind, **given):
    actions.ask_for_work(reach=reach, kind=kind, now=now, **given)
"""
VILLAGES, ALARMS = 12, 4
ASK_IMPORT = f"""{ASKED}
from accounts.choices import Tier
from accounts.posts.actions import create_unit
from common.dates.local_time import day_of
from zero_reports.bulk.difference import Shown, as_plain
from zero_reports.bulk.rules import LineAnswer

town, day = Unit.objects.get(code="T11"), day_of(now).isoformat()
units = [
    create_unit(code=f"V11{{n}}", name=f"{{n}}村", tier=Tier.VILLAGE, parent=town, actor=None, now=now)
    for n in range(2, {VILLAGES} + 2)
]
lines = as_plain([Shown(unit.pk, 0, LineAnswer("nil")) for unit in units])
arguments = {{"unit": "T11", "period": day, "lines": len(lines)}}
clerk = reach_of(User.objects.get(username="town11.clerk"), now)
ask(clerk, "zero_reports", arguments=arguments, unit=town, lines=lines)
"""
ASK_REPLAY = f"""{ASKED}
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from plans.lifecycle.models import PlanVersion
from plans.rehearsal.works import arguments_of

duty, unit = reach_of(User.objects.get(username="county1.duty"), now), Unit.objects.get(code="C1")
for n in range({ALARMS}):
    facts = Facts.from_dict({{"headcount": 7}})
    report_incident(reach=duty, alarm=Alarm(unit, "大厅", "来访", facts, f"c{{n}}"), now=now)
later = timezone.now()
ask(reach_of(duty.user, later), "replay", arguments=arguments_of(PlanVersion.objects.get(version=2), 30))
"""


class Trial(NamedTuple):
    """A work that is asked for by these lines, dies there, and goes through so many things."""

    kind: str
    ask: str
    dies_at: str
    phrase: str
    total: int
    #: What it leaves for its page.
    result: dict


TRIALS = [
    Trial(
        "zero_reports", ASK_IMPORT, "zero_reports.bulk.after_line@7", "filed", VILLAGES,
        {"filed": VILLAGES, "refused": []},
    ),
    Trial("replay", ASK_REPLAY, "plans.replay.case@2", "replayed", ALARMS, {"total": ALARMS}),
]  # fmt: skip
ROW = "SELECT state, attempts, phrase, done, total, error, handed_in FROM works_work WHERE asked_by_id IS NOT NULL"


@pytest.fixture
def whoever_works(installation):
    """whoever_works(name, crash_at) → the process that does works, begun: the server itself, or a worker."""
    installation.env["WORKS_WATCH_SECONDS"] = "0.5"
    with ExitStack() as stack:
        if not installation.is_embedded:
            stack.enter_context(Beat(env=installation.env))

        def begin(name, crash_at=""):
            if installation.is_embedded:
                process = installation.web(name, crash_at=crash_at)
            else:
                process = Worker(env=installation._armed(crash_at, {}), name=name)
            process.spawn()
            stack.callback(process.kill)
            return process

        yield begin


def dies(installation, process):
    """Wait until it is killed at its line. A worker's pool would bring a new child to life: all of it goes."""
    if installation.is_embedded:
        assert process.wait() == -signal.SIGKILL
    else:
        eventually(lambda: "SIGKILL" in process.tail(200), what="the child that did it was killed")
        process.kill()


def row(installation):
    (found,) = installation.rows(ROW)
    return found


def is_over(installation, state):
    eventually(lambda: row(installation)[0] == state, what=f"it is {state}")
    return row(installation)


def filed(installation):
    """How many reports there are, of how many units."""
    return installation.rows("SELECT count(*), count(DISTINCT unit_id) FROM zero_reports_zeroreport")[0]


@pytest.mark.parametrize("trial", TRIALS, ids=[one.kind for one in TRIALS])
def test_killed_in_the_middle_everything_stands_once(installation, whoever_works, trial):
    python(trial.ask, env=installation.env)

    dies(installation, whoever_works("worker-1", trial.dies_at))
    state, attempts, *_rest, handed_in = row(installation)
    assert (state, attempts, bool(handed_in)) == ("running", 1, trial.kind == "zero_reports")
    # Some of it is done, and not all.
    assert filed(installation) == ((7, 7) if trial.kind == "zero_reports" else (0, 0))

    installation.rows(LONG_AGO)
    whoever_works("worker-2")

    assert is_over(installation, "done") == ("done", 2, trial.phrase, trial.total, trial.total, "", "")
    left = json.loads(
        (installation.folder / "works" / installation.one("SELECT file FROM works_work")).read_text()
    )
    assert {name: left[name] for name in trial.result} == trial.result
    assert (entries(installation, "work.asked"), entries(installation, "work.done")) == (1, 1)
    if trial.kind == "zero_reports":
        assert filed(installation) == (VILLAGES, VILLAGES)
        assert entries(installation, "zero_report.received") == VILLAGES
        assert entries(installation, "zero_report.corrected") == 0


@pytest.mark.parametrize("trial", TRIALS, ids=[one.kind for one in TRIALS])
def test_what_kills_its_process_each_time_is_given_up_at_the_third(installation, whoever_works, trial):
    python(trial.ask, env=installation.env)

    for attempt in (1, 2, 3):
        dies(installation, whoever_works(f"worker-{attempt}", trial.dies_at))
        assert row(installation)[:2] == ("running", attempt)
        installation.rows(LONG_AGO)
    whoever_works("worker-4")

    state, attempts, *_rest, error, handed_in = is_over(installation, "failed")
    assert (state, attempts, error, handed_in) == ("failed", 3, "died", "")
    assert (entries(installation, "work.failed"), entries(installation, "work.done")) == (1, 0)
    # What was filed stays, once.
    assert filed(installation) == ((7, 7) if trial.kind == "zero_reports" else (0, 0))
