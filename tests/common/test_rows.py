"""Rows read and written by hand are those the ORM reads and writes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict

from common.database.prepared_statements import Statement, Table
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from journal.models import Entry
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.models import Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(units, now):
    """A round with everything a column can hold: JSON, a date, moments, an empty one, a key of another table."""
    period = period_of(DAILY, day_of(now))
    return Round(
        unit=units["C1"], cadence=DAILY, day=period.day, plan="p@1", due={"village": "17:30", "镇": [1, None]},
        due_at=now, opened_at=now - timedelta(hours=3), recount_wanted=True,
    )  # fmt: skip


def test_an_inserted_row_is_what_the_orm_reads(asking):
    Table(Round).insert(asking)
    assert asking.pk
    assert not asking._state.adding
    stored = Round.objects.get(pk=asking.pk)
    assert model_to_dict(stored) == model_to_dict(asking)
    assert (stored.due, stored.fixed_at) == (asking.due, None)


def test_a_row_read_by_hand_is_what_the_orm_wrote(asking):
    asking.save()
    table = Table(Round)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {table.columns('mine')} FROM zero_reports_round mine")
        found = table.read(cursor.fetchone())
    assert model_to_dict(found) == model_to_dict(Round.objects.get())
    assert found.due_at.utcoffset() == timedelta(0)
    assert not found._state.adding


def test_an_outer_join_that_found_nothing_reads_as_none(db):
    assert Table(ZeroReport).read([None] * len(Table(ZeroReport))) is None


def test_a_constraint_holds_for_a_row_written_by_hand(asking):
    table = Table(Round)
    table.insert(asking)
    again = Round.objects.get()
    again.pk, again._state.adding = None, True
    with pytest.raises(IntegrityError, match=r"one_round_per_unit_and_period|UNIQUE"), transaction.atomic():
        table.insert(again)
    assert Round.objects.count() == 1


def test_changing_a_row_written_by_hand_updates_it(asking):
    Table(Round).insert(asking)
    asking.plan = "p@2"
    asking.save()
    assert [found.plan for found in Round.objects.all()] == ["p@2"]


@pytest.mark.production
def test_a_statement_is_prepared_once_per_connection():
    seven = Statement("seven_and", "SELECT 7 + %s::int")
    with connection.cursor() as cursor:
        for value in (1, 2):
            seven.run(cursor, [value])
            assert cursor.fetchone() == (7 + value,)
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'seven_and'")
        assert cursor.fetchone() == (1,)
        assert "seven_and" in connection.connection.prepared


@pytest.mark.production
def test_a_prepared_statement_survives_a_rollback():
    seven = Statement("seven_less", "SELECT 7 - %s::int")
    with pytest.raises(ZeroDivisionError), transaction.atomic(), connection.cursor() as cursor:
        seven.run(cursor, [1])
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        seven.run(cursor, [2])
        assert cursor.fetchone() == (5,)


def test_every_column_of_an_entry_is_written(units, now):
    entry = Entry(kind="k", audience="system", subject="s", thread="t", unit=units["C1"], at=now, recorded_at=now,
                  level="red", plan="p@1", drill=True, body="{}")  # fmt: skip
    Table(Entry).insert(entry)
    stored = Entry.objects.get(pk=entry.pk)
    assert model_to_dict(stored) == model_to_dict(entry)
