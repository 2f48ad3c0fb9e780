"""SIGKILL at a named line of a real server or engine, on both profiles; then it comes back and people repeat.

What was acknowledged is there, nothing is there twice, the journal is whole, a notice is repeated at most once
and under the same key. (Single turns of the engine at the same lines: tests/engine/test_crashes.py.)
"""

import signal
from collections import Counter
from contextlib import ExitStack

import pytest

from tests.clients import BROKEN
from tests.faults import acts
from tests.processes import eventually, together

pytestmark = [pytest.mark.fault, pytest.mark.slow]

#: Where it dies, doing what, and whether that had been stored by then.
DOORS = [
    ("incidents.before_commit", acts.raise_alarm, False),
    ("journal.before_numbering", acts.raise_alarm, True),
    ("alarms.before_answer", acts.raise_alarm, True),
    ("incidents.before_commit", acts.raise_alarm_on_a_page, False),
    ("once.before_answer", acts.raise_alarm_on_a_page, True),
    ("warnings.signed_before_push", acts.sign, False),
    ("warnings.before_commit", acts.sign, False),
    ("orders.before_commit", acts.issue_order, False),
    ("orders.before_step_commit", acts.acknowledge_order, False),
    ("responses.before_commit", acts.start_response, False),
    ("api.before_answer", acts.start_response, True),
    ("reports.before_sign_commit", acts.sign_report, False),
    ("reports.before_send_commit", acts.send_report, False),
    ("linkage.before_commit", acts.linkage_order, False),
    ("linkage.before_report_commit", acts.feed_back, False),
    ("emergency.before_alarm", acts.open_in_emergency, False),
    ("zero_reports.before_commit", acts.file_report, False),
    ("api.before_commit", acts.file_report, False),
    ("api.before_answer", acts.file_report, True),
]


@pytest.mark.parametrize(
    ("point", "prepare", "is_stored"), DOORS, ids=[f"{p}-{a.__name__}" for p, a, _ in DOORS]
)
def test_a_server_killed_at_its_door(installation, point, prepare, is_stored):
    web = installation.web(crash_at=point)
    with together(web):
        act = prepare(installation, web)
        before = installation.one(act.count)

        with pytest.raises(BROKEN):
            act.call()

        assert web.wait() == -signal.SIGKILL
        assert installation.one(act.count) - before == is_stored
        web.restart(CRASH_AT="")
        first, again = act.call(), act.call()
        assert first.status in (200, 201, 303)
        assert again.status in (200, first.status)
        assert (again.body, again.headers["Location"]) == (first.body, first.headers["Location"])
        eventually(lambda: not unnumbered(installation), seconds=10, what="every entry has its number")

    assert installation.one(act.count) == before + 1
    assert installation.one(f"SELECT count(*) FROM journal_entry WHERE kind = '{act.kind}'") == 1


# Embedded, the server is the engine.
@pytest.mark.parametrize("who", ["web", pytest.param("engine", marks=pytest.mark.production)])
def test_whoever_numbers_is_killed(installation, who):
    """A web process dies between commit and number; whoever numbers next dies in the middle of it."""
    web = installation.web(crash_at="journal.before_numbering")
    with together(web):
        act = acts.raise_alarm(installation, web)
        with pytest.raises(BROKEN):
            act.call()
        web.wait()
    assert unnumbered(installation) == 2

    second = installation.web("second", crash_at="numbering.before_commit")
    if who == "engine":
        second = installation.engine("second", crash_at="numbering.before_commit")
    second.spawn()
    assert second.wait() == -signal.SIGKILL
    assert unnumbered(installation) == 2

    with together(installation.web()) as (third,), installation.screen("county1.duty", third) as screen:
        eventually(lambda: screen.find("incident.reported"), seconds=10, what="the duty room sees it")
        assert not unnumbered(installation)
        act.client.send_to(third)
        assert act.call().status == 200
    assert screen.kinds("incident:1") == ["incident.discovered", "incident.reported"]


@pytest.fixture
def engines(installation):
    """engines(crash_at) → (web, whoever runs the jobs and is to die); embedded, they are one."""
    with ExitStack() as running:

        def start(crash_at):
            if installation.is_embedded:
                processes = [installation.web(crash_at=crash_at)]
            else:
                processes = [installation.web(), installation.engine(crash_at=crash_at)]
            running.enter_context(together(*processes))
            return processes[0], processes[-1]

        yield start


@pytest.mark.parametrize("point", ["clocks.before_breach_commit", "clocks.after_breach_commit"])
def test_a_sweeper_killed_at_a_breach(installation, engines, point):
    web, sweeper = engines(point)
    order = acts.issue_order(installation, web).call()["number"]

    make_due(installation, "clock_id = 'C000-P4'")

    assert sweeper.wait() == -signal.SIGKILL
    sweeper.restart(CRASH_AT="")
    breaches = "SELECT count(*) FROM journal_entry WHERE kind = 'clock.breached' AND number IS NOT NULL"
    eventually(lambda: installation.one(breaches), seconds=10, what="the breach is in the journal")
    assert installation.one(breaches) == 1
    assert state_of(installation.client("county1.duty", web), order) == "breached"


def test_a_sweeper_killed_in_an_effect(installation, engines):
    web, sweeper = engines("clocks.before_effect_commit")
    acts.proposed_warning(installation, web)

    make_due(installation, "clock_id = 'C000-P1'")

    assert sweeper.wait() == -signal.SIGKILL
    escalations = "SELECT count(*) FROM journal_entry WHERE kind = 'warning.signoff_escalated'"
    assert installation.one(escalations) == 0
    # Its claim runs out: ten seconds, taken as passed.
    installation.rows("UPDATE clocks_clock SET effect_due_at = due_at WHERE effect_due_at IS NOT NULL")
    sweeper.restart(CRASH_AT="")
    settled = "SELECT count(*) FROM clocks_clock WHERE effect_due_at IS NOT NULL"
    eventually(lambda: installation.one(settled) == 0, seconds=10, what="the effect has run")
    eventually(lambda: not unnumbered(installation), seconds=5)
    assert installation.one(escalations) == 1


@pytest.mark.parametrize(
    ("point", "repeats"),
    [("notices.after_claim", 0), ("notices.sent_not_marked", 1), ("notices.after_mark", 0)],
)
def test_a_sender_killed(installation, engines, outer_gateway, point, repeats):
    web, sender = engines(point)

    acts.proposed_warning(installation, web)

    assert sender.wait() == -signal.SIGKILL
    sender.restart(CRASH_AT="")
    waiting = "SELECT count(*) FROM notices_notice WHERE state = 'queued'"
    eventually(lambda: installation.one(waiting) == 0, seconds=20, what="every notice is sent")
    keys = Counter(message.key for message in outer_gateway.messages())
    assert list(keys.values()) == [1 + repeats]
    assert len(outer_gateway.on_phones()) == 1


def unnumbered(installation) -> int:
    return installation.one("SELECT count(*) FROM journal_entry WHERE number IS NULL")


def make_due(installation, which: str) -> None:
    """Time passes for these clocks."""
    changed = installation.rows(f"UPDATE clocks_clock SET due_at = started_at WHERE {which} RETURNING id")
    assert len(changed) == 1


def state_of(client, order: str) -> str:
    """The state of the arrival clock of an order."""
    return {clock["id"]: clock["state"] for clock in client.get("clocks/", subject=order).body}["C000-P4"]
