"""Many rows at a time, and rows that may be there already."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from common.database.inserts import Rows
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from journal.models import Entry
from zero_reports.rounds.models import Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(units, now):
    day = period_of(DAILY, day_of(now)).day
    return Round(
        unit=units["C1"],
        cadence=DAILY,
        day=day,
        plan="p@1",
        due={"village": "17:30"},
        due_at=now,
        opened_at=now,
    )


def test_an_inserted_row_is_what_the_orm_reads(asking):
    Rows(Round).insert(asking)
    assert not asking._state.adding
    assert model_to_dict(Round.objects.get(pk=asking.pk)) == model_to_dict(asking)


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
