"""What may be late lets a request go first, and comes to its end all the same."""

import asyncio
import os
import threading
import time

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse

from common import in_front
from engine.server.asgi_handler import OneThreadHandler
from tests.processes import eventually

pytestmark = [pytest.mark.embedded_only]


@pytest.fixture
def patient(monkeypatch):
    """So long that a test would fail before."""
    monkeypatch.setattr(in_front, "LONGEST", 60)


def stepping_aside() -> threading.Thread:
    thread = threading.Thread(target=in_front.step_aside)
    thread.start()
    return thread


def test_with_nobody_in_front_nothing_is_waited_for(patient):
    in_front.step_aside()


def test_a_step_waits_for_the_last_request(patient):
    with in_front.request():
        with in_front.request():
            thread = stepping_aside()
        time.sleep(0.05)
        assert thread.is_alive()

    thread.join(5)
    assert not thread.is_alive()


def test_under_a_crowd_that_never_ends_it_goes_on(monkeypatch):
    monkeypatch.setattr(in_front, "LONGEST", 0.05)

    with in_front.request():
        thread = stepping_aside()
        thread.join(5)

    assert not thread.is_alive()


def test_a_request_that_fails_is_over(patient):
    with pytest.raises(ZeroDivisionError), in_front.request():
        1 / 0

    in_front.step_aside()


def test_a_child_has_no_requests():
    with in_front.request():
        child = os.fork()
        if child == 0:
            os._exit(in_front._how_many)

    assert os.waitpid(child, 0)[1] == 0


def test_the_server_says_when_it_answers(patient, monkeypatch):
    begun, over = threading.Event(), threading.Event()

    def slow(self, request):
        begun.set()
        over.wait(10)
        return HttpResponse("done")

    monkeypatch.setattr(BaseHandler, "get_response", slow)
    handler = OneThreadHandler()
    answers = []

    async def ask():
        said = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            return said.pop() if said else await asyncio.Event().wait()

        async def send(message):
            answers.append(message)

        scope = {
            "type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"localhost")], "server": ("localhost", 80),
        }  # fmt: skip
        await handler(scope, receive, send)

    server = threading.Thread(target=lambda: asyncio.run(ask()))
    server.start()
    assert begun.wait(10)
    thread = stepping_aside()
    time.sleep(0.05)
    assert thread.is_alive()
    over.set()
    server.join(10)

    eventually(lambda: not thread.is_alive(), what="the step goes on")
    assert answers[0]["status"] == 200
