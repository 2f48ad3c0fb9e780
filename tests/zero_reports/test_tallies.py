"""Whatever happens in whatever order, the counts equal those made by looking at every unit."""

import contextlib
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Reform, Unit, User
from accounts.posts.actions import create_unit
from accounts.reform.actions import carry_out
from accounts.reform.ground import New
from accounts.scope import reach_of
from common.dates.local_time import LOCAL
from common.dates.periods import parse
from common.errors import WrongState
from demo import bureau
from journal.keys import key
from journal.numbering import head, number_new
from journal.record import record
from zero_reports.counts.models import Folded, Tally
from zero_reports.counts.queries import summary
from zero_reports.counts.silent import _silent_units
from zero_reports.counts.tallies import fold, folded_to
from zero_reports.filing.actions import Item, file_report
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.actions import fix_rounds, open_rounds, recount_rounds
from zero_reports.rounds.models import Round
from zero_reports.rounds.rules import Counts

TODAY = parse("2026-11-22")
MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=LOCAL)
EVENING = datetime(2026, 11, 22, 18, 0, tzinfo=LOCAL)
BEGUN = datetime(2026, 11, 1, 9, 0, tzinfo=LOCAL)

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau_below(db):
    """One county of two townships with two villages each."""
    people = bureau.build(now=BEGUN, counties=1, townships=2, villages=2)
    number_new()
    while fold():
        pass
    return people


class Plain:
    """The same counts by going through every unit one by one, and remembering who was asked at the cut-off."""

    def __init__(self):
        self.asked_at_cutoff: set[int] | None = None

    def asked(self) -> set[int]:
        if self.asked_at_cutoff is not None:
            return self.asked_at_cutoff
        return {
            unit.pk
            for unit in Unit.objects.all()
            if unit.tier != "province"
            and (unit.valid_from is None or unit.valid_from <= TODAY.day)
            and (unit.valid_to is None or unit.valid_to > TODAY.day)
        }

    def counts(self) -> dict[Unit, Counts]:
        units, asked, said = list(Unit.objects.order_by("path")), self.asked(), {}
        for report in ZeroReport.objects.filter(day=TODAY.day, cadence="daily").order_by("version"):
            said.setdefault(report.unit_id, []).append(report)
        return {unit: self._below(unit, units, asked, said) for unit in units}

    def _below(self, unit, units, asked, said) -> Counts:
        expected = received = nil = items = late = 0
        for below in units:
            if not below.path.startswith(unit.path) or below.pk not in asked:
                continue
            expected += 1
            if reports := said.get(below.pk):
                received += 1
                nil += reports[-1].answer == "nil"
                items += reports[-1].answer == "items"
                late += reports[0].received_at > reports[0].due_at
        return Counts(expected, received, nil, items, late)


def check(plain: Plain) -> None:
    for unit, wanted in plain.counts().items():
        counted = summary(unit, TODAY).counts
        assert counted == wanted, unit.code
        if counted.expected:
            assert 0 <= counted.timeliness <= counted.completeness <= 100


def close_unit(unit: Unit, day) -> None:
    if unit.valid_from and unit.valid_from >= day:
        day = unit.valid_from + timedelta(days=1)  # it has begun today, so it is asked today
    with transaction.atomic():
        Unit.objects.filter(pk=unit.pk).update(valid_to=day)
        record("unit.closed", subject=key("unit", unit.pk), unit=unit, actor=None, at=MORNING)


STEPS = st.one_of(
    st.tuples(st.just("file"), st.integers(0, 9), st.sampled_from(["nil", "items"]), st.booleans()),
    st.tuples(st.sampled_from(["number", "fold", "fold one", "open", "fix", "recount"])),
    st.tuples(st.just("close"), st.integers(3, 7)),
    st.tuples(st.just("new village"), st.integers(2, 3)),
    st.tuples(st.just("reform"), st.sets(st.integers(0, 20), min_size=1, max_size=2), st.integers(0, 2)),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14), followed=st.sampled_from([0, 200]))
def test_any_order_of_events_gives_the_counts_of_going_through_every_unit(bureau_below, steps, followed):
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("zero_reports.counts.tallies.FOLLOWED", followed)
        _play(steps)
        transaction.set_rollback(True)


def test_in_a_large_scope_the_tallies_are_shown_without_going_through_the_units(bureau_below, monkeypatch):
    monkeypatch.setattr("zero_reports.counts.queries.COUNTED_ON_THE_SPOT", 3)
    open_rounds(now=MORNING)
    create_unit(
        code="V113", name="三村", tier="village", parent=Unit.objects.get(code="T11"), actor=None, now=MORNING
    )

    assert summary(Unit.objects.get(code="C0"), TODAY).counts.expected == 8
    number_new()
    fold()

    assert summary(Unit.objects.get(code="C0"), TODAY).counts.expected == 9


def test_in_a_large_scope_the_silent_units_are_found_by_way_of_the_tallies(bureau_below, monkeypatch):
    open_rounds(now=MORNING)
    for village in ("111", "121"):
        file(bureau_below, f"village{village}.informant", f"V{village}")
    file(bureau_below, "town12.clerk", "T12")
    number_new()
    fold()
    root = Unit.objects.get(code="C0")
    everyone = [unit.code for unit in _silent_units([root], TODAY)]

    monkeypatch.setattr("zero_reports.counts.queries.COUNTED_ON_THE_SPOT", 3)

    assert (
        [unit.code for unit in _silent_units([root], TODAY)]
        == everyone
        == ["C0", "C1", "T11", "V112", "V122"]
    )


def _play(steps):
    plain, evening, made = Plain(), False, 0
    clerk = User.objects.get(username="city.duty")
    for step in steps:
        units = list(Unit.objects.order_by("path"))
        match step:
            case ("file", index, answer, late):
                evening = evening or late
                at = EVENING if evening else MORNING
                items = [Item("land", 1)] if answer == "items" else []
                with contextlib.suppress(WrongState):  # a closed unit
                    file_report(reach=reach_of(clerk, at), unit=units[index % len(units)], period=TODAY,
                                answer=answer, items=items, now=at)  # fmt: skip
            case ("number",):
                number_new()
            case ("fold",):
                number_new()
                fold()
            case ("fold one",):
                number_new()
                fold(limit=1)
            case ("open",):
                open_rounds(now=MORNING)
            case ("recount",):
                recount_rounds(MORNING)
            case ("fix",):
                evening = True
                was_asked = plain.asked()
                if fix_rounds(now=EVENING):
                    plain.asked_at_cutoff = was_asked
            case ("close", index):
                close_unit(units[index % len(units)], TODAY.day)
            case ("new village", index):
                made += 1
                towns = [unit for unit in units if unit.tier == "township"]
                create_unit(
                    code=f"N{made}",
                    name="新村",
                    tier="village",
                    parent=towns[index % 2],
                    actor=None,
                    now=BEGUN,
                )
            case ("reform", places, many):
                made += many
                # Below a township that has ended nothing begins: that is refused elsewhere.
                still = {unit.pk for unit in units if unit.valid_to is None}
                villages = [u for u in units if u.tier == "village" and {u.pk, u.parent_id} <= still]
                olds = sorted({villages[place % len(villages)].pk for place in places}) if villages else []
                news = [New(f"R{made - n}", "新居").stored() for n in range(many)]
                if olds:
                    planned = Reform.objects.create(day=TODAY.day, olds=olds, news=news, reason="x",
                                                    planned_by=clerk, planned_at=BEGUN)  # fmt: skip
                    assert carry_out(planned.pk, MORNING) == 1
        check(plain)
    number_new()
    while fold():
        pass
    check(plain)


# --- one by one ------------------------------------------------------------------------------------------------


def file(people, username, code, at=MORNING, items=()):
    unit = Unit.objects.get(code=code)
    return file_report(reach=reach_of(people[username], at), unit=unit, period=TODAY,
                       answer="items" if items else "nil", items=items, now=at)  # fmt: skip


def tallies() -> dict[str, Counts]:
    return {tally.unit.code: tally.counts for tally in Tally.objects.select_related("unit")}


def test_opening_counts_who_is_asked_below_each_unit(bureau_below):
    open_rounds(now=MORNING)

    assert {code: counts.expected for code, counts in tallies().items()} == {
        "C0": 7,
        "C1": 6,
        "T11": 2,
        "T12": 2,
    }


def test_a_filing_touches_no_counter_and_is_seen_at_once(bureau_below):
    open_rounds(now=MORNING)
    before = tallies()

    file(bureau_below, "village111.informant", "V111")

    assert tallies() == before
    assert summary(Unit.objects.get(code="C0"), TODAY).counts == Counts(expected=8, received=1, nil=1)


def test_folding_moves_the_filing_into_the_counters_once(bureau_below):
    open_rounds(now=MORNING)
    file(bureau_below, "village111.informant", "V111")
    number_new()

    assert fold() > 0
    assert fold() == 0

    one = {"received": 1, "nil": 1}
    assert tallies() == {
        "C0": Counts(7, **one),
        "C1": Counts(6, **one),
        "T11": Counts(2, **one),
        "T12": Counts(2),
    }
    assert folded_to() == head()


def test_a_unit_opened_during_the_day_is_expected_at_once(bureau_below):
    open_rounds(now=MORNING)
    number_new()
    fold()

    create_unit(
        code="V113", name="三村", tier="village", parent=Unit.objects.get(code="T11"), actor=None, now=MORNING
    )

    assert summary(Unit.objects.get(code="T11"), TODAY).counts.expected == 4
    number_new()
    fold()
    assert tallies()["T11"].expected == 3
    assert tallies()["C0"].expected == 8


def test_a_filing_that_waits_behind_a_new_unit_is_counted_once(bureau_below):
    open_rounds(now=MORNING)
    number_new()
    fold()
    create_unit(
        code="V113", name="三村", tier="village", parent=Unit.objects.get(code="T11"), actor=None, now=MORNING
    )
    file(bureau_below, "village111.informant", "V111")
    number_new()

    assert fold(limit=1) == 1
    assert tallies()["T11"] == Counts(expected=3)
    assert summary(Unit.objects.get(code="C0"), TODAY).counts == Counts(expected=9, received=1, nil=1)
    fold()

    assert tallies()["T11"] == Counts(expected=3, received=1, nil=1)


def test_an_answer_that_is_not_counted_changes_no_tally(bureau_below):
    open_rounds(now=MORNING)
    fix_rounds(now=EVENING)
    town = Unit.objects.get(code="T11")
    create_unit(code="V113", name="三村", tier="village", parent=town, actor=None, now=BEGUN)

    report = file(bureau_below, "town11.clerk", "V113", at=EVENING)
    number_new()
    fold()

    assert not report.counted
    assert tallies()["T11"] == Counts(expected=2)
    assert summary(town, TODAY).counts == Counts(expected=3)


def test_a_whole_import_of_units_is_counted_by_a_recount(bureau_below, monkeypatch):
    monkeypatch.setattr("zero_reports.counts.tallies.FOLLOWED", 0)
    open_rounds(now=MORNING)
    town = Unit.objects.get(code="T11")
    create_unit(code="V113", name="三村", tier="village", parent=town, actor=None, now=MORNING)
    number_new()
    fold()

    assert Round.objects.get().recount_wanted
    assert recount_rounds(MORNING) == 1

    assert not Round.objects.get().recount_wanted
    assert tallies()["T11"].expected == 3


def test_after_the_cutoff_the_denominator_stands(bureau_below):
    open_rounds(now=MORNING)
    fix_rounds(now=EVENING)

    close_unit(Unit.objects.get(code="V111"), TODAY.day - timedelta(days=5))
    number_new()
    while fold():
        pass
    recount_rounds(MORNING)

    assert summary(Unit.objects.get(code="T11"), TODAY).counts == Counts(expected=3)


def test_filings_between_recount_and_fold_are_counted_once(bureau_below):
    open_rounds(now=MORNING)
    number_new()
    fold()
    file(bureau_below, "village111.informant", "V111")
    Round.objects.update(recount_wanted=True)

    recount_rounds(MORNING)
    assert summary(Unit.objects.get(code="T11"), TODAY).counts.received == 1
    number_new()
    fold()

    assert tallies()["T11"].received == 1


def test_a_summary_costs_the_same_whatever_lies_below(bureau_below, django_assert_num_queries):
    open_rounds(now=MORNING)
    number_new()
    fold()
    recount_rounds(MORNING)
    for code in ("C0", "T11"):
        unit = Unit.objects.get(code=code)
        with django_assert_num_queries(8):
            summary(unit, TODAY)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_filings_during_folds_and_recounts_are_counted_exactly_once():
    """Real transactions: three people file while another process folds and counts anew."""
    from threading import Thread

    from django.db import connection

    people = bureau.build(now=BEGUN, counties=1, townships=2, villages=3)
    number_new()
    open_rounds(now=MORNING)
    problems = []

    def keep(work):
        try:
            work()
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    def filing(town):
        for village in (1, 2, 3):
            code = f"V1{town}{village}"
            file(people, f"village1{town}{village}.informant", code)
            file(people, f"town1{town}.clerk", code, items=[Item("land", 1)])

    def counting():
        for turn in range(12):
            number_new()
            fold(limit=3)
            if turn % 3 == 0:
                Round.objects.update(recount_wanted=True)
                recount_rounds(MORNING)

    threads = [Thread(target=keep, args=(lambda: filing(1),)), Thread(target=keep, args=(lambda: filing(2),)),
               Thread(target=keep, args=(counting,))]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    number_new()
    while fold():
        pass

    assert problems == []
    assert Folded.objects.get().number == head()
    assert tallies()["C0"] == Counts(expected=9, received=6, nil=0, with_items=6)
    check(Plain())
