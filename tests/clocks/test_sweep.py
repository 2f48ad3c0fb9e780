"""Breaches: once each, never early, and one that fails holds up nobody."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from clocks import rulebook
from clocks.breaches import effects
from clocks.breaches.sweep import sweep
from clocks.models import Clock
from journal.models import Entry
from journal.record import content_of
from tests.clocks.conftest import PLAN

SECOND = timedelta(seconds=1)


@pytest.fixture
def effect():
    """Sets an effect of that name for one test, then puts back what there was: effect("name", fn)."""
    before = dict(effects.EFFECTS)
    yield effects.EFFECTS.__setitem__
    effects.EFFECTS.clear()
    effects.EFFECTS.update(before)


def breaches():
    return Entry.objects.filter(kind="clock.breached")


def test_a_missed_deadline_becomes_an_entry_once(write, now):
    write("incident.discovered", now)
    due = now + timedelta(minutes=3)

    assert sweep(due) == 0
    assert sweep(due + SECOND) == 1
    assert sweep(due + 2 * SECOND) == 0

    entry = breaches().get()
    assert (entry.subject, entry.at, entry.recorded_at) == ("incident:1", due, due + SECOND)
    assert content_of(entry)["clock"] == "golden"
    assert Clock.objects.get().breached_at == due + SECOND


def test_after_an_outage_every_overdue_clock_fires_once(write, now):
    for number in range(3):
        write("incident.discovered", now, subject=f"incident:{number}")

    assert sweep(now + timedelta(days=2)) == 3
    assert breaches().count() == 3


def test_done_in_time_is_no_breach(write, now):
    write("incident.discovered", now)
    write("incident.reported", now + timedelta(minutes=3))

    assert sweep(now + timedelta(hours=1)) == 0


def test_done_late_between_two_sweeps_is_recorded_all_the_same(write, now, effect):
    called = []
    effect("signoff.escalate", lambda clock, at: called.append(clock.pk))
    write("warning.proposed", now, subject="warning:7", thread="incident:1")
    write("warning.signed", now + timedelta(minutes=4), subject="warning:7", thread="incident:1")

    sweep(now + timedelta(minutes=5))

    assert "stopped_at" in content_of(breaches().get(subject="warning:7"))
    assert called == []


def test_cancelled_before_its_deadline_is_no_breach_and_after_it_is_one(stored_clock, now):
    stored_clock(due_at=now + 9 * SECOND, cancelled_at=now + 8 * SECOND)
    stored_clock(due_at=now + 9 * SECOND, cancelled_at=now + 10 * SECOND)

    assert sweep(now + 60 * SECOND) == 1


def test_a_clock_without_a_figure_never_fires(stored_clock, now):
    stored_clock(due_at=None)

    assert sweep(now + timedelta(days=400)) == 0


def test_the_effect_follows_the_breach(write, now, effect):
    called = []
    effect("signoff.escalate", lambda clock, at: called.append((clock.subject, at)))
    write("warning.proposed", now, subject="warning:7", thread="incident:1")
    late = now + timedelta(minutes=4)

    sweep(late)
    sweep(late + SECOND)

    assert called == [("warning:7", late)]
    assert Clock.objects.get().effect_due_at is None


def test_an_effect_that_fails_is_recorded_retried_and_holds_up_nobody(write, now, effect):
    tried = []

    def fails_for_one(clock, at):
        tried.append((clock.subject, at))
        if clock.subject == "warning:1":
            Entry.objects.create(
                kind="x", audience="x", subject="half", thread="half", at=at, recorded_at=at, body=""
            )
            raise ConnectionError

    effect("signoff.escalate", fails_for_one)
    for number in (1, 2):
        write("warning.proposed", now, subject=f"warning:{number}", thread="incident:1")
    late = now + timedelta(minutes=4)

    sweep(late)
    sweep(late + 59 * SECOND)
    sweep(late + 60 * SECOND)
    sweep(late + 179 * SECOND)
    sweep(late + 180 * SECOND)

    assert [at for subject, at in tried if subject == "warning:2"] == [late]
    assert [at for subject, at in tried if subject == "warning:1"] == [
        late,
        late + 60 * SECOND,
        late + 180 * SECOND,
    ]
    assert breaches().count() == 2
    assert Entry.objects.filter(kind="clock.effect_failed", subject="warning:1").count() == 1
    assert not Entry.objects.filter(subject="half").exists()


def test_an_effect_nobody_registered_is_a_failure_not_a_silence(write, now):
    write("warning.proposed", now, subject="warning:1", thread="incident:1")

    sweep(now + timedelta(minutes=4))

    assert Entry.objects.filter(kind="clock.effect_failed").exists()


def test_a_failed_effect_is_not_tried_again_once_the_thing_is_done(write, now, effect):
    tried = []
    effect("signoff.escalate", lambda clock, at: (tried.append(at), 1 / 0))
    write("warning.proposed", now, subject="warning:1", thread="incident:1")
    late = now + timedelta(minutes=4)
    sweep(late)

    write("warning.signed", late + SECOND, subject="warning:1", thread="incident:1")
    sweep(late + timedelta(minutes=2))

    assert tried == [late]
    assert Clock.objects.get(clock_id="signoff").effect_due_at is None


def test_of_two_sweepers_with_one_claim_only_one_commits(write, now, effect):
    """The first is slow beyond its lease; what it wrote goes when it finds the second one's claim."""
    ran = []

    def slow(clock, at):
        ran.append(at)
        if len(ran) == 1:
            sweep(at + timedelta(seconds=11))

    effect("signoff.escalate", slow)
    write("warning.proposed", now, subject="warning:1", thread="incident:1")

    sweep(now + timedelta(minutes=4))

    assert len(ran) == 2
    assert breaches().count() == 1


def burst(now, count):
    Clock.objects.bulk_create(
        Clock(
            plan="p@1",
            clock_id="c",
            title_zh="时限",
            duration="PT3M",
            subject=f"order:{n}",
            thread="incident:1",
            started_at=now,
            due_at=now,
        )
        for n in range(count)
    )


@pytest.mark.slow
def test_a_burst_with_two_sweepers_fires_each_once(transactional_db, now):
    burst(now, 1000)
    failures = []

    def work():
        try:
            while sweep(now + SECOND, limit=100):
                pass
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    sweepers = [threading.Thread(target=work) for _ in range(2 if connection.vendor == "postgresql" else 1)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()

    assert failures == []
    assert breaches().count() == 1000
    assert breaches().values("subject").distinct().count() == 1000


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same_however_full(plan, stored_clock, now, count, django_assert_num_queries):
    for _ in range(count):
        stored_clock(due_at=now)
    rulebook.rules_for(PLAN)

    # due, set aside, savepoint, select, update, one insert per entry, release, exists
    with django_assert_num_queries(7 + count):
        sweep(now + SECOND)


def test_the_question_of_the_sweep_uses_its_index(stored_clock, now):
    """Also on a table whose statistics were taken while it was empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clocks_clock" if connection.vendor == "postgresql" else "ANALYZE")
    burst(now + timedelta(days=1), 2000)

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explained = Clock.objects.unswept(now).order_by("due_at")[:100].explain()

    assert "clock_unswept" in explained


def test_a_breach_that_cannot_be_recorded_holds_up_no_other(write, now, monkeypatch):
    from clocks.breaches import sweep as module

    for number in range(3):
        write("incident.discovered", now, subject=f"incident:{number}")
    real = module._record_breach

    def record(clock, at):
        if clock.subject == "incident:1":
            raise KeyError("poison")
        real(clock, at)

    monkeypatch.setattr(module, "_record_breach", record)
    at = now + timedelta(days=2)

    assert sweep(at) == 2
    assert sweep(at + SECOND) == 0
    monkeypatch.setattr(module, "_record_breach", real)
    assert sweep(at + timedelta(minutes=1)) == 1
    assert breaches().count() == 3
