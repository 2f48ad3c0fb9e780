"""A request over ASGI: one step into its thread, whatever the middleware; the answers stay Django's."""

import asyncio
import threading

import pytest
from asgiref.sync import iscoroutinefunction
from asgiref.testing import ApplicationCommunicator
from django.db import connections
from django.http import HttpResponse
from django.urls import path

from engine.one_thread import OneThreadHandler

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


urlpatterns = [path("", view), path("broken/", broken), path("awaited/", awaited)]


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
    async def talk():
        scope = {"type": "http", "method": "GET", "path": address, "headers": [(b"host", b"testserver")]}
        asked = ApplicationCommunicator(handler, scope)
        await asked.send_input({"type": "http.request"})
        start, body = await asked.receive_output(5), await asked.receive_output(5)
        await asked.wait(5)
        return start["status"], body["body"]

    return asyncio.run(talk())


def test_middleware_and_view_run_in_one_thread_without_going_back(handler):
    assert not iscoroutinefunction(handler._middleware_chain)
    assert ask(handler, "/") == (200, b"here")
    assert [place for place, _thread in steps] == [
        "middleware", "middleware", "before the view", "before the view", "view"
    ]  # fmt: skip
    assert len({thread for _place, thread in steps}) == 1
    assert steps[0][1] != threading.get_ident()


def test_a_fault_is_an_answer_too(handler, caplog):
    assert ask(handler, "/broken/")[0] == 500
    assert "a fault" in caplog.text


def test_an_unknown_address_is_not_found(handler):
    assert ask(handler, "/nowhere/")[0] == 404


def test_an_awaited_view_is_still_served(handler):
    assert ask(handler, "/awaited/") == (200, b"awaited")
