"""Transactions of one process queue for SQLite's one writer: in the order they came, and nothing stays taken."""

import gc
import os
import sqlite3
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import Error, IntegrityError, OperationalError, connection, transaction

from common import write_queue
from common.models import SetAside
from common.write_queue import Queue
from tests.processes import eventually

pytestmark = [pytest.mark.embedded_only]
MOMENT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
with_database = pytest.mark.django_db(transaction=True)


@pytest.fixture
def turns():
    return Queue()


def waiting(turns: Queue) -> int:
    return len(turns._first) + len(turns._last)


def begin(act) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def test_who_came_first_is_next(turns):
    order, threads = [], []

    def take(number):
        assert turns.wait_for_turn()
        order.append(number)
        turns.end_turn()

    assert turns.wait_for_turn()
    for number in range(20):
        threads.append(begin(lambda number=number: take(number)))
        eventually(lambda number=number: waiting(turns) == number + 1, what="it waits")
    turns.end_turn()
    for thread in threads:
        thread.join(10)

    assert order == list(range(20))
    assert turns.wait_for_turn()


def test_who_can_wait_lets_the_others_go_first(turns):
    order, threads = [], []

    def take(number):
        if number < 5:
            write_queue.stand_back()
        assert turns.wait_for_turn()
        order.append(number)
        turns.end_turn()

    assert turns.wait_for_turn()
    for number in range(10):
        threads.append(begin(lambda number=number: take(number)))
        eventually(lambda number=number: waiting(turns) == number + 1, what="it waits")
    turns.end_turn()
    for thread in threads:
        thread.join(10)

    assert order == [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]


def test_who_waits_too_long_goes_on_without_and_is_not_called_later(turns, monkeypatch):
    monkeypatch.setattr(write_queue, "LONGEST", 0.05)
    assert turns.wait_for_turn()

    assert not turns.wait_for_turn()

    turns.end_turn()
    assert turns.wait_for_turn()


def test_a_child_begins_with_an_empty_queue(turns):
    assert turns.wait_for_turn()
    child = os.fork()
    if child == 0:
        os._exit(0 if turns._is_taken is False else 1)

    assert os.waitpid(child, 0)[1] == 0
    assert turns._is_taken


# --- with the database -----------------------------------------------------------------------------------------------


def is_free() -> bool:
    return not connection._queue._is_taken


def put(row: str) -> None:
    SetAside.objects.create(loop="tests", row=row, error="", first_at=MOMENT, again_at=MOMENT)


def in_a_thread(act) -> None:
    thread = begin(act)
    thread.join(10)
    assert not thread.is_alive()


@with_database
def test_a_transaction_has_the_turn_until_it_is_over():
    with transaction.atomic():
        put("1")
        assert not is_free()
        with transaction.atomic():
            put("2")
        assert not is_free()
    assert is_free()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put("3")
        1 / 0
    assert is_free()
    assert SetAside.objects.count() == 2


@with_database
def test_a_commit_that_is_refused_gives_the_turn_back():
    with pytest.raises(IntegrityError), transaction.atomic():
        Permission.objects.create(name="of nothing", codename="none", content_type_id=999_999)

    assert is_free()
    assert not Permission.objects.filter(codename="none").exists()


@with_database
def test_a_beginning_that_fails_gives_the_turn_back():
    connection.ensure_connection()
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=1")
        with pytest.raises(OperationalError, match="locked"), transaction.atomic():
            put("1")
        other.execute("ROLLBACK")

    assert is_free()
    connection.close()


@with_database
def test_a_connection_that_is_closed_in_the_middle_gives_the_turn_back():
    def act():
        with suppress(Error), transaction.atomic():
            put("1")
            connection.close()

    in_a_thread(act)

    assert is_free()
    assert not SetAside.objects.exists()


@with_database
def test_a_thread_that_ends_in_the_middle_gives_the_turn_back():
    def act():
        transaction.atomic().__enter__()
        put("1")

    in_a_thread(act)
    gc.collect()

    assert is_free()
    put("2")
    assert SetAside.objects.get().row == "2"


@with_database
def test_an_alarm_waits_for_one_transaction_however_many_want_to_write():
    """Ten threads that can wait, with short transactions without end, beside one that cannot."""
    over, made = threading.Event(), []

    def busy(number):
        write_queue.stand_back()
        while not over.is_set():
            with transaction.atomic():
                put(f"{number}-{len(made)}")
                made.append(number)
        connection.close()

    threads = [begin(lambda number=number: busy(number)) for number in range(10)]
    eventually(lambda: len(made) > 100, what="they are at work")
    connection.ensure_connection()
    before = []
    for number in range(20):
        came = len(made)
        with transaction.atomic():
            before.append(len(made) - came)
            put(f"mine-{number}")
    over.set()
    for thread in threads:
        thread.join(20)

    # Some more may end between the look and the place in the queue.
    assert sorted(before)[-3] <= 3, before
    assert is_free()
