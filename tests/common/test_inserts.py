"""Many rows at a time, and rows that may be there already."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from common.database.inserts import Rows
from common.dates.periods import DAILY
from journal.models import Entry
from zero_reports.rounds.models import Round

pytestmark = pytest.mark.django_db


def test_an_inserted_row_is_what_the_orm_reads(asking):
    Rows(Round).insert(asking)
    assert asking.pk
    assert not asking._state.adding
    stored = Round.objects.get(pk=asking.pk)
    assert model_to_dict(stored) == model_to_dict(asking)
    assert (stored.due, stored.fixed_at) == (asking.due, None)


def test_many_rows_are_inserted_by_one_statement(units, now, django_assert_num_queries):
    entries = [
        Entry(kind=f"k{n}", audience="system", subject="s", thread="t", unit=units["C1"], at=now,
              recorded_at=now, body="{}")
        for n in range(3)
    ]  # fmt: skip
    with django_assert_num_queries(1):
        Rows(Entry).insert_all(entries)
    assert sorted(Entry.objects.filter(subject="s").values_list("kind", flat=True)) == ["k0", "k1", "k2"]
    Rows(Entry).insert_all([])


def test_each_of_many_rows_gets_its_own_key(units, now, django_assert_num_queries):
    entries = [
        Entry(kind=f"k{n}", audience="system", subject="s", thread="t", unit=units["C1"], at=now,
              recorded_at=now, body="{}")
        for n in range(5)
    ]  # fmt: skip
    with django_assert_num_queries(1):
        Rows(Entry).insert_each(entries)
    assert {entry.pk: entry.kind for entry in entries} == dict(
        Entry.objects.filter(subject="s").values_list("pk", "kind")
    )
    assert not entries[0]._state.adding


def test_a_row_that_is_there_is_left_out_or_an_error(asking):
    table = Rows(Round)
    table.insert(asking)
    other = Round(unit=asking.unit, cadence=DAILY, day=asking.day - timedelta(days=1), plan="", due={},
                  due_at=asking.due_at, opened_at=asking.opened_at)  # fmt: skip
    table.insert_all([asking, other], unless_there=True)
    assert Round.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        table.insert_all([asking])


def test_a_row_is_offered_once(asking):
    table = Rows(Round)
    assert table.insert_unless_there(asking)
    again = Round.objects.get()
    again.pk, again._state.adding = None, True
    assert not table.insert_unless_there(again)
    assert again.pk is None
    assert Round.objects.count() == 1


def test_a_constraint_holds_for_a_row_written_by_hand(asking):
    table = Rows(Round)
    table.insert(asking)
    again = Round.objects.get()
    again.pk, again._state.adding = None, True
    with pytest.raises(IntegrityError, match=r"one_round_per_unit_and_period|UNIQUE"), transaction.atomic():
        table.insert(again)
    assert Round.objects.count() == 1


def test_changing_a_row_written_by_hand_updates_it(asking):
    Rows(Round).insert(asking)
    asking.plan = "p@2"
    asking.save()
    assert [found.plan for found in Round.objects.all()] == ["p@2"]


def test_every_column_of_an_entry_is_written(units, now):
    entry = Entry(kind="k", audience="system", subject="s", thread="t", unit=units["C1"], at=now, recorded_at=now,
                  level="red", plan="p@1", drill=True, body="{}")  # fmt: skip
    Rows(Entry).insert(entry)
    stored = Entry.objects.get(pk=entry.pk)
    assert model_to_dict(stored) == model_to_dict(entry)
