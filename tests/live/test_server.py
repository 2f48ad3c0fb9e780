"""What only a real server shows: clients that do not read, dead peers, memory, the price of a socket."""

import threading
import time
from pathlib import Path

import pytest

from bench.figures import percentile
from bench.wire import Crowd
from tests.live import servers
from tests.processes import Server, eventually

pytestmark = [
    pytest.mark.fault,
    pytest.mark.measured,
    pytest.mark.slow,
    pytest.mark.embedded_only,
    pytest.mark.timeout(600),
]
APPLICATION = "bench.application:application"


@pytest.fixture(scope="module")
def crowded(embedded_bureau, tmp_path_factory):
    """One database for the tests of this file, and sessions for a crowd."""
    folder = tmp_path_factory.mktemp("installation") / "data"
    with embedded_bureau.installation(folder) as installation:
        yield installation.env, servers.sessions("city.duty", 40, env=installation.env)


def test_slow_clients_delay_nobody_cost_little_and_catch_up(crowded):
    """LIVE: 20 that do not read beside 200 that do."""
    env, sessions = crowded
    with Server(env=env, application=APPLICATION, send_buffer=4096) as server:
        start = servers.emit(server, unit="C1") and _head(server, sessions[0])
        crowd = Crowd()
        for number in range(200):
            crowd.open(server.port, f"/ws/live/?after={start}", sessions[number // 8])
        stuck = [servers.knock(server, sessions[30 + n // 8], start, receive_buffer=2048) for n in range(20)]
        memory = server.memory()

        late = []
        for number in range(1, 13):
            crowd_wait = _in_thread(crowd.wait_for, 100 * number, 30)
            committed = servers.emit(server, unit="C1", count=100)["committed"]
            late += [moment - committed for moment in crowd_wait()]

        assert percentile(late, 0.99) < 2.0
        assert server.memory() - memory < 20 * 2**20
        for number, raw in list(enumerate(stuck))[::6]:
            _reads_what_it_was_sent_and_is_asked_to_come_again(server, sessions[30 + number // 8], raw, start)
        crowd.close()


def _reads_what_it_was_sent_and_is_asked_to_come_again(server, session, raw, start):
    """Closed with 4008, or cut because this busy machine let it wait longer than the server does."""
    # Who did not read for a minute is written to again only when the kernel next looks whether there is room.
    messages = servers.read_all(raw, seconds=60)
    raw.close()
    got = servers.numbers(messages)
    everything = servers.journal(server, session, start)
    assert messages[-1] in [("close", 4008), ("cut", 0)]
    assert 0 < len(got) < len(everything)
    assert got == everything[: len(got)]

    again = servers.knock(server, session, got[-1])
    got += servers.numbers(servers.read_all(again, seconds=1.5))
    again.close()
    assert got[: len(everything)] == everything


def _head(server, session) -> int:
    """The head as a new socket is told it."""
    raw = servers.knock(server, session, 10**9)
    try:
        messages = servers.read_all(raw, seconds=1)
        return next(message["number"] for message in messages if message["type"] == "reload")
    finally:
        raw.close()


def _in_thread(fn, *args):
    """Start `fn` in a thread; calling the result waits for its answer."""
    answer = []
    thread = threading.Thread(target=lambda: answer.append(fn(*args)))
    thread.start()

    def wait():
        thread.join()
        assert answer, "the crowd did not get everything"
        return answer[0]

    return wait


def test_a_client_that_never_reads_is_cut_and_its_memory_comes_back(crowded):
    env, sessions = crowded
    with Server(env=env, application=APPLICATION, send_buffer=4096) as server:
        raw = servers.knock(server, sessions[0], _head(server, sessions[1]), receive_buffer=2048)
        open_files = _open_files(server)

        for _ in range(12):
            servers.emit(server, unit="C1", count=100)

        eventually(lambda: _open_files(server) < open_files, seconds=25, what="the server lets the socket go")
        raw.close()


def _open_files(server) -> int:
    return sum("socket:" in str(link.readlink()) for link in Path(f"/proc/{server.pid}/fd").iterdir())


def test_a_dead_peer_is_dropped_within_two_and_a_half_pings(crowded):
    env, sessions = crowded
    with Server(env=env, application=APPLICATION, ping_seconds=1.0) as server:
        raw = servers.knock(server, sessions[0], 0)
        began = time.monotonic()

        servers.read_all(raw, seconds=10)  # reads, but answers no ping

        assert time.monotonic() - began < 2.5 + 2  # the second number is for a busy machine
        raw.close()


def test_sockets_cost_no_threads_and_little_memory(crowded):
    env, sessions = crowded
    with Server(env=env, application=APPLICATION) as server:
        crowd = Crowd()
        # The first ones bring in what all the others use, and the first seconds what the jobs of the engine do.
        for number in range(100):
            crowd.open(server.port, "/ws/live/?after=0", sessions[number // 8])
        crowd.pump(6)
        threads, memory = server.threads(), server.memory()

        for number in range(100, 300):
            crowd.open(server.port, "/ws/live/?after=0", sessions[number // 8])
        crowd.pump(2)

        assert server.threads() <= threads + 2
        assert (server.memory() - memory) / 200 < 40 * 1024
        assert crowd.closed() == 0
        crowd.close()


def test_at_the_end_of_the_server_every_socket_is_told_to_come_again(crowded):
    env, sessions = crowded
    server = Server(env=env).start()
    raw = servers.knock(server, sessions[0], 0)

    assert server.stop() == 0

    assert servers.read_all(raw, seconds=2)[-1] == ("close", 1012)


def test_screens_survive_a_killed_server_without_a_gap(crowded):
    env, sessions = crowded
    with Server(env=env, application=APPLICATION) as server:
        start = _head(server, sessions[0])
        got, after = [], start
        for _ in range(3):
            raw = servers.knock(server, sessions[0], after)
            servers.emit(server, unit="C1", count=5)
            server.kill()
            got += servers.numbers(servers.read_all(raw, seconds=3))
            after = got[-1] if got else start
            server.start()
        raw = servers.knock(server, sessions[0], after)
        got += servers.numbers(servers.read_all(raw, seconds=2))

        everything = servers.journal(server, sessions[0], start)
        assert len(everything) >= 15
        assert got[: len(everything)] == everything
