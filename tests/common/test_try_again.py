"""The database is away before a view is reached: calm, and the client is told when to come again."""

import pytest
from django.db import InterfaceError, InternalError, OperationalError
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


class ReadOnly(Exception):
    """As psycopg2 says of a write on a server that only reads; its own cannot be given a code."""

    pgcode = "25006"


def writes_on_a_replica(*args):
    raise InternalError("cannot execute UPDATE in a read-only transaction") from ReadOnly()


@pytest.mark.parametrize("path", ["/duty/", "/api/v1/incidents/"])
def test_a_database_that_only_reads_is_one_that_will_write_again(away, monkeypatch, path):
    """During a failover, or where a page that writes was sent to a replica."""
    monkeypatch.setattr(PersonMiddleware, "_open_session", writes_on_a_replica)

    answer = away.get(path)

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_another_fault_is_a_fault(away, monkeypatch):
    def fail(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(PersonMiddleware, "_open_session", fail)

    assert away.get("/duty/").status_code == 500
