"""The campaign at a small count: what `script/campaign` does thousands of times (tests/campaign)."""

import random
from contextlib import contextmanager

import pytest

from tests.campaign import day, kills, replays, screens
from tests.faults import acts
from tests.forked import ForkedEngine, ForkedServer, Nursery
from tests.processes import eventually, manage, together

pytestmark = [pytest.mark.fault, pytest.mark.measured, pytest.mark.slow]

SEED = 20261122
#: What an act may be repeated with; a report of the day is corrected by a new request, not by the old one.
REPLAYED = [prepare for prepare in kills.ACTS if prepare is not acts.file_report_with_items]


@pytest.fixture
def rng():
    return random.Random(SEED)


@pytest.fixture
def nursery(installation):
    with Nursery(installation.env) as made:
        yield made


@contextmanager
def served(installation, nursery, servers=1, engines=0):
    """(web servers, engines) of this installation; embedded, one server is both."""
    if installation.is_embedded:
        servers, engines = 1, 0
    web = [ForkedServer(nursery, env=installation.env, name=f"web-{n}") for n in range(servers)]
    engine = [ForkedEngine(nursery, env=installation.env, name=f"engine-{n}") for n in range(engines)]
    with together(*web, *engine):
        for process in (*web, *engine):
            process.wait_ready()
        yield web, engine


def test_nothing_is_lost_and_nothing_is_there_twice(installation, outer_gateway, nursery, rng):
    with served(installation, nursery, servers=2, engines=2) as (web, engines):
        hurt = screens.killer_of([*web, *engines], rng)
        done = screens.kill_while_watched(installation, web, hurt, kills=20, screens=4, rng=rng)
        for process in (*web, *engines):
            process.wait_ready()
        waiting = "SELECT count(*) FROM notices_notice WHERE state = 'queued' AND channel = 'sms'"
        eventually(lambda: installation.one(waiting) == 0, seconds=30, what="every text message is sent")

    print(done)
    assert done.alarms >= 3
    reported = "SELECT count(*) FROM journal_entry WHERE kind = 'incident.reported'"
    assert installation.one(reported) == done.alarms
    wanted = {row[0] for row in installation.rows("SELECT replace(cast(key AS text), '-', '') FROM notices_notice WHERE channel = 'sms'")}  # fmt: skip
    assert {message.key for message in outer_gateway.messages() if message.channel == "sms"} == wanted
    assert "journal whole" in manage("verify_journal", env=installation.env)


def test_each_act_happens_once_whenever_its_server_is_killed(installation, outer_gateway, nursery, rng):
    with served(installation, nursery) as ((web,), _engines):
        for prepare in kills.ACTS:
            print(prepare.__name__, kills.kill_during(installation, web, prepare, times=1, rng=rng))
    outer_gateway.messages()


def test_whoever_sends_is_killed_while_it_sends(installation, outer_gateway, nursery, rng):
    with served(installation, nursery, engines=1) as ((web,), engines):
        sender = engines[0] if engines else web
        print(kills.kill_senders(installation, web, sender, outer_gateway, times=4, rng=rng))


def test_a_request_repeated_does_nothing_again(installation, outer_gateway, nursery):
    with served(installation, nursery) as ((web,), _engines):
        assert replays.replay(installation, web, REPLAYED, times=60) == 60
    outer_gateway.messages()


def test_a_hostile_day(installation, bureau, outer_gateway, nursery, rng):
    """Twenty seconds of it."""
    with served(installation, nursery, servers=2, engines=1) as (web, engines):
        faults = [screens.killer_of([*web, *engines], rng), day.moody(outer_gateway)]
        if bureau.redis:
            faults += [day.cut_off(bureau.redis), day.stalled(bureau.redis), day.cut_off(bureau.postgres)]
        print(day.live_through(installation, web, faults, seconds=20, rng=rng))
    outer_gateway.messages()
    assert "journal whole" in manage("verify_journal", env=installation.env)
