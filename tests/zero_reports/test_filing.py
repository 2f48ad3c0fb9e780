from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from common.dates.periods import parse
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from journal.models import Entry
from journal.record import content_of
from zero_reports.counts.models import Tally
from zero_reports.filing.models import ReportItem, ZeroReport
from zero_reports.rounds.actions import fix_rounds, open_rounds
from zero_reports.rounds.models import Round, Silence


def test_one_tap_files_nothing_to_report(file, units, cast, now):
    report = file("village111.informant", "V111")

    report.refresh_from_db()
    assert (report.unit, report.answer, report.version, report.current) == (units["V111"], "nil", 1, True)
    assert report.receipt == "R-V111-20261122-1"
    assert (report.received_at, report.on_time, report.on_behalf) == (now, True, False)
    assert (report.filed_by, report.post) == (cast["village111.informant"], "村信息员")
    entry = Entry.objects.get(kind="zero_report.received")
    assert (entry.subject, entry.unit, entry.actor) == (
        f"zero_report:{units['V111'].pk}/2026-11-22",
        units["V111"],
        cast["village111.informant"],
    )
    assert content_of(entry) == {
        "period": "2026-11-22",
        "version": 1,
        "receipt": "R-V111-20261122-1",
        "was": "",
        "answer": "nil",
        "late": False,
        "counted": True,
        "on_behalf": False,
        "items": [],
    }


def test_something_is_filed_with_its_items(file):
    report = file("town11.clerk", "T11", items=[("land", 2, "两户对补偿标准有异议"), ("labour", 1)])

    assert list(report.items.values_list("dispute_class", "count", "note")) == [
        ("land", 2, "两户对补偿标准有异议"),
        ("labour", 1, ""),
    ]
    assert content_of(Entry.objects.get(kind="zero_report.received"))["items"] == [["land", 2], ["labour", 1]]


def test_a_correction_is_a_new_version_and_the_old_one_stays(file, now):
    file("town11.clerk", "T11")

    second = file("town11.clerk", "T11", at=now + timedelta(minutes=5), items=[("land", 1)])

    first = ZeroReport.objects.get(version=1)
    assert (first.answer, first.current) == ("nil", False)
    assert (second.answer, second.version, second.current) == ("items", 2, True)
    assert (second.receipt, second.first_received_at) == ("R-T11-20261122-2", now)
    corrected = Entry.objects.get(kind="zero_report.corrected")
    assert content_of(corrected)["was"] == "nil"
    assert corrected.subject == Entry.objects.get(kind="zero_report.received").subject


def test_the_same_answer_again_is_the_same_report(file, now):
    first = file("town11.clerk", "T11", items=[("land", 1, "x"), ("labour", 3)])

    again = file("town11.clerk", "T11", at=now + timedelta(hours=1), items=[("labour", 3), ("land", 1, "x")])

    assert again.pk == first.pk
    assert again.received_at == now
    assert ZeroReport.objects.count() == Entry.objects.filter(kind__startswith="zero_report.").count() == 1


@pytest.mark.parametrize("changed", [[("land", 2, "x")], [("land", 1, "y")], [("labour", 1, "x")]])
def test_other_items_are_a_correction(file, now, changed):
    file("town11.clerk", "T11", items=[("land", 1, "x")])

    assert file("town11.clerk", "T11", items=changed).version == 2


def test_the_same_answer_by_another_person_is_a_version_of_its_own(file):
    file("town11.clerk", "T11")

    assert file("town11.head", "T11").version == 2


@pytest.mark.parametrize(("at", "late"), [("17:30:00", False), ("17:30:01", True), ("23:59:59", True)])
def test_after_the_cutoff_is_late_and_accepted(file, oclock, at, late):
    report = file("village111.informant", "V111", at=oclock(at))

    assert report.on_time is not late
    assert report.is_late is late


def test_a_late_correction_makes_nobody_late(file, oclock):
    file("town11.clerk", "T11", at=oclock("17:00"))

    second = file("town11.clerk", "T11", at=oclock("18:00"), items=[("land", 1)])

    assert not second.on_time
    assert not second.is_late
    assert content_of(Entry.objects.get(kind="zero_report.corrected"))["late"] is False


def test_yesterday_can_still_be_filed_the_day_after(file, units, now):
    type(units["V111"]).objects.update(valid_from=None)

    report = file("village111.informant", "V111", period=parse("2026-11-21"))

    assert not report.on_time


def test_filing_for_a_unit_below_is_marked(file):
    report = file("town11.clerk", "V111")

    assert report.on_behalf
    assert report.post == "司法所文书"


@pytest.mark.parametrize(
    ("period", "code"),
    [("2026-11-23", "period_not_begun"), ("2026-W47", "not_asked"), ("2026-11-21", "unit_not_yet_open")],
)
def test_a_wrong_period_is_refused_with_a_reason(file, period, code):
    with pytest.raises(WrongState) as refusal:
        file("village111.informant", "V111", period=parse(period))

    assert refusal.value.code == code
    assert not ZeroReport.objects.exists()


def test_a_closed_unit_is_refused(file, units, today):
    units["V111"].valid_to = today.day + timedelta(days=1)
    units["V111"].save()

    assert file("town11.clerk", "V111").version == 1
    with pytest.raises(WrongState, match="V111|closed|撤销"):
        file("town11.clerk", "V111", period=today.shifted(1), at=today.shifted(1).ends_at)


@pytest.mark.parametrize(
    ("username", "code", "refusal"),
    [
        ("village111.informant", "T11", NotFound),
        ("village111.informant", "V121", NotFound),
        ("county2.duty", "V111", NotFound),
        ("county1.squad.dialogue", "C1", NotFound),
        ("city.audit", "V111", NotAllowed),
        ("city.sysadmin", "C0", NotFound),
    ],
)
def test_a_unit_not_ones_own_is_refused(file, username, code, refusal):
    with pytest.raises(refusal):
        file(username, code)

    assert not ZeroReport.objects.exists()
    assert not Entry.objects.filter(kind__startswith="zero_report").exists()


@pytest.mark.parametrize(
    ("answer", "items"), [("nil", [("land", 1)]), ("items", []), ("silent", []), ("", [])]
)
def test_an_answer_that_contradicts_its_items_is_refused(file, answer, items):
    with pytest.raises(Invalid) as refusal:
        file("town11.clerk", "T11", answer=answer, items=items)

    assert refusal.value.code == "answer_and_items_disagree"


def test_a_sentence_with_an_identity_number_is_refused(file):
    with pytest.raises(Invalid) as refusal:
        file("town11.clerk", "T11", items=[("land", 1, "来访人 11010519491231002X")])

    assert refusal.value.code == "personal_data"
    assert "11010519491231002X" not in str(refusal.value)


def test_a_refused_correction_leaves_the_report_as_it_was(file):
    file("town11.clerk", "T11")

    with pytest.raises(Invalid):
        file("town11.clerk", "T11", answer="items")

    assert list(ZeroReport.objects.values_list("version", "current")) == [(1, True)]


# --- what the database holds -----------------------------------------------------------------------------------


def a_report(**changes):
    values = {
        "cadence": "daily",
        "version": 1,
        "current": True,
        "answer": "nil",
        "receipt": "R",
        "via": "page",
    }
    return ZeroReport(**(values | changes))


@pytest.fixture
def base(cast, units, today, now):
    return {
        "unit": units["V111"],
        "day": today.day,
        "received_at": now,
        "first_received_at": now,
        "due_at": now,
        "filed_by": cast["village111.informant"],
    }


@pytest.mark.parametrize(
    "broken",
    [
        {"version": 1, "current": False},
        {"version": 2, "current": True},
        {"version": 0, "current": False},
        {"version": 2, "current": False, "answer": "none"},
        {"version": 2, "current": False, "late_start": True},
        {"version": 1, "cadence": "weekly", "early_start": True},
    ],
    ids=[
        "same version",
        "two current",
        "version zero",
        "no answer",
        "first after this",
        "first version not first",
    ],
)
def test_the_database_refuses(base, now, broken):
    a_report(**base).save()
    broken = dict(broken)
    if broken.pop("late_start", None):
        broken["first_received_at"] = now + timedelta(seconds=1)
    if broken.pop("early_start", None):
        broken["first_received_at"] = now - timedelta(seconds=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        a_report(**(base | broken)).save()


@pytest.mark.parametrize("broken", [{"count": 0}, {"dispute_class": ""}, {"count": -1}])
def test_the_database_refuses_an_empty_item(base, broken):
    report = a_report(**base)
    report.save()

    with pytest.raises(IntegrityError), transaction.atomic():
        ReportItem.objects.create(**({"report": report, "dispute_class": "land", "count": 1} | broken))


def test_the_database_refuses_a_second_round_silence_or_tally(units, today, now):
    keys = {"unit": units["C0"], "cadence": "daily", "day": today.day}
    over = Round.objects.create(**keys, due={}, due_at=now, opened_at=now)
    for model, more in [
        (Round, {"due": {}, "due_at": now, "opened_at": now}),
        (Silence, {"round": over, "due_at": now}),
        (Tally, {}),
    ]:
        if model is not Round:
            model.objects.create(**keys, **more)
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**keys, **more)


def test_the_database_refuses_counts_fixed_before_the_cutoff(units, today, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(unit=units["C0"], cadence="daily", day=today.day, due={}, due_at=now,
                             opened_at=now, fixed_at=now)  # fmt: skip


# --- two at once -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_two_versions(file):
    """Each thread has its own connection; both start together, neither answer is lost."""
    from threading import Barrier, Thread

    start, problems = Barrier(2), []

    def run(username, items):
        try:
            start.wait()
            file(username, "T11", items=items)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [
        Thread(target=run, args=("town11.clerk", [("land", 1)])),
        Thread(target=run, args=("town11.head", [])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert sorted(ZeroReport.objects.values_list("version", flat=True)) == [1, 2]
    assert ZeroReport.objects.filter(current=True).get().version == 2
    assert {report.filed_by.username for report in ZeroReport.objects.all()} == {
        "town11.clerk",
        "town11.head",
    }


# --- rounds ----------------------------------------------------------------------------------------------------


def test_a_round_opens_once_and_writes_down_what_the_plan_says(cast, units, now, oclock):
    opened = open_rounds(now=now)

    assert open_rounds(now=now + timedelta(hours=1)) == []
    (over,) = opened
    assert (over.unit, str(over.period), over.due_at) == (units["C0"], "2026-11-22", oclock("17:30"))
    assert sorted(over.due) == ["city", "county", "township", "village"]
    assert Entry.objects.get(kind="period.day_opened").unit == units["C0"]


def test_rounds_missed_while_nothing_ran_are_opened(cast, now):
    open_rounds(now=now)

    later = open_rounds(now=now + timedelta(days=3))

    assert [str(found.period) for found in later] == ["2026-11-23", "2026-11-24", "2026-11-25"]


def test_after_a_very_long_stop_a_month_is_opened_at_most(cast, now):
    open_rounds(now=now)

    assert len(open_rounds(now=now + timedelta(days=400))) == 32


def test_silence_is_written_down_after_the_cutoff(file, cast, units, oclock, now):
    open_rounds(now=now)
    file("village111.informant", "V111")

    assert fix_rounds(now=oclock("17:30")) == []
    (over,) = fix_rounds(now=oclock("17:31"))

    silent = set(Silence.objects.values_list("unit__code", flat=True))
    assert silent == set(units) - {"V111"}
    assert (over.fixed_at, fix_rounds(now=oclock("17:32"))) == (oclock("17:31"), [])
    assert Entry.objects.filter(kind="period.counted").count() == 1


def test_a_late_answer_stands_beside_the_silence(file, units, oclock, now):
    open_rounds(now=now)
    fix_rounds(now=oclock("17:31"))

    report = file("village111.informant", "V111", at=oclock("18:00"))

    assert report.counted
    assert Silence.objects.filter(unit=units["V111"]).exists()


def test_a_unit_found_after_the_cutoff_is_kept_but_not_counted(file, cast, units, oclock, now, today):
    from accounts.models import Unit

    Unit.objects.filter(code="V111").update(valid_from=today.day + timedelta(days=1))
    open_rounds(now=now)
    fix_rounds(now=oclock("17:31"))
    Unit.objects.filter(code="V111").update(valid_from=today.day)

    report = file("village111.informant", "V111", at=oclock("18:00"))

    assert not report.counted
