"""A request over ASGI: one step into its thread, whatever the middleware; the answers stay Django's."""

import asyncio
import threading

import pytest
from asgiref.sync import iscoroutinefunction
from django.db import connection, connections
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from engine.server import asgi_handler
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


#: Two views that run at once meet here.
meeting = threading.Barrier(2)


def both(request):
    meeting.wait(5)
    steps.append(("view", threading.get_ident()))
    return HttpResponse("both")


#: A view that is given up goes on until this is set.
given_up, may_end = threading.Event(), threading.Event()


def slow(request):
    given_up.set()
    may_end.wait(5)
    return HttpResponse("late")


def asking(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    wrappers.append(connections["default"])
    return HttpResponse("asked")


#: What views that asked the database asked it by.
wrappers: list = []


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


def handler404(request, exception):
    """The product's own page links to addresses that are not here."""
    return HttpResponse("not found", status=404)


urlpatterns = [
    path("", view),
    path("broken/", broken),
    path("awaited/", awaited),
    path("both/", both),
    path("slow/", slow),
    path("asking/", asking),
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
    return ask_at_once(handler, address)[0]


def ask_at_once(handler, *addresses: str) -> list[tuple[int, bytes]]:
    """The answers to requests that run beside each other."""

    async def all_of_them():
        return await asyncio.gather(*(talk(address) for address in addresses))

    async def talk(address):
        sent = []
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
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)

    return asyncio.run(all_of_them())


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


def views() -> list[int]:
    return [thread for place, thread in steps if place == "view"]


def test_the_next_request_is_served_by_the_same_thread(handler):
    ask(handler, "/")
    ask(handler, "/")
    assert len(set(views())) == 1
    assert len(handler._resting) == 1


def test_requests_at_once_have_threads_of_their_own(handler):
    assert ask_at_once(handler, "/both/", "/both/") == [(200, b"both")] * 2
    assert len(set(views())) == 2
    assert len(handler._resting) == 2


def test_a_thread_that_is_still_busy_serves_nobody_else(handler):
    async def give_up():
        with handler._a_thread() as thread:
            thread.submit(slow, None)
            await asyncio.to_thread(given_up.wait, 5)

    asyncio.run(give_up())
    assert not handler._resting
    assert ask(handler, "/") == (200, b"here")
    may_end.set()


def test_no_more_threads_wait_than_are_kept(handler, monkeypatch):
    monkeypatch.setattr(asgi_handler, "KEPT", 1)
    ask_at_once(handler, "/both/", "/both/")
    assert len(handler._resting) == 1


@pytest.mark.django_db(transaction=True)
def test_a_thread_keeps_its_way_to_the_database_and_no_open_connection(handler):
    wrappers.clear()
    for _ in range(2):
        assert ask(handler, "/asking/") == (200, b"asked")
    first, second = wrappers
    assert first is second
    assert first.connection is None
