"""A test leaves its process as it found it, so that the others may run in any order beside and after it."""

import pytest
from django.test import TransactionTestCase

from clocks.models import ClockRule, WorkCalendarDay
from works import running


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_leaves_what_the_migrations_wrote():
    WorkCalendarDay.objects.all().delete()

    TransactionTestCase._fixture_teardown(TransactionTestCase())

    assert WorkCalendarDay.objects.filter(date="2026-10-01").exists()
    assert ClockRule.objects.exists()  # the statute's, in force from the first migration on


@pytest.mark.parametrize("_time", [1, 2])
def test_an_engine_that_has_ended_keeps_no_later_work_from_beginning(_time):
    assert not running.ENDING.is_set()
    running.ENDING.set()
