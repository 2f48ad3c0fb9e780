from datetime import time, timedelta

import pytest

from accounts.models import Unit
from common.periods import DAILY, WEEKLY, parse
from plans.sections import ClockLine, clocks_of
from plans.words import Words
from reports.actions import open_rounds
from reports.cadence import asking_units, cadence_of, due_by_tier, from_clocks
from reports.models import Round
from reports.queries import asked_now
from reports.rules import DEFAULT, FRIDAY, Ask

CAMPAIGN = {
    "id": "campaign",
    "clocks": [
        {"id": "V", "zh": "村日报", "stop": "zero_report.received", "recurrence": "daily", "tiers": ["village"],
         "cutoff": {"at": "16:00"}},
        {"id": "T", "zh": "镇周报", "stop": "zero_report.received", "recurrence": "weekly", "tiers": ["township"],
         "cutoff": {"at": "Thu 12:00"}},
    ],
}  # fmt: skip


def line(**changes) -> ClockLine:
    values = {"stop": "zero_report.received", "recurrence": "daily", "tiers": ("village",), "cutoff": "17:30"}
    return ClockLine("X", Words("x", "x"), **(values | changes))


@pytest.mark.parametrize(
    ("clock", "ask"),
    [
        (line(), Ask(DAILY, frozenset({"village"}), time(17, 30))),
        (line(cutoff="08:05"), Ask(DAILY, frozenset({"village"}), time(8, 5))),
        (line(cutoff=""), Ask(DAILY, frozenset({"village"}), time(17, 30))),
        (line(cutoff="at noon"), Ask(DAILY, frozenset({"village"}), time(17, 30))),
        (line(recurrence="weekly"), Ask(WEEKLY, frozenset({"village"}), time(17, 30), FRIDAY)),
        (line(recurrence="weekly", cutoff="Mon 09:00"), Ask(WEEKLY, frozenset({"village"}), time(9, 0), 0)),
        (line(recurrence="monthly"), None),
        (line(stop="incident.reported"), None),
        (line(tiers=()), None),
    ],
)
def test_a_plans_clock_becomes_an_ask(clock, ask):
    assert from_clocks([clock]) == ((ask,) if ask else ())


def test_the_city_plan_asks_four_tiers_daily(plan):
    assert from_clocks(clocks_of(plan.document)) == DEFAULT


def test_without_a_plan_the_built_in_cadence_holds(units, now):
    assert cadence_of(units["V111"], now) == (DEFAULT, "")


def test_with_the_city_plan_its_version_is_named(plan, units, now):
    assert cadence_of(units["V111"], now) == (DEFAULT, plan.ref)
    open_rounds(now=now)
    assert Round.objects.get().plan == plan.ref


@pytest.fixture
def campaign(plan, units, now, monkeypatch):
    """County 1 follows a plan of its own: villages daily, townships weekly."""
    from plans.models import Plan, PlanVersion

    own = Plan.objects.create(plan_id="campaign", kind=plan.plan.kind, owner_unit=units["C1"])
    version = PlanVersion.objects.create(plan=own, version=1, ref="campaign@1", sha256="", state="in_force",
                                         loaded_at=now, in_force_from=now)  # fmt: skip
    Unit.objects.update(valid_from=None)
    for unit in units.values():
        unit.valid_from = None
    read = PlanVersion.document.fget
    monkeypatch.setattr(
        PlanVersion, "document", property(lambda self: CAMPAIGN if self.ref == "campaign@1" else read(self))
    )
    return version


def test_the_nearest_owners_plan_asks(campaign, plan, units, now):
    assert cadence_of(units["V111"], now)[1] == "campaign@1"
    assert cadence_of(units["C2"], now)[1] == plan.ref
    assert [unit.code for unit in asking_units(now)] == ["C0", "C1"]


def test_each_tier_is_asked_by_its_own_cadence(campaign, reach, units, now):
    who = reach("city.duty")

    asked = {
        code: [(str(a.period), a.due_at) for a in asked_now(who, units[code], now)]
        for code in ("V111", "T11", "C1", "V211")
    }

    assert {code: [period for period, _ in found] for code, found in asked.items()} == {
        "V111": ["2026-11-22"],
        "T11": ["2026-W47"],
        "C1": [],
        "V211": ["2026-11-22"],
    }


def test_a_unit_opened_after_the_cutoff_is_not_asked(campaign, reach, units, now):
    units["T11"].valid_from = now.date()

    assert asked_now(reach("city.duty"), units["T11"], now) == []


def test_rounds_inside_rounds_count_each_unit_once(campaign, units, now, file):
    from reports.models import Tally
    from reports.queries import summary

    opened = open_rounds(now=now)

    assert sorted((o.unit.code, str(o.period)) for o in opened) == [
        ("C0", "2026-11-22"),
        ("C1", "2026-11-22"),
        ("C1", "2026-W47"),
    ]
    day = {t.unit.code: t.expected for t in Tally.objects.of(parse("2026-11-22")).select_related("unit")}
    # Below the city: county 2 with all its five units, of county 1 the two villages.
    assert day == {"C0": 7, "C1": 2, "C2": 4, "T11": 1, "T12": 1, "T21": 1, "T22": 1}
    assert summary(units["C0"], parse("2026-11-22")).counts.expected == 8
    assert summary(units["C0"], parse("2026-W47")).counts.expected == 2
    assert summary(units["C1"], parse("2026-W47")).counts.expected == 2


def test_a_weekly_report_is_filed_for_its_week(campaign, file, now):
    open_rounds(now=now)

    report = file("town11.clerk", "T11", period=parse("2026-W47"))

    assert report.receipt == "R-T11-2026W47-1"
    assert not report.on_time
    assert report.due_at - now < timedelta(0)


def test_each_tier_has_its_own_cutoff():
    cadence = (Ask(DAILY, frozenset({"village"}), time(16)), Ask(DAILY, frozenset({"county"}), time(17)))

    due = due_by_tier(cadence, parse("2026-11-22"))

    assert {tier: at.strftime("%H:%M") for tier, at in due.items()} == {"village": "16:00", "county": "17:00"}
