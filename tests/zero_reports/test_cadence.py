from datetime import date, time, timedelta

import pytest

from accounts.models import Unit
from common.dates.local_time import day_of
from common.dates.periods import DAILY, WEEKLY, parse
from common.errors import WrongState
from plans.document.sections import ClockLine, clocks_of
from plans.document.words import Words
from zero_reports.counts.queries import asked_now, summary
from zero_reports.rounds.actions import fix_rounds, open_rounds
from zero_reports.rounds.cadence import asking_units, cadence_of, due_by_tier, from_clocks
from zero_reports.rounds.models import Round, Silence
from zero_reports.rounds.rules import DEFAULT, END_OF_DAY, FRIDAY, Ask

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
        (line(cutoff="24:00"), Ask(DAILY, frozenset({"village"}), END_OF_DAY)),
        (line(cutoff="25:00"), Ask(DAILY, frozenset({"village"}), time(17, 30))),
        (line(recurrence="weekly", cutoff="Thu 24:00"), Ask(WEEKLY, frozenset({"village"}), END_OF_DAY, 3)),
        (line(ask_days="all"), Ask(DAILY, frozenset({"village"}), time(17, 30))),
        (line(ask_days="workdays"), Ask(DAILY, frozenset({"village"}), time(17, 30), workdays_only=True)),
        (
            line(window=("2026-03-01", "2026-03-10")),
            Ask(
                DAILY, frozenset({"village"}), time(17, 30), windows=((date(2026, 3, 1), date(2026, 3, 10)),)
            ),
        ),
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
    from plans.lifecycle.models import Plan, PlanVersion

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
    units["T11"].valid_from = day_of(now)

    assert asked_now(reach("city.duty"), units["T11"], now) == []


def test_rounds_inside_rounds_count_each_unit_once(campaign, units, now, file):
    from zero_reports.counts.models import Tally

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


@pytest.fixture
def bureau_plan(campaign):
    """bureau_plan(clock, …) → county 1's plan has these clocks for its villages."""
    written = CAMPAIGN["clocks"]
    base = {"zh": "村日报", "stop": "zero_report.received", "recurrence": "daily", "tiers": ["village"]}

    def _plan(*clocks):
        CAMPAIGN["clocks"] = [{**base, "id": f"V{n}", **clock} for n, clock in enumerate(clocks)]

    yield _plan
    CAMPAIGN["clocks"] = written


def test_until_midnight_is_in_time(bureau_plan, file, units, now, oclock):
    bureau_plan({"cutoff": {"at": "24:00"}})
    open_rounds(now=now)

    assert file("village111.informant", "V111", at=oclock("23:59:59")).on_time
    assert [found.unit.code for found in fix_rounds(now=oclock("23:59:59"))] == ["C0"]
    with pytest.raises(WrongState, match="R|20"):
        file("village121.informant", "V121", at=oclock("23:59"), period=parse("2026-11-23"))
    assert file("village121.informant", "V121", at=oclock("23:59:59") + timedelta(seconds=1)).is_late


def test_a_day_off_is_neither_asked_nor_missing(bureau_plan, file, reach, units, now):
    """2026-11-22 is a Sunday, the 23rd a Monday."""
    bureau_plan({"ask_days": "workdays"})
    monday = now + timedelta(days=1)

    opened = open_rounds(now=now) + open_rounds(now=monday)

    assert {str(o.period): sorted(o.due) for o in opened if o.unit.code == "C1"} == {
        "2026-11-22": [],
        "2026-11-23": ["village"],
    }
    assert asked_now(reach("city.duty"), units["V111"], now) == []
    with pytest.raises(WrongState) as refused:
        file("village111.informant", "V111")
    assert refused.value.code == "not_asked"
    assert summary(units["C1"], parse("2026-11-22")).counts.expected == 0
    fix_rounds(now=monday)
    assert not Silence.objects.filter(unit__path__startswith=units["C1"].path).exists()
    assert file("village111.informant", "V111", at=monday, period=parse("2026-11-23")).on_time


def test_a_campaign_asks_at_its_own_time(bureau_plan, units, now):
    bureau_plan({"cutoff": {"at": "17:30"}},
                {"cutoff": {"at": "10:00"}, "window": {"from": "2026-11-23", "to": "2026-11-24"}})  # fmt: skip
    cadence, _plan = cadence_of(units["V111"], now)

    due = [
        due_by_tier(cadence, parse(f"2026-11-{day}"))["village"].strftime("%H:%M") for day in (22, 23, 24, 25)
    ]

    assert due == ["17:30", "10:00", "10:00", "17:30"]
