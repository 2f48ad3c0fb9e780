"""The database is away before a view is reached: calm, and the client is told when to come again."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from accounts.middleware import PersonMiddleware


@pytest.fixture(params=[OperationalError, InterfaceError])
def away(request, monkeypatch):
    def fail(*args):
        raise request.param("server closed the connection unexpectedly")

    monkeypatch.setattr(PersonMiddleware, "_open_session", fail)
    return Client(raise_request_exception=False)


def test_a_page_asks_to_try_again(away):
    answer = away.get("/duty/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "请稍后再试" in answer.text
    assert "Please try again" in answer.text


def test_the_api_gives_a_problem_document(away):
    answer = away.get("/api/v1/incidents/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "try_again"


def test_another_fault_is_a_fault(away, monkeypatch):
    def fail(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(PersonMiddleware, "_open_session", fail)

    assert away.get("/duty/").status_code == 500
