"""Two web processes on PostgreSQL with Redis between them, and Redis killed, restarted and frozen."""

import asyncio
import json
import time
from contextlib import ExitStack

import pytest
import websockets

from tests.installations import Bureau
from tests.live import servers
from tests.processes import Postgres, Redis, Server, eventually, postgres_bin, redis_server, together

pytestmark = [
    pytest.mark.production,
    pytest.mark.fault,
    pytest.mark.measured,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not (postgres_bin() and redis_server()), reason="PostgreSQL or Redis is not installed"
    ),
]
#: Long enough to tell a word through Redis from a poll.
POLL = 4.0
#: A word is heard within this even on a busy machine.
SOON = 2.0


@pytest.fixture(scope="module")
def bed(tmp_path_factory):
    """PostgreSQL, a Redis that keeps nothing, and two web processes."""
    folder = tmp_path_factory.mktemp("two")
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres(folder / "postgres"))
        redis = stack.enter_context(Redis(folder / "redis", persistent=False))
        bureau = Bureau(folder / "bureau", postgres=postgres, redis=redis)
        polls = {"LIVE_POLL_SECONDS": str(POLL), "LIVE_BEAT_SECONDS": "6"}
        env = stack.enter_context(bureau.installation(folder / "data", **polls)).env
        webs = [
            Server(env=env, name=name, application="bench.application:application")
            for name in ("web-1", "web-2")
        ]
        one, two = stack.enter_context(together(*webs))
        yield postgres, redis, one, two, bureau.keys["county1.duty"][1]


@pytest.fixture
def redis(bed):
    """Redis, running and heard again whatever the test did to it."""
    _postgres, redis, one, two, session = bed
    if not redis.is_alive:
        redis.start()
    redis.thaw()
    eventually(lambda: both_ways(one, two, session) < SOON, what="words are heard again")
    return redis


def both_ways(one: Server, two: Server, session: str) -> float:
    return max(seconds_from(one, two, session), seconds_from(two, one, session))


def seconds_from(one: Server, two: Server, session: str, count: int = 1) -> float:
    """How long after its commit in `one` an entry is on a socket of `two`."""
    return asyncio.run(_seconds_from(one, two, session, count))


async def _seconds_from(one, two, session, count) -> float:
    headers = {"Cookie": f"session={session}", "Origin": two.url}
    async with websockets.connect(two.live_url, additional_headers=headers, ping_interval=None) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        begun = time.monotonic()
        answer = await asyncio.to_thread(servers.emit, one, unit="C1", count=count)
        assert time.monotonic() - begun < SOON + count * 0.02, "the request waited for something"
        async with asyncio.timeout(30):
            while count:
                count -= json.loads(await socket.recv())["type"] == "entry"
        return time.monotonic() - answer["committed"]


def test_a_commit_in_one_process_is_on_the_other_ones_screens_at_once(bed, redis):
    _postgres, _redis, one, two, session = bed

    assert both_ways(one, two, session) < SOON


def test_a_burst_arrives_whole(bed, redis):
    _postgres, _redis, one, two, session = bed

    assert seconds_from(one, two, session, count=700) < 10


def test_with_redis_dead_a_request_is_not_held_up_and_the_poll_delivers(bed, redis):
    _postgres, _redis, one, two, session = bed
    redis.kill()

    assert seconds_from(one, two, session) < POLL + 1.5


def test_with_redis_frozen_a_request_is_not_held_up_and_the_poll_delivers(bed, redis):
    _postgres, _redis, one, two, session = bed
    redis.freeze()

    for _ in range(2):
        assert seconds_from(one, two, session) < POLL + 1.5


def test_after_a_quick_restart_without_memory_words_are_heard_again(bed, redis):
    _postgres, _redis, one, two, session = bed
    redis.kill()
    redis.start()

    eventually(lambda: both_ways(one, two, session) < SOON, seconds=20, what="words are heard again")
    assert both_ways(one, two, session) < SOON


def test_with_the_database_restarted_screens_stay_open_and_go_on(bed, redis):
    postgres, _redis, one, two, session = bed

    async def through_a_restart():
        headers = {"Cookie": f"session={session}", "Origin": two.url}
        async with websockets.connect(two.live_url, additional_headers=headers, ping_interval=None) as socket:
            assert json.loads(await socket.recv())["type"] == "hello"
            await asyncio.to_thread(postgres.kill)
            await asyncio.to_thread(postgres.start)
            await asyncio.to_thread(eventually, lambda: one.status("/api/v1/journal/") == 401)
            await asyncio.to_thread(servers.emit, one, unit="C1")
            async with asyncio.timeout(3 * POLL):
                while json.loads(await socket.recv())["type"] != "entry":
                    pass

    asyncio.run(through_a_restart())
