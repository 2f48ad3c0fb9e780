"""Each job runs by itself; one that fails stops no other."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from clocks.models import Clock
from engine.background import jobs, nightly
from engine.background.jobs import ALL, LANES, Job, claim, run_job
from engine.background.run import run_all, run_lane
from engine.models import Alarm, Heartbeat
from engine.monitoring.pages import JOB_WORDS, NIGHTLY_WORDS
from journal.models import Entry
from journal.record import record

SECOND = timedelta(seconds=1)


def test_every_job_says_on_the_system_page_what_it_does():
    assert set(JOB_WORDS) == {job.name for job in ALL}
    assert set(NIGHTLY_WORDS) == set(nightly.JOBS)


def test_one_turn_numbers_sweeps_and_beats(transactional_db, now):
    with transaction.atomic():
        record("incident.observed", subject="incident:1", actor=None, at=now)

    turned = run_all(now)

    assert turned.failed == ()
    assert list(turned.done) == [job.name for job in ALL]
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {job.name for job in ALL}
    assert not Entry.objects.filter(number__isnull=True).exists()
    assert not Alarm.objects.exists()


def test_a_breach_is_recorded_and_numbered(transactional_db, now):
    Clock.objects.create(
        plan="p@1",
        clock_id="c",
        title_zh="时限",
        duration="PT3M",
        subject="order:1",
        thread="incident:1",
        started_at=now - timedelta(minutes=4),
        due_at=now - SECOND,
    )

    run_all(now)
    run_all(now + SECOND)

    assert Entry.objects.get(kind="clock.breached").number == 1


def test_one_that_fails_stops_no_other(transactional_db, now, monkeypatch):
    def fails(now):
        raise ZeroDivisionError

    broken = [job._replace(run=fails) if job.name == "clocks" else job for job in ALL]
    monkeypatch.setattr("engine.background.run.ALL", broken)

    turned = run_all(now)

    assert turned.failed == ("clocks",)
    assert "notices" in turned.done
    assert not Heartbeat.objects.filter(name="clocks").exists()
    # The auditor of the same turn has noticed.
    assert Alarm.objects.get().code == "wheel_stopped:clocks"


def test_a_failure_is_logged_once_and_so_is_its_end(transactional_db, now, monkeypatch, caplog):
    ways = [ZeroDivisionError, ZeroDivisionError, None]

    def sometimes(now):
        if error := ways.pop(0):
            raise error
        return 0

    job = jobs.CLOCKS._replace(run=sometimes)
    monkeypatch.setitem(LANES, "desk", [job])
    for second in range(3):
        run_lane("desk", now + second * SECOND, timedelta())

    assert [record.message for record in caplog.records] == [
        "clocks failed; it is tried again at every turn",
        "clocks runs again",
    ]


def test_a_job_that_runs_now_and_then_is_taken_by_one(db, now):
    calls = []
    job = Job("rare", lambda at: calls.append(at) or 1, limit=SECOND, every=30 * SECOND)

    for second in (0, 0, 29, 30, 31, 60):
        run_job(job, now + second * SECOND)

    assert calls == [now, now + 30 * SECOND, now + 60 * SECOND]


def test_a_clock_set_back_does_not_stop_it(db, now):
    job = Job("rare", lambda at: 1, limit=SECOND, every=30 * SECOND)
    run_job(job, now)

    assert claim(job, now - timedelta(hours=1))


def test_the_heartbeat_is_written_every_few_seconds(db, now):
    for second in range(7):
        run_job(jobs.CLOCKS, now + second * SECOND)

    assert Heartbeat.objects.get(name="clocks").turned_at == now + 6 * SECOND


def test_the_auditor_waits_until_the_others_had_their_turn(db, now):
    assert "auditor" not in run_lane("desk", now, timedelta(seconds=14)).done
    assert "auditor" in run_lane("desk", now, timedelta(seconds=15)).done


def test_a_signature_is_anchored_at_the_next_turn(transactional_db, now):
    run_all(now)
    with transaction.atomic():
        record("warning.signed", subject="warning:1", actor=None, at=now)

    run_all(now + SECOND)

    from journal import anchor

    assert max(anchor.read()) == Entry.objects.get(kind="warning.signed").number


def test_the_command_turns_once_and_says_what_it_did(transactional_db, capsys):
    call_command("run_engine", "--once")

    assert "clocks: 0" in capsys.readouterr().out


def test_the_command_fails_where_a_job_fails(transactional_db, monkeypatch):
    def fails(now):
        raise ZeroDivisionError

    monkeypatch.setattr("engine.background.run.ALL", [jobs.CLOCKS._replace(run=fails)])

    with pytest.raises(SystemExit):
        call_command("run_engine", "--once")


def test_the_journal_is_anchored_each_minute(transactional_db, now):
    run_all(now)
    with transaction.atomic():
        record("incident.observed", subject="incident:1", actor=None, at=now)

    run_all(now + 61 * SECOND)

    from journal import anchor

    assert max(anchor.read()) == Entry.objects.filter(number__isnull=False).latest("number").number


def test_what_is_anchored_at_once_are_kinds_that_exist():
    from journal.kinds import KINDS

    assert set(KINDS) >= jobs.ANCHORED_AT_ONCE
