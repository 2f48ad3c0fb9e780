"""A unit that ends, splits or merges spoils no rate: neither one that stands nor one of the days after."""

from datetime import date, datetime

import pytest

from accounts.reform.actions import carry_out_due, plan_reform
from accounts.reform.ground import New
from common.dates.local_time import LOCAL
from common.dates.periods import parse
from common.errors import WrongState
from zero_reports.counts.queries import summary
from zero_reports.rounds.actions import fix_rounds, open_rounds

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 23, 0, 0, 10, tzinfo=LOCAL)
TOMORROW = parse("2026-11-23")


@pytest.fixture
def split(reach, units, now):
    plan_reform(
        reach=reach("city.sysadmin"), olds=[units["V111"]], news=[New("V118", "东村"), New("V119", "西村")],
        day=date(2026, 11, 23), reason="分设", now=now,
    )  # fmt: skip


def test_past_rates_stand_and_the_new_day_asks_the_new_units(split, units, file, now, oclock, today):
    open_rounds(now=now)
    file("village111.informant", "V111")
    fix_rounds(now=oclock("18:00"))
    past = summary(units["C0"], today).counts

    carry_out_due(NIGHT)
    open_rounds(now=NIGHT)

    assert summary(units["C0"], today).counts == past
    assert summary(units["T11"], today).counts.expected == 2
    assert summary(units["T11"], TOMORROW).counts.expected == 3


def test_a_day_that_was_opened_before_its_change_asks_the_new_units_all_the_same(split, units):
    open_rounds(now=NIGHT)
    carry_out_due(NIGHT)
    assert summary(units["T11"], TOMORROW).counts.expected == 3


def test_filing_for_a_unit_that_ended_names_who_took_over(split, units, file):
    carry_out_due(NIGHT)
    with pytest.raises(WrongState, match=r"V118.*V119") as refused:
        file("city.duty", "V111", period=TOMORROW, at=NIGHT)
    assert refused.value.code == "unit_closed"


def test_a_late_answer_for_a_day_before_its_end_is_still_taken(split, units, file, today):
    carry_out_due(NIGHT)
    assert file("city.duty", "V111", period=today, at=NIGHT).is_late
