"""What is agreed about a clock: extension, pause, counting back, coming back, the one that leads."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from clocks import actions, rulebook
from clocks.breaches.overdue import each_warning
from clocks.breaches.sweep import sweep
from clocks.durations import Terms, due_at
from clocks.models import Clock, WorkCalendarDay
from clocks.terms.actions import Approval, extend_clock, pause_clock, resume_clock
from clocks.terms.rules import counted_back, leading_clock
from clocks.working_days.calendar_actions import recompute_clocks
from clocks.working_days.seed import known_days
from common.dates.local_time import LOCAL, day_of
from common.errors import Refused, WrongState
from journal.models import Entry
from journal.record import content_of
from tests.clocks.conftest import rule

DAY = timedelta(days=1)
WORKDAYS = {day: is_workday for day, is_workday, _name in known_days()}.get


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def last_day(due):
    return day_of(due.at).isoformat()


# --- figures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "duration", "terms", "ends"),
    [
        # 60 days and 30 more: the extension begins where the 60 end.
        ("2026-01-05 10:00", "P60D", Terms(extended=30), "2026-04-05"),
        ("2026-01-05 23:59", "P60D", Terms(), "2026-03-06"),
        # A month has the day of its number, or its last.
        ("2026-01-31 09:00", "P1M", Terms(), "2026-02-28"),
        ("2026-11-30 09:00", "P3M", Terms(), "2027-02-28"),
        # Working days over the spring holiday: 2026-02-14 and 02-28 are made up for.
        ("2026-02-13 17:00", "5WD", Terms(), "2026-02-27"),
        ("2026-02-13 17:00", "5WD", Terms(extended=1, extended_in="workdays"), "2026-02-28"),
        # A hearing of three nights moves the end by three days; one within a day moves nothing.
        (
            "2026-03-02 09:00",
            "P30D",
            Terms(pauses=((moment("2026-03-10 09:00"), moment("2026-03-13 17:00")),)),
            "2026-04-04",
        ),
        (
            "2026-03-02 09:00",
            "P30D",
            Terms(pauses=((moment("2026-03-10 09:00"), moment("2026-03-10 17:00")),)),
            "2026-04-01",
        ),
        # Paused on its last day: what was left of it is left on the day it goes on.
        (
            "2026-03-02 09:00",
            "same_day_24h00",
            Terms(pauses=((moment("2026-03-02 12:00"), moment("2026-03-09 12:00")),)),
            "2026-03-09",
        ),
        # From a Friday to a Monday: the weekend held no working day of it.
        (
            "2026-03-04 09:00",
            "3WD",
            Terms(pauses=((moment("2026-03-06 09:00"), moment("2026-03-09 09:00")),)),
            "2026-03-10",
        ),
    ],
)
def test_when_it_ends(start, duration, terms, ends):
    assert last_day(due_at(moment(start), duration, WORKDAYS, terms)) == ends


def test_working_days_of_a_year_without_calendar_are_never_guessed():
    start = moment("2026-12-30 10:00")
    paused = Terms(pauses=((start + DAY, start + 3 * DAY),))

    assert due_at(start, "5WD", WORKDAYS, paused) == (None, True)
    assert due_at(start, "1WD", WORKDAYS, Terms(extended=3, extended_in="workdays")) == (None, True)


MOMENTS = st.integers(0, 500 * 24 * 60).map(
    lambda minutes: moment("2024-01-01 00:00") + timedelta(minutes=minutes)
)
DURATIONS = st.one_of(
    st.integers(1, 90).map("P{}D".format),
    st.integers(1, 40).map("{}WD".format),
    st.integers(1, 3).map("P{}M".format),
    st.integers(1, 200).map("PT{}H".format),
    st.just("same_day_24h00"),
)


@given(MOMENTS, DURATIONS, st.integers(1, 30), st.sampled_from(["days", "workdays"]))
def test_an_extension_never_shortens_and_never_adds_more_than_was_approved(start, duration, days, unit):
    plain = due_at(start, duration, WORKDAYS).at
    longer = due_at(start, duration, WORKDAYS, Terms(extended=days, extended_in=unit)).at

    assert day_of(longer) > day_of(plain) or longer > plain
    added = [day_of(plain) + timedelta(days=n + 1) for n in range((day_of(longer) - day_of(plain)).days)]
    assert len(added) == days if unit == "days" else sum(map(WORKDAYS, added)) == days


@given(MOMENTS, DURATIONS, st.floats(0, 1), st.timedeltas(timedelta(), timedelta(days=40)))
def test_a_pause_never_shortens_and_never_lengthens_past_what_it_took(start, duration, where, length):
    plain = due_at(start, duration, WORKDAYS).at
    since = start + (plain - start) * where
    until = since + length
    paused = due_at(start, duration, WORKDAYS, Terms(pauses=((since, until),))).at

    assert paused >= plain
    assert paused >= until
    if duration.startswith("PT"):
        assert paused - plain == length
    elif duration.endswith("WD"):
        left = [day_of(since) + timedelta(days=n + 1) for n in range((day_of(plain) - day_of(since)).days)]
        after = [day_of(until) + timedelta(days=n + 1) for n in range((day_of(paused) - day_of(until)).days)]
        assert sum(map(WORKDAYS, after)) == sum(map(WORKDAYS, left))
    else:
        assert day_of(paused) - day_of(plain) == day_of(until) - day_of(since)


@pytest.mark.parametrize(
    ("now", "due"), [("08:00", "08:30"), ("08:30", "09:00"), ("08:45", "09:00"), ("09:30", "09:30")]
)
def test_half_an_hour_before_an_appointment(now, due):
    """Made at shorter notice, the appointment itself is the limit; one that is over is due at once."""
    at = "2026-03-02 "
    found = counted_back(appointment=moment(at + "09:00"), duration="PT30M", now=moment(at + now))

    assert found == moment(at + due)


def test_the_one_that_ends_first_leads():
    def clock(name, day, runs=True):
        due = moment(f"2026-03-{day:02d} 00:00") if day else None
        return SimpleNamespace(name=name, due_at=due, is_running=runs)

    law, plan = clock("LP-34", 31), clock("C002-10", 20)

    assert leading_clock([law, plan, clock("timely", 0), clock("over", 1, runs=False)]) is plan
    assert leading_clock([law, clock("longer than the law", 32 - 1)]) is law
    assert leading_clock([]) is None


# --- rows ------------------------------------------------------------------------------------------------


@pytest.fixture
def office(db):
    """A plan version whose clocks can be extended, paused, counted back, and come back."""
    rules = [
        rule("sixty", "petition.accepted", "handling_opinion.issued", "P60D", max_extension="P30D",
             warn_before="PT72H PT24H"),
        rule("hearing", "recheck.request_received", "recheck_opinion.issued", "P30D", pausable=True),
        rule("days", "transfer.received", "objection.raised", "5WD", max_extension="5WD", pausable=True),
        rule("kit", "", "site_group.checked_in", "PT30M", before_kind="reception.scheduled_start"),
        rule("weekly", "demand.registered", "demand.followed", "P7D", recurs=True, until_kind="demand.closed"),
    ]  # fmt: skip
    actions.write_rules(plan="office@1", rules=rules)
    rulebook.settle("office@1")


@pytest.fixture
def enter(office):
    def record(kind, at, **more):
        with transaction.atomic():
            actions.record_with_clocks(
                kind, subject="matter:1", thread="matter:1", actor=None, at=at, plan="office@1", **more
            )

    return record


@pytest.fixture
def head(cast):
    return Approval(cast["county1.leader"], "局长")


def the(clock_id):
    return Clock.objects.filter(clock_id=clock_id).order_by("-generation").first()


def extend(clock, by, now, days=10, **changed):
    given = {
        "reason": "案情复杂",
        "approved": by,
        "told_how": "电话",
        "told_at": now,
        "actor": by.by,
        **changed,
    }
    return extend_clock(clock_id=clock.pk, days=days, now=now, **given)


def test_an_extension_is_approved_told_and_on_record(enter, head, now):
    enter("petition.accepted", now)
    before = the("sixty").due_at

    extend(the("sixty"), head, now + DAY, days=20)
    extend(the("sixty"), head, now + 2 * DAY, days=10)

    assert the("sixty").due_at == before + 30 * DAY
    said = content_of(Entry.objects.filter(kind="clock.extended").order_by("pk")[0])
    assert (said["days"], said["approved_as"], said["told_how"]) == (20, "局长", "电话")
    with pytest.raises(WrongState) as refused:
        extend(the("sixty"), head, now + 3 * DAY, days=1)
    assert refused.value.code == "too_long"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"approved": Approval(None)}, "not_approved"),
        ({"told_at": None}, "not_told"),
        ({"told_how": " "}, "not_told"),
        ({"reason": ""}, "reason_missing"),
        ({"days": 31}, "too_long"),
        ({"days": 0}, "too_long"),
    ],
)
def test_without_approval_telling_or_reason_nothing_is_extended(enter, head, now, changed, code):
    enter("petition.accepted", now)
    before = the("sixty").due_at

    with pytest.raises(Refused) as refused:
        extend(the("sixty"), head, now, **changed, actor=head.by)

    assert refused.value.code == code
    assert the("sixty").due_at == before
    assert not Entry.objects.filter(kind="clock.extended").exists()


def test_lateness_is_not_extended_away(enter, head, now):
    enter("petition.accepted", now)

    with pytest.raises(WrongState) as refused:
        extend(the("sixty"), head, now + 62 * DAY)

    assert refused.value.code == "clock_over"


def test_what_no_law_lets_be_extended_is_not(enter, head, now):
    enter("recheck.request_received", now)

    with pytest.raises(WrongState) as refused:
        extend(the("hearing"), head, now)

    assert refused.value.code == "not_extendable"


def test_a_hearing_is_not_counted(enter, head, now):
    enter("recheck.request_received", now)
    before = the("hearing").due_at

    pause_clock(clock_id=the("hearing").pk, reason="听证", approved=head, actor=head.by, now=now + 5 * DAY)
    assert (the("hearing").due_at, the("hearing").state(now + 90 * DAY)) == (None, "paused")
    sweep(now + 90 * DAY)
    assert the("hearing").breached_at is None
    resume_clock(clock_id=the("hearing").pk, reason="听证结束", actor=head.by, now=now + 9 * DAY)

    assert the("hearing").due_at == before + 4 * DAY
    kinds = Entry.objects.filter(kind__in=["clock.paused", "clock.resumed"]).order_by("pk")
    assert [entry.kind for entry in kinds] == ["clock.paused", "clock.resumed"]


@pytest.mark.parametrize(
    ("kind", "clock_id", "approved", "code"),
    [
        ("petition.accepted", "sixty", True, "not_pausable"),
        ("recheck.request_received", "hearing", False, "not_approved"),
    ],
)
def test_a_pause_needs_the_plan_s_word_and_approval(enter, head, now, kind, clock_id, approved, code):
    enter(kind, now)

    with pytest.raises(WrongState) as refused:
        pause_clock(
            clock_id=the(clock_id).pk,
            reason="听证",
            approved=head if approved else Approval(None),
            actor=head.by,
            now=now,
        )

    assert refused.value.code == code


def test_what_does_not_stand_still_does_not_go_on(enter, head, now):
    enter("recheck.request_received", now)

    with pytest.raises(WrongState) as refused:
        resume_clock(clock_id=the("hearing").pk, reason="", actor=head.by, now=now)

    assert refused.value.code == "not_paused"


def test_a_calendar_that_arrives_keeps_what_was_agreed(enter, head, workdays):
    start = moment("2026-12-28 10:00")
    enter("transfer.received", start)
    assert the("days").provisional

    first = date(2027, 1, 1)
    WorkCalendarDay.objects.bulk_create(
        WorkCalendarDay(
            date=first + n * DAY, is_workday=(first + n * DAY).weekday() < 5 and n > 2, source="x"
        )
        for n in range(31)
    )
    recompute_clocks(now=start)
    assert last_day(SimpleNamespace(at=the("days").due_at)) == "2027-01-05"

    extend(the("days"), head, start, days=2)
    assert last_day(SimpleNamespace(at=the("days").due_at)) == "2027-01-07"
    WorkCalendarDay.objects.filter(date=date(2027, 1, 6)).update(is_workday=False)
    assert recompute_clocks(now=start) == 1
    assert (last_day(SimpleNamespace(at=the("days").due_at)), the("days").extended) == ("2027-01-08", 2)


def test_an_appointment_is_counted_back_from_and_may_be_moved(enter, now):
    enter("reception.offered", now, appointments={"reception.scheduled_start": now + DAY})
    assert the("kit").due_at == now + DAY - timedelta(minutes=30)

    enter("reception.offered", now, appointments={"reception.scheduled_start": now + 2 * DAY})
    assert the("kit").due_at == now + 2 * DAY - timedelta(minutes=30)
    assert Clock.objects.filter(clock_id="kit", cancelled_at__isnull=False).count() == 1

    enter("site_group.checked_in", now + DAY)
    assert the("kit").stopped_at == now + DAY


def test_what_comes_back_is_owed_until_it_is_settled(enter, now):
    enter("demand.registered", now)
    enter("demand.followed", now + 3 * DAY)

    assert Clock.objects.filter(clock_id="weekly", stopped_at=now + 3 * DAY).count() == 1
    assert the("weekly").due_at == due_at(now + 3 * DAY, "P7D", WORKDAYS).at

    sweep(now + 20 * DAY)
    assert Entry.objects.filter(kind="clock.breached").count() == 1
    enter("demand.followed", now + 20 * DAY)
    assert the("weekly").generation == 3

    enter("demand.closed", now + 21 * DAY)
    enter("demand.followed", now + 22 * DAY)
    assert not Clock.objects.running().filter(clock_id="weekly").exists()


def only_ours(warned):
    """The statute's own clock warns beside it."""
    return lambda clock, moment: warned.append(moment) if clock.plan == "office@1" else None


def test_people_are_warned_once_at_each_step(enter, head, now):
    enter("petition.accepted", now)
    due, warned = the("sixty").due_at, []

    warn = only_ours(warned)
    for at in (due - 4 * DAY, due - 3 * DAY, due - 2 * DAY, due - DAY, due - DAY / 2, due + DAY):
        each_warning(at, 10, warn=warn)

    assert warned == [due - 3 * DAY, due - DAY]


def test_an_extension_is_warned_of_anew_and_a_stopped_clock_never(enter, head, now):
    enter("petition.accepted", now)
    due, warned = the("sixty").due_at, []
    warn = only_ours(warned)
    each_warning(due - DAY, 10, warn=warn)

    extend(the("sixty"), head, due - DAY, days=10)
    each_warning(due + 8 * DAY, 10, warn=warn)
    enter("handling_opinion.issued", due + 8 * DAY)
    each_warning(due + 9 * DAY, 10, warn=warn)

    assert warned == [due - DAY, due + 8 * DAY]
