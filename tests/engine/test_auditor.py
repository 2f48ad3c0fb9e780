"""Every promise, broken once: the auditor says so once, and once again when it is kept."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import connection, transaction

from clocks.models import Clock
from engine.background import auditor
from engine.background.auditor import audit
from engine.models import Alarm, Heartbeat
from engine.monotonic_clock import CLOCK
from journal import anchor
from journal.models import Entry, Head
from journal.numbering import number_new
from journal.record import content_of, record
from notices.models import Notice

SECOND = timedelta(seconds=1)


def codes(now, limits=None):
    return sorted(fault.code for fault in auditor.find_faults(now, limits or {}))


def test_all_is_well(db, now):
    assert codes(now) == []


def test_it_says_so_once_when_it_begins_and_once_when_it_ends(db, now):
    limits = {"clocks": 15 * SECOND}
    for second in range(3):
        assert audit(now + second * SECOND, limits) == 1
    Heartbeat.objects.create(name="clocks", turned_at=now)
    for second in range(3):
        assert audit(now + second * SECOND, limits) == 0

    assert list(Entry.objects.order_by("id").values_list("kind", "subject")) == [
        ("engine.alarmed", "engine:wheel_stopped:clocks"),
        ("engine.recovered", "engine:wheel_stopped:clocks"),
    ]
    assert content_of(Entry.objects.first())["code"] == "wheel_stopped:clocks"
    assert Alarm.objects.get().recovered_at == now


def test_the_file_for_the_watchdog_is_touched_only_while_all_is_well(db, now):
    audit(now, {})
    good = auditor.heartbeat_file().read_text()
    audit(now + SECOND, {"clocks": SECOND})

    assert good.endswith("ok\n")
    assert auditor.heartbeat_file().read_text() == good


@pytest.mark.parametrize(("seconds", "found"), [(15, []), (16, ["wheel_stopped:clocks"])])
def test_a_job_that_stopped(db, now, seconds, found):
    Heartbeat.objects.create(name="clocks", turned_at=now - seconds * SECOND)

    assert codes(now, {"clocks": 15 * SECOND}) == found


@pytest.mark.parametrize(("seconds", "found"), [(15, []), (16, ["clocks_overdue"])])
def test_a_deadline_nobody_recorded(db, now, seconds, found):
    Clock.objects.create(
        plan="p@1",
        clock_id="c",
        title_zh="时限",
        duration="PT3M",
        subject="order:1",
        thread="incident:1",
        started_at=now - timedelta(hours=1),
        due_at=now - seconds * SECOND,
    )

    assert codes(now) == found


@pytest.mark.parametrize(
    ("priority", "seconds", "attempts", "found"),
    [
        (1, 59, 0, []),
        (1, 60, 0, ["notices_waiting"]),
        (5, 600, 0, []),
        # Claimed or put off: due in the future, but tried for a minute already.
        (1, 60, 3, ["notices_waiting"]),
    ],
)
def test_an_alert_that_does_not_leave(cast, now, priority, seconds, attempts, found):
    queued = now - seconds * SECOND
    Notice.objects.create(
        dedupe="x",
        recipient=cast["county1.duty"],
        channel="sms",
        purpose="contact.code",
        subject="warning:1",
        thread="incident:1",
        text_zh="x",
        priority=priority,
        queued_at=queued,
        visible_at=now + 9 * SECOND if attempts else queued,
        attempts=attempts,
    )

    assert codes(now) == found


def test_a_call_that_waits_for_its_text_message_is_not_late(cast, now):
    Notice.objects.create(
        dedupe="x",
        recipient=cast["county1.duty"],
        channel="voice",
        purpose="contact.code",
        subject="warning:1",
        thread="incident:1",
        text_zh="x",
        priority=1,
        queued_at=now - 70 * SECOND,
        visible_at=now - 10 * SECOND,
    )

    assert codes(now) == []


def write(now, count=3):
    with transaction.atomic():
        for _ in range(count):
            record("incident.observed", subject="incident:1", actor=None, at=now)
    number_new()


def test_entries_that_get_no_number(db, now, monkeypatch):
    monkeypatch.setattr(auditor, "number_new", lambda: 0)
    record("incident.observed", subject="incident:1", actor=None, at=now)

    assert codes(now) == ["journal_unnumbered"]


def test_entries_that_only_just_came_are_no_fault(db, now):
    record("incident.observed", subject="incident:1", actor=None, at=now)

    assert codes(now) == []


def test_a_head_that_was_moved_back(db, now):
    write(now)
    second = Entry.objects.get(number=2)
    Head.objects.update(number=2, hash="0" * 64)
    assert codes(now) == ["journal_broken"]

    Head.objects.update(number=2, hash=second.hash)
    assert codes(now) == []
    anchor.anchor_file().write_text(f"2026-11-22T01:00:00Z 3 {'0' * 64}\n")
    assert codes(now) == ["journal_broken"]


def test_a_changed_entry_of_the_tail(transactional_db, now):
    write(now)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_entry_append_only'")
            (trigger,) = cursor.fetchone()
            cursor.execute("DROP TRIGGER journal_entry_append_only")
        cursor.execute(
            "UPDATE journal_entry SET body = replace(body, 'observed', 'obscured') WHERE number = 2"
        )
        cursor.execute(
            "ALTER TABLE journal_entry ENABLE TRIGGER USER" if connection.vendor == "postgresql" else trigger
        )

    assert codes(now) == ["journal_broken"]


@pytest.mark.control(31)
def test_a_disk_that_is_full(db, now, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(auditor.shutil, "disk_usage", lambda path: usage(100, 91, 9))
    assert codes(now) == ["disk_full"]

    monkeypatch.setattr(auditor.shutil, "disk_usage", lambda path: usage(100, 90, 10))
    assert codes(now) == []


def test_a_time_that_jumped(db, now, monkeypatch):
    monkeypatch.setattr(CLOCK, "has_jumped", True)

    assert codes(now) == ["time_jumped"]


def test_a_check_that_fails_is_a_fault_and_the_others_go_on(db, now, monkeypatch):
    def fails(path):
        raise PermissionError

    monkeypatch.setattr(auditor.shutil, "disk_usage", fails)
    monkeypatch.setattr(CLOCK, "has_jumped", True)

    assert codes(now) == ["check_failed", "time_jumped"]


def test_one_alarm_is_open_per_fault(db, now):
    from django.db import IntegrityError

    Alarm.objects.create(code="x", raised_at=now, recovered_at=now)
    Alarm.objects.create(code="x", raised_at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.create(code="x", raised_at=now)


def test_an_alarm_does_not_end_before_it_begins(db, now):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="alarm_recovers_after_it_is_raised"), transaction.atomic():
        Alarm.objects.create(code="x", raised_at=now, recovered_at=now - SECOND)


def test_a_head_that_was_deleted(db, now):
    write(now)
    Head.objects.all().delete()

    assert "journal_broken" in codes(now)


def test_an_anchor_written_while_the_auditor_looks_is_no_cut_tail(transactional_db, now, monkeypatch):
    write(now)
    read = auditor.Head.objects.filter

    def then_more(**given):
        found = list(read(**given))
        monkeypatch.undo()
        write(now)
        anchor.write(now)
        return auditor.Head.objects.none() if not found else _First(found[0])

    monkeypatch.setattr(auditor.Head.objects, "filter", then_more)

    assert list(auditor._broken_tail()) == []


class _First:
    def __init__(self, row):
        self.row = row

    def first(self):
        return self.row
