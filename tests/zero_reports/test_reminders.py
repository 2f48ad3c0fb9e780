"""Following up silence: who is told when, never who has answered, never twice."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Post, User
from accounts.posts.actions import appoint_person, create_unit
from common.dates.local_time import day_of
from journal.models import Entry
from journal.numbering import number_new
from journal.record import content_of
from notices.choices import State
from notices.models import Notice
from notices.reading.queries import inbox
from notices.sending import outbox
from zero_reports.reminders import actions
from zero_reports.reminders.actions import take_back, take_step, write_steps
from zero_reports.reminders.jobs import run_reminders
from zero_reports.reminders.models import ReminderStep
from zero_reports.rounds.actions import fix_rounds, open_rounds

SECOND = timedelta(seconds=1)


@pytest.fixture
def round_of_today(plan, cast, units, now):
    """The city's round of the day, under the city plan: cut-off 17:30, an hour before, then up the tree."""
    open_rounds(now=now)
    write_steps(now)


def told(purpose):
    """Who was told for this purpose, with the subject's unit."""
    rows = Notice.objects.filter(purpose__startswith=purpose, channel="app").select_related(
        "unit", "recipient"
    )
    return sorted((notice.unit.code, notice.recipient.username) for notice in rows)


EVERYBODY_BUT_V111 = [
    ("C0", "city.duty"),
    ("C1", "county1.duty"),
    ("C2", "county2.duty"),
    ("T11", "town11.clerk"),
    ("T12", "town12.clerk"),
    ("T21", "town21.clerk"),
    ("T22", "town22.clerk"),
    ("V121", "village121.informant"),
    ("V211", "village211.informant"),
    ("V221", "village221.informant"),
]


# --- which steps, when -----------------------------------------------------------------------------------------


def test_the_plan_says_the_steps(round_of_today, oclock):
    steps = ReminderStep.objects.order_by("number")

    assert [(s.do, s.at, s.post, s.post_tier) for s in steps] == [
        ("before", oclock("16:30"), "", ""),
        ("cutoff", oclock("17:30"), "", ""),
        ("summary", oclock("17:30"), "", ""),
        ("climb", oclock("18:00"), "office_head", "township"),
        ("climb", oclock("18:30"), "duty_leader", ""),
    ]
    assert {tuple(s.tiers) for s in steps} == {("city", "county", "township", "village")}


def test_they_are_written_once(round_of_today, now):
    assert write_steps(now) == 0
    assert ReminderStep.objects.count() == 5


def test_without_a_plan_the_proposal_stands_and_nothing_climbs(cast, now):
    open_rounds(now=now)

    write_steps(now)

    assert list(ReminderStep.objects.order_by("number").values_list("do", flat=True)) == [
        "before",
        "cutoff",
        "summary",
    ]


# --- who is told -----------------------------------------------------------------------------------------------


def test_nobody_is_told_before_it_is_time(round_of_today, oclock):
    run_reminders(oclock("16:30"))

    assert not Notice.objects.exists()


def test_an_hour_before_only_the_silent_are_reminded(round_of_today, file, oclock):
    file("village111.informant", "V111")

    run_reminders(oclock("16:30:01"))

    assert told("report.") == EVERYBODY_BUT_V111
    one = Notice.objects.get(recipient__username="village121.informant")
    assert "柳林一村11月22日零报告尚未报送，17:30截止" in one.text_zh
    assert one.text_en.startswith("Village 121 has not sent its report for 22 Nov; it is due at 17:30")
    assert one.expires_at == oclock("17:30")


def test_at_the_cutoff_the_silent_and_one_summary_above(round_of_today, file, oclock):
    file("village111.informant", "V111")
    file("town11.clerk", "T11")
    Notice.objects.all().delete()

    run_reminders(oclock("17:30:01"))

    assert ("V121", "village121.informant") in told("report.missed")
    assert not {("V111", "village111.informant"), ("T11", "town11.clerk")} & set(told("report.missed"))
    # Township 11 has nobody silent right below it and hears nothing.
    assert told("report.summary") == [
        ("C0", "city.duty"),
        ("C1", "county1.duty"),
        ("C2", "county2.duty"),
        ("T12", "town12.clerk"),
        ("T21", "town21.clerk"),
        ("T22", "town22.clerk"),
    ]
    county = Notice.objects.get(purpose__startswith="report.summary", unit__code="C2")
    assert "下级2个单位未报：城关镇司法所、柳林镇司法所。" in county.text_zh
    assert "2 silent right below" in county.text_en


def test_a_silent_unit_climbs_by_the_plans_steps(round_of_today, oclock):
    run_reminders(oclock("17:31"))
    Notice.objects.all().delete()

    run_reminders(oclock("18:00:01"))
    heads = told("report.climb")
    run_reminders(oclock("18:30:01"))

    assert heads == [
        ("T11", "town11.head"),
        ("T12", "town12.head"),
        ("T21", "town21.head"),
        ("T22", "town22.head"),
    ]
    leaders = [one for one in told("report.climb") if one not in heads]
    assert leaders == [("C0", "city.leader"), ("C1", "county1.leader"), ("C2", "county2.leader")]
    county = Notice.objects.get(unit__code="C1")
    assert "仍有4个单位未报" in county.text_zh


def test_after_the_counts_are_fixed_it_goes_on_with_those_written_down(round_of_today, file, oclock):
    run_reminders(oclock("17:30:01"))
    fix_rounds(now=oclock("17:31"))
    file("village121.informant", "V121", at=oclock("17:40"))
    file("town12.clerk", "T12", at=oclock("17:40"))

    run_reminders(oclock("18:00:01"))

    assert [code for code, _who in told("report.climb")] == ["T11", "T21", "T22"]


def test_a_unit_without_people_and_one_that_is_closed_hold_up_nobody(round_of_today, units, now, oclock):
    create_unit(code="X", name="空村", tier="village", parent=units["T11"], actor=None, now=now)
    units["V121"].valid_to = day_of(now)
    units["V121"].valid_from = None
    units["V121"].save()

    run_reminders(oclock("16:30:01"))

    assert {code for code, _who in told("report.due")} == {code for code, _ in EVERYBODY_BUT_V111} - {
        "V121"
    } | {"V111"}


def test_each_step_is_on_the_record(round_of_today, oclock):
    run_reminders(oclock("17:31"))

    entries = Entry.objects.filter(kind="period.reminded").order_by("id")
    assert [(content_of(e)["step"], content_of(e)["told"]) for e in entries] == [
        ("before", 0),
        ("cutoff", 11),
        ("summary", 7),
    ]


# --- a stop, a crash, two engines --------------------------------------------------------------------------------


def test_after_a_stop_what_is_still_useful_is_said(round_of_today, oclock):
    run_reminders(oclock("19:00"))

    assert not told("report.due")
    assert len(told("report.missed")) == 11
    assert told("report.climb")


def test_after_a_long_stop_yesterday_is_left_alone(round_of_today, oclock):
    run_reminders(oclock("17:31") + timedelta(days=2))

    assert not Notice.objects.exists()
    assert not actions.due_steps(oclock("17:31") + timedelta(days=2)).exists()


def test_chunk_by_chunk_nobody_is_left_out_or_told_twice(round_of_today, oclock, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)

    while take_step(oclock("16:30:01")):
        pass

    assert len(set(told("report.due"))) == 11


@pytest.mark.parametrize("dies_at", [1, 3, 6])
@pytest.mark.django_db(transaction=True)
def test_one_that_dies_in_between_leaves_the_rest_to_the_next(round_of_today, oclock, monkeypatch, dies_at):
    monkeypatch.setattr(actions, "CHUNK", 2)
    passed = iter(range(1, 100))

    def die(name):
        if next(passed) == dies_at:
            raise SystemExit

    monkeypatch.setattr(actions, "crash_point", die)
    with pytest.raises(SystemExit):
        run_reminders(oclock("16:30:01"))
    before = len(told("report.due"))
    run_reminders(oclock("16:31"))

    assert before == 2 * (dies_at - 1)
    assert len(told("report.due")) == len(set(told("report.due"))) == 11


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_engines_at_once_tell_each_once(round_of_today, oclock, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    start, problems = Barrier(2), []

    def run():
        try:
            start.wait()
            for _ in range(20):
                run_reminders(oclock("17:31"))
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run), Thread(target=run)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_reminders(oclock("17:32"))

    assert problems == []
    assert len(told("report.missed")) == 11
    assert len(told("report.summary")) == 7
    assert Entry.objects.filter(kind="period.reminded").count() == 3


# --- the state is read again when it is sent ---------------------------------------------------------------------


def test_who_answers_between_the_step_and_the_sending_is_not_told(
    round_of_today, bundling_gateway, file, cast, oclock
):
    run_reminders(oclock("16:30:01"))
    file("village121.informant", "V121", at=oclock("16:30:30"))

    outbox.send_due(oclock("16:32"))

    phones = {message.to for message in bundling_gateway.messages()}
    assert cast["village121.informant"].phone not in phones
    assert cast["village111.informant"].phone in phones
    one = Notice.objects.get(recipient=cast["village121.informant"], channel="sms")
    assert (one.state, one.last_error) == (State.CANCELLED, "answered meanwhile")
    assert not Entry.objects.filter(kind="notice.failed").exists()


@pytest.mark.parametrize("how_many", [1, 2])
def test_a_summary_is_sent_while_somebody_below_is_silent(
    round_of_today, bundling_gateway, file, cast, oclock, how_many
):
    run_reminders(oclock("17:30:01"))
    both = [("town12.clerk", "T12"), ("village121.informant", "V121")]
    for username, code in both[:how_many]:
        file(username, code, at=oclock("17:30:20"))

    outbox.send_due(oclock("17:32"))

    texts = [m.text for m in bundling_gateway.messages() if m.to == cast["town12.clerk"].phone]
    assert bool(texts) == (how_many == 1)


def test_several_reminders_to_one_person_are_one_message(
    round_of_today, bundling_gateway, units, cast, now, oclock
):
    """A clerk who answers for several villages."""
    for number in range(3):
        unit = create_unit(
            code=f"N{number}", name=f"新{number}村", tier="village", parent=units["T11"], actor=None, now=now
        )
        post = Post.objects.create(unit=unit, kind="informant", title="信息员")
        appoint_person(person=cast["town11.clerk"], post=post, actor=None, now=now)

    run_reminders(oclock("16:30:01"))
    outbox.send_due(oclock("16:32"))

    assert len([m for m in bundling_gateway.messages() if m.to == cast["town11.clerk"].phone]) == 1


def test_at_night_nothing_rings_for_what_is_over_by_the_morning(
    round_of_today, settings, bundling_gateway, now, oclock
):
    settings.NOTICE_QUIET_HOURS = "16:00-07:00"

    run_reminders(oclock("16:30:01"))

    assert set(Notice.objects.values_list("channel", flat=True)) == {"app"}
    # It stands on the screen; nobody was told, and the record does not say that anybody was.
    assert ReminderStep.objects.get(do="before").told == 0


def test_an_english_reader_is_reminded_in_english(round_of_today, bundling_gateway, cast, oclock):
    User.objects.filter(username="village111.informant").update(language="en")

    run_reminders(oclock("16:30:01"))
    outbox.send_due(oclock("16:32"))

    (text,) = [m.text for m in bundling_gateway.messages() if m.to == cast["village111.informant"].phone]
    assert text == "Village 111: the report for 22 Nov is due at 17:30. If nothing happened, say so."


def test_an_answer_takes_the_reminder_from_the_screen(round_of_today, file, cast, oclock):
    run_reminders(oclock("16:30:01"))
    file("village111.informant", "V111", at=oclock("16:40"))
    number_new()

    take_back(oclock("16:41"))

    assert not inbox(cast["village111.informant"])
    assert inbox(cast["village121.informant"])
    assert take_back(oclock("16:41")) == 0


# --- cost --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_step_costs_the_same_for_any_number_of_units(plan, cast, units, now, oclock):
    costs = []
    for day, new in enumerate((1, 10, 60)):
        at = timedelta(days=day)
        for number in range(new):
            unit = create_unit(
                code=f"D{day}N{number}", name="新村", tier="village", parent=units["T11"], actor=None, now=now
            )
            post = Post.objects.create(unit=unit, kind="informant", title="信息员")
            appoint_person(person=cast["village111.informant"], post=post, actor=None, now=now)
        open_rounds(now=now + at)
        write_steps(now + at)
        with CaptureQueriesContext(connection) as queries:
            while take_step(oclock("18:31") + at):
                pass
        # One insert carries as many rows as the database takes.
        costs.append(sum(not query["sql"].startswith("INSERT") for query in queries))

    assert len(set(costs)) == 1, costs


def test_the_job_is_run_by_the_engine(now, monkeypatch):
    from engine.background.jobs import ALL, LANES, REMINDERS

    monkeypatch.setattr("engine.background.jobs.run_reminders", lambda moment: 2 if moment == now else 0)
    monkeypatch.setattr("engine.background.jobs.remind_written", lambda moment: 3 if moment == now else 0)
    monkeypatch.setattr("engine.background.jobs.remind_improvements", lambda moment: 0)
    monkeypatch.setattr("engine.background.jobs.send_digests", lambda moment: 0)
    monkeypatch.setattr("engine.background.jobs.begin_meetings", lambda moment: 0)
    assert REMINDERS.run(now) == 5
    assert REMINDERS in ALL
    assert REMINDERS in LANES["reports"]


def test_a_step_is_written_once_per_clock_and_number(round_of_today):
    """`one_reminder_step_per_number`: two engines that open the same round do not remind twice."""
    step = ReminderStep.objects.order_by("pk").first()
    step.pk = None

    with pytest.raises(IntegrityError, match="one_reminder_step_per_number|UNIQUE"), transaction.atomic():
        step.save(force_insert=True)


@pytest.mark.parametrize("change", [{"do": "climb", "post": ""}, {"do": "before", "post": "office_head"}])
def test_only_a_step_that_climbs_names_a_post(round_of_today, change):
    """`a_step_that_climbs_names_a_post`, and it always does."""
    with pytest.raises(IntegrityError, match="a_step_that_climbs_names_a_post"), transaction.atomic():
        ReminderStep.objects.update(**change)
