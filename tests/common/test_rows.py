"""Rows read by hand are those the ORM reads; a statement is prepared once."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.forms.models import model_to_dict

from common.database.prepared_statements import Statement, Table
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.models import Round

pytestmark = pytest.mark.django_db


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
