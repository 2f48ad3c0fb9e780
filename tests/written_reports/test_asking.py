"""Whom a plan asks for which written report, until when; and what may be missing."""

from datetime import date, datetime, time, timedelta

import pytest

from accounts.scope import reach_of
from common.dates.local_time import LOCAL
from common.dates.periods import parse
from common.errors import Invalid, NotFound
from plans.document.campaigns import Term
from plans.document.writing import Cutoff, cutoff_of
from plans.lifecycle.actions import load_plan
from tests.written_reports.kit import LINE, MONTH, PLAN, text_of
from written_reports import rules
from written_reports.queries import asked_below, get_slot

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("period", "recurrence", "text", "last"),
    [
        ("2026-W47", "weekly", "Thu 24:00", "2026-11-19T23:59:59"),
        ("2026-W47", "weekly", "Fri 17:30", "2026-11-20T17:30:00"),
        ("2026-11", "monthly", "24 24:00", "2026-11-24T23:59:59"),
        ("2026-11", "monthly", "last 24:00", "2026-11-30T23:59:59"),
        ("2027-02", "monthly", "31 12:00", "2027-02-28T12:00:00"),
        ("2026-Q4", "quarterly", "last 24:00", "2026-12-31T23:59:59"),
        ("2026-Q3", "quarterly", "25 09:00", "2026-09-25T09:00:00"),
    ],
)
def test_the_cutoff_is_where_the_plan_says(period, recurrence, text, last):
    due = rules.due_at(parse(period), cutoff_of(text, recurrence))

    assert due.replace(microsecond=0) == datetime.fromisoformat(last).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("text", "recurrence"),
    [("", "weekly"), ("24:00", "weekly"), ("24 24:00", "weekly"), ("Thu 24:00", "monthly"), ("Thu 25:00", "weekly"),
     ("32 12:00", "monthly"), ("last 24:00", "daily"), ("Thu 24:00", "daily")],
)  # fmt: skip
def test_a_cutoff_that_does_not_fit_is_none(text, recurrence):
    assert cutoff_of(text, recurrence) is None


def test_what_is_still_missing_is_named_field_by_field():
    parts = ("data", "analysis", "judgement")

    assert rules.gaps(parts, "risks", {"analysis": " "}, [{**LINE, "measure": ""}]) == [
        ("analysis", None), ("judgement", None), ("measure", 0),
    ]  # fmt: skip
    assert rules.gaps(("data",), "risks", {}, []) == []
    assert rules.gaps(("data",), "improvements", {}, [{"what": "x", "responsible": "y", "deadline": ""}]) == [
        ("deadline", 0)
    ]


def test_a_day_without_hour_counts_as_the_whole_day():
    assert cutoff_of("24 24:00", "monthly") == Cutoff(time.max, day=24)


# --- whom the plan asks --------------------------------------------------------------------------------------


def test_the_plan_asks_the_unit_and_its_base_units(cast, units, plan, now):
    lists = asked_below(reach_of(cast["town11.head"], now), units["T11"], now)

    assert [(a.title, str(a.period), [s.unit.code for s in a.slots]) for a in lists] == [
        ("周风险清单", "2026-W47", ["V111"]),
        ("月研判会", "2026-11", ["T11"]),
        ("季度改进报告", "2026-Q4", ["T11"]),
    ]
    assert [s.state(now) for a in lists for s in a.slots] == ["overdue", "none", "none"]


def test_a_plan_asks_nothing_before_it_is_in_force(cast, units, now):
    load_plan(
        text=text_of("unit-petition-reception.yaml"),
        actor=None,
        now=now,
        owner=units["T11"],
        put_in_force=True,
    )
    lists = asked_below(reach_of(cast["town11.head"], now), units["T11"], now)

    assert [str(a.period) for a in lists] == ["2026-11", "2026-Q4"]


def test_another_cutoff_in_the_plan_is_another_cutoff_here(cast, units, now):
    text = text_of("unit-petition-reception.yaml").replace('at: "24 24:00"', 'at: "20 12:00"')
    load_plan(text=text, actor=None, now=now - timedelta(days=40), owner=units["T11"], put_in_force=True)
    lists = asked_below(reach_of(cast["town11.head"], now), units["T11"], now)

    assert lists[1].due_at == datetime(2026, 11, 20, 12, tzinfo=LOCAL)
    assert lists[1].slots[0].state(now) == "overdue"


def test_a_campaign_asks_the_townships_while_it_lasts(cast, units, now):
    term = Term(date(2026, 11, 1), date(2026, 11, 30), "清河县", cast["city.sysadmin"])
    load_plan(text=text_of("county-zero-report-and-cases.yaml"), actor=None, now=now - timedelta(days=20),
              owner=units["C1"], put_in_force=True, term=term)  # fmt: skip
    reach = reach_of(cast["county1.duty"], now)

    (found,) = asked_below(reach, units["C1"], now)
    assert [s.unit.code for s in found.slots] == ["T11", "T12"]
    assert found.slots[0].parts == ("data", "analysis", "judgement", "outlook")
    assert asked_below(reach, units["C1"], now + timedelta(days=14)) == []


@pytest.mark.parametrize(
    ("code", "clock", "period"),
    [("T12", MONTH, "2026-11"), ("V111", MONTH, "2026-11"), ("T11", "C002-99", "2026-11"), ("T11", MONTH, "2026-W47"),
     ("T11", MONTH, "2026-08"), ("T11", MONTH, "heute"), ("T11", MONTH, "9999-12")],
)  # fmt: skip
def test_what_nobody_asks_is_not_there(cast, now, plan, code, clock, period):
    with pytest.raises(NotFound):
        get_slot(reach_of(cast["county1.duty"], now), code, PLAN, clock, period, now)


def test_a_plan_document_must_say_of_whom_and_by_when(units, now):
    text = text_of("unit-petition-reception.yaml")
    for old, new, why in (
        ("asks: owner, ", "", "asks 或 tiers"),
        ('at: "24 24:00"', 'at: "Thu 24:00"', "须写明哪一天"),
        ("stop: written_report.handed_in,\n     role: base_units", "role: base_units", "才要求书面报告"),
    ):
        assert old in text
        with pytest.raises(Invalid) as refused:
            load_plan(text=text.replace(old, new, 1), actor=None, now=now)
        assert why in str(refused.value.extra["problems"])
