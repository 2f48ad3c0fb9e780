"""A drill counts nowhere and uses up no number."""

import re

import pytest
import time_machine

from common.database.numbers import next_number
from common.drills import RealRows, is_drill, marked
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from journal.numbering import number_new
from tests.marks.statistics import COUNTED, NO_STATISTIC, STATISTICS, counting_modules, plain, source_of

#: Rows that may be of a drill: a figure over them begins with `real()`, asks for `drill`
#: itself, or is about named things (`subject__in`).
_ROWS = re.compile(
    r"\b(Incident|EarlyWarning|Response|Order|LinkageOrder|UpwardReport|Clock|Notice)\.objects\b"
)


def test_whatever_counts_is_known_as_a_statistic_or_as_something_else():
    found = set(counting_modules())

    assert found - COUNTED - NO_STATISTIC.keys() == set(), "put it into tests/marks/statistics.py"
    assert (COUNTED | NO_STATISTIC.keys()) - found == set(), "counts no longer"


@pytest.mark.parametrize("module", sorted(COUNTED))
def test_a_statistic_over_rows_that_may_be_of_a_drill_leaves_drills_out(module):
    text = source_of(module)
    for found in _ROWS.finditer(text):
        query = text[found.start() : found.start() + 260]
        assert ".real()" in query or "drill" in query or "subject__in" in query, query


@pytest.mark.django_db
@pytest.mark.slow
def test_every_statistic_is_the_same_before_and_after_a_drill(exercise, real, reach, units, now):
    def figures() -> dict[str, str]:
        return {
            name: repr(plain(figure(reach("county1.director"), units["C1"], now)))
            for name, figure in STATISTICS.items()
        }

    with time_machine.travel(now, tick=False):
        before = figures()
        exercise()
        number_new()
        assert figures() == before


@pytest.mark.django_db
@pytest.mark.slow
def test_a_drill_has_numbers_of_its_own_and_leaves_no_gap(exercise, real, reach, units, now):
    played = exercise()

    assert played.incident.number == "YL-T11-20261122-001"
    assert played.warning.number.startswith("YL-W-T11-")
    assert played.order.number.startswith("YL-O-T11-")
    assert played.response.number.startswith("YL-R-T11-")
    assert played.linkage.number.startswith("YL-L-C1-")
    assert real.number == "T11-20261122-001"
    assert next_number(unit_code="T11", now=now, drill=False) == "T11-20261122-002"
    assert next_number(unit_code="T11", now=now, drill=True) == "YL-T11-20261122-002"


@pytest.mark.django_db
def test_rows_of_a_drill_are_left_out_by_one_word(exercise, real):
    exercise(acts=[])

    assert list(Incident.objects.real()) == [real]
    assert issubclass(EarlyWarning.objects.all().__class__, RealRows)
    assert is_drill(Incident.objects.get(drill=True))
    assert not is_drill(real)


def test_a_mark_is_put_in_front_once_and_in_the_readers_language():
    assert marked("事件", True, "zh") == "【演练】事件"
    assert marked("【演练】事件", True, "en") == "【演练】事件"
    assert marked("Incident", True, "en") == "[DRILL] Incident"
    assert marked("事件", False) == "事件"
