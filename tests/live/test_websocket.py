"""The short way for finished frames leans on names inside uvicorn: this tells when they change."""

import json
import urllib.request

import pytest
from websockets.sync.client import connect

from engine.server.websocket import PreframedProtocol
from journal.live import frames
from journal.live.send_queue import Outlet
from journal.queries import ThinEntry
from tests.live import servers
from tests.processes import Server


class Transport:
    def __init__(self):
        self.written = []
        self.is_gone = False

    def write(self, data):
        self.written.append(data)

    def is_closing(self):
        return self.is_gone


@pytest.fixture
def protocol():
    """A protocol past its handshake, without a server around it."""
    made = PreframedProtocol.__new__(PreframedProtocol)
    made.transport = Transport()
    made.writable = type("Event", (), {"is_set": staticmethod(lambda: made.has_room)})
    made.close_sent, made.has_room = False, True
    return made


@pytest.mark.parametrize("trouble", ["close_sent", "no_room", "is_gone"])
def test_a_frame_is_left_to_send_when_it_cannot_be_written_at_once(protocol, trouble):
    if trouble == "close_sent":
        protocol.close_sent = True
    elif trouble == "no_room":
        protocol.has_room = False
    else:
        protocol.transport.is_gone = True

    assert protocol.write_frame(b"x") is False
    assert protocol.transport.written == []


def test_a_frame_is_written_as_it_is(protocol):
    assert protocol.write_frame(b"x") is True
    assert protocol.transport.written == [b"x"]


@pytest.mark.parametrize("length", [0, 1, 60, 61, 300, 4000])
def test_the_frame_says_the_same_as_the_text(length):
    line = ThinEntry(
        7, "incident.observed", "incident:1", "单位" * length, "", "incident:1", "incident", "", ""
    )

    message = frames.entry(line)

    assert servers.frames(message["frame"]) == ([json.loads(message["text"])], b"")


@pytest.mark.asyncio
async def test_what_cannot_be_written_at_once_goes_the_ordinary_way():
    sent, written = [], []

    async def send(message):
        sent.append(message)

    answers = iter([True, False])
    out = Outlet(send, lambda frame: next(answers) and written.append(frame) is None)
    first, second = frames.hello(1), frames.hello(2)

    out.put(first)
    out.put(second)

    assert (written, sent) == ([first["frame"]], [second])


@pytest.mark.fault
@pytest.mark.measured
@pytest.mark.embedded_only
@pytest.mark.slow
def test_under_the_real_server_entries_take_the_short_way(embedded_bureau, tmp_path):
    with (
        embedded_bureau.installation(tmp_path / "data") as installation,
        Server(env=installation.env, application="tests.live.counting:application") as server,
    ):
        headers = {"Cookie": f"session={installation.keys['city.duty'][1]}"}
        with connect(server.live_url, origin=server.url, additional_headers=headers, proxy=None) as screen:
            assert json.loads(screen.recv())["type"] == "hello"
            servers.emit(server, unit="C1", count=3)
            numbers = []
            while len(numbers) < 3:
                message = json.loads(screen.recv(timeout=10))
                numbers += [message["number"]] if message["type"] == "entry" else []
        with urllib.request.urlopen(f"{server.url}/tests/sent") as answer:
            sent = json.load(answer)

    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert sent.get("websocket.accept") == 1
    assert "websocket.send" not in sent
