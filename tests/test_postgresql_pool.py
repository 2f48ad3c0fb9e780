"""Connections that outlive a request: found again, never a dead or a dirty one, never somebody else's."""

import gc
import multiprocessing
import threading

import pytest
from django.db import DatabaseError, connection

from tests.processes import eventually

pytestmark = [pytest.mark.production, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _from_an_empty_pool():
    connection.close()
    connection.close_pool()
    yield
    connection.close()


def backend() -> int:
    """The server process behind this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def in_a_thread(act):
    """As a request does it: in a thread of its own, which gives its connection back at the end."""
    found = []

    def run():
        try:
            found.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return found[0]


def test_the_next_request_finds_the_connection_of_the_last():
    assert in_a_thread(backend) == in_a_thread(backend)


def test_two_at_once_have_two():
    mine = backend()
    assert in_a_thread(backend) != mine


def test_the_time_zone_is_set_on_a_kept_one_too():
    def zone():
        with connection.cursor() as cursor:
            cursor.execute("SHOW timezone")
            return cursor.fetchone()[0]

    assert [in_a_thread(zone), in_a_thread(zone)] == ["UTC", "UTC"]


def test_one_that_the_server_has_ended_is_not_given_out():
    backend()  # this thread's own stays out of it
    ended = in_a_thread(backend)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
        assert cursor.fetchone()[0]
    assert in_a_thread(backend) != ended


def test_one_that_broke_in_use_is_not_kept():
    def break_it():
        mine = backend()
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return mine

    assert in_a_thread(break_it) != in_a_thread(backend)


def test_one_with_an_open_transaction_is_not_kept():
    def leave_open():
        mine = backend()
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return mine

    backend()  # this thread's own stays out of it
    left = in_a_thread(leave_open)
    assert in_a_thread(backend) != left
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [left])
        assert cursor.fetchone()[0] == 0


def test_one_with_a_cursor_on_the_server_is_not_kept():
    def leave_a_cursor():
        mine = backend()
        cursor = connection.chunked_cursor()
        cursor.execute("SELECT generate_series(1, 1000)")
        cursor.fetchone()
        return mine

    assert in_a_thread(leave_a_cursor) != in_a_thread(backend)


def test_one_that_rested_long_or_is_old_is_not_given_out(monkeypatch):
    first = in_a_thread(backend)
    monkeypatch.setattr("config.postgresql.pool.RESTED", 0)
    second = in_a_thread(backend)
    monkeypatch.setattr("config.postgresql.pool.RESTED", 60)
    monkeypatch.setattr("config.postgresql.pool.LIVED", 0)
    third = in_a_thread(backend)
    assert len({first, second, third}) == 3


def test_no_more_are_kept_than_said(monkeypatch):
    monkeypatch.setattr("config.postgresql.pool.KEPT", 2)
    all_there, go = threading.Barrier(5), threading.Event()

    def request():
        backend()
        all_there.wait(10)
        go.wait(10)
        connection.close()

    threads = [threading.Thread(target=request) for _ in range(4)]
    for thread in threads:
        thread.start()
    all_there.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)
    assert len(connection.pool._kept) == 2


def test_a_forked_process_opens_its_own():
    mine = in_a_thread(backend)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=lambda: answers.put(backend()))
    child.start()
    try:
        assert answers.get(timeout=10) != mine
    finally:
        child.join(10)
        child.kill()
        child.join(10)
    assert in_a_thread(backend) == mine, "the child's end has not ended the parent's connection"


def test_a_thread_that_ends_without_a_word_takes_its_connection_along():
    """Also the first one, which has made the pool."""
    found = []
    thread = threading.Thread(target=lambda: found.append(backend()))
    thread.start()
    thread.join(10)
    del thread
    gc.collect()

    def is_gone():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", found)
            return cursor.fetchone()[0] == 0

    eventually(is_gone, seconds=5, what="the session has ended")


def test_what_comes_back_to_a_closed_pool_is_closed():
    backend()
    pool, raw = connection.pool, connection.connection
    connection.close_pool()
    connection.close()
    assert raw.closed
    assert not pool._kept
