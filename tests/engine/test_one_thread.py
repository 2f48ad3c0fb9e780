"""A request over ASGI: one step into its thread, whatever the middleware; the answers stay Django's."""

import asyncio
import threading

import pytest
from asgiref.sync import iscoroutinefunction
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from engine.server.asgi_handler import OneThreadHandler

#: (place, thread) of each step the last request took.
steps: list[tuple[str, int]] = []


class Watched:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        steps.append(("middleware", threading.get_ident()))
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        steps.append(("before the view", threading.get_ident()))


def view(request):
    steps.append(("view", threading.get_ident()))
    return HttpResponse("here")


def broken(request):
    raise RuntimeError("a fault")


async def awaited(request):
    await asyncio.sleep(0)
    return HttpResponse("awaited")


def long_file(request):
    """Says at each piece how many were asked for so far."""

    def pieces():
        for number in range(3):
            steps.append((f"piece {number}", threading.get_ident()))
            yield f"{len(steps)};".encode()

    return StreamingHttpResponse(pieces())


urlpatterns = [
    path("", view),
    path("broken/", broken),
    path("awaited/", awaited),
    path("file/", long_file),
]


@pytest.fixture
def handler(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        f"{__name__}.Watched",
        "django.middleware.common.CommonMiddleware",
        f"{__name__}.Watched",
    ]
    steps.clear()
    yield OneThreadHandler()
    connections.close_all()


def ask(handler, address: str) -> tuple[int, bytes]:
    """The answer; each message that goes out is a step too."""
    sent = []

    async def talk():
        asked, never = asyncio.Queue(), asyncio.Event()
        asked.put_nowait({"type": "http.request"})

        async def receive():
            if asked.empty():
                await never.wait()
            return asked.get_nowait()

        async def send(message):
            steps.append(("sent", 0))
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": address, "headers": [(b"host", b"testserver")]}
        await asyncio.wait_for(handler(scope, receive, send), 5)

    asyncio.run(talk())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def test_middleware_and_view_run_in_one_thread_without_going_back(handler):
    assert not iscoroutinefunction(handler._middleware_chain)
    assert ask(handler, "/") == (200, b"here")
    assert [place for place, _thread in steps] == [
        "middleware", "middleware", "before the view", "before the view", "view", "sent", "sent"
    ]  # fmt: skip
    assert len({thread for place, thread in steps if place != "sent"}) == 1
    assert steps[0][1] != threading.get_ident()


def test_a_fault_is_an_answer_too(handler, caplog):
    assert ask(handler, "/broken/")[0] == 500
    assert "a fault" in caplog.text


def test_an_unknown_address_is_not_found(handler):
    assert ask(handler, "/nowhere/")[0] == 404


def test_an_awaited_view_is_still_served(handler):
    assert ask(handler, "/awaited/") == (200, b"awaited")


def test_a_file_is_read_while_it_is_sent_in_the_same_thread(handler, recwarn):
    status, body = ask(handler, "/file/")
    assert status == 200
    assert body.count(b";") == 3
    read = [place for place, _thread in steps if place.startswith(("piece", "sent"))]
    assert read == ["sent", "piece 0", "sent", "piece 1", "sent", "piece 2", "sent", "sent"]
    assert len({thread for place, thread in steps if place.startswith("piece")}) == 1
    assert not [one for one in recwarn if "synchronous iterators" in str(one.message)]
