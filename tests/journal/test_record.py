from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError, InternalError, ProgrammingError

from journal.models import Entry, Head
from journal.numbering import head, number_new
from journal.record import content_of, record
from journal.verify import verify


def write(unit, now, kind="incident.observed", subject="incident:1", **more):
    with transaction.atomic():
        return record(kind, subject=subject, unit=unit, actor=None, at=now, **more)


@pytest.mark.control(27, 31)
def test_record_outside_a_transaction_is_refused(transactional_db, now):
    with pytest.raises(transaction.TransactionManagementError):
        record("incident.observed", subject="incident:1", actor=None, at=now)


def test_record_of_an_unknown_kind_is_refused(db, now):
    with pytest.raises(KeyError):
        record("incident.vanished", subject="incident:1", actor=None, at=now)


@pytest.mark.control(27, 31)
def test_a_rolled_back_change_leaves_no_entry(transactional_db, now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("incident.observed", subject="incident:1", actor=None, at=now)
        raise ZeroDivisionError

    assert Entry.objects.count() == 0


def test_committed_entries_get_numbers_without_gaps(transactional_db, now):
    for _ in range(3):
        write(None, now)

    assert list(Entry.objects.numbered().values_list("number", flat=True)) == [1, 2, 3]
    assert head() == 3


def test_numbering_twice_changes_nothing(transactional_db, now):
    write(None, now)
    before = Entry.objects.get()

    assert number_new() == 0
    assert Entry.objects.get().hash == before.hash


@pytest.mark.control(26)
def test_an_entry_says_who_where_as_what_when_and_about_what(transactional_db, cast, units, now):
    duty = cast["county1.duty"]
    about = {
        "unit": units["C1"],
        "actor": duty,
        "at": now,
        "post": "值班员",
        "content": {"what": "两人在大厅"},
    }
    with transaction.atomic():
        record("incident.observed", subject="incident:1", **about)

    entry = Entry.objects.get(kind="incident.observed")

    assert (entry.kind, entry.subject, entry.audience) == ("incident.observed", "incident:1", "incident")
    assert (entry.actor, entry.actor_name, entry.post) == (duty, str(duty), "值班员")
    assert (entry.unit, entry.unit_path) == (units["C1"], units["C1"].path)
    assert (entry.at, entry.recorded_at, entry.at.utcoffset()) == (now, now, timedelta(0))
    assert content_of(entry) == {"what": "两人在大厅"}
    assert (entry.number, len(entry.hash)) == (head(), 64)


@pytest.mark.control(28, 30)
@pytest.mark.parametrize("change", ["UPDATE journal_entry SET post = 'x'", "DELETE FROM journal_entry"])
def test_the_database_refuses_to_change_the_past(transactional_db, now, change):
    write(None, now)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert Entry.objects.get().post == ""


def test_a_number_is_given_only_once(transactional_db, now):
    write(None, now)

    with pytest.raises((IntegrityError, ProgrammingError, InternalError)), transaction.atomic():
        Entry.objects.update(number=7)


def test_an_untouched_journal_verifies(transactional_db, cast, units, now):
    write(units["C1"], now, content={"what": "两人在大厅"})

    verdict = verify()

    assert verdict.broken is None
    assert verdict.checked == Entry.objects.count()


def tampered(statement):
    """Change the journal as its owner could: triggers off, change, triggers on."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER journal_entry_append_only")
            cursor.execute("DROP TRIGGER journal_entry_no_delete")
        cursor.execute(statement)


@pytest.fixture
def owner_of_the_table(transactional_db):
    """Puts the triggers back after a test that took them away."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal_entry'"
            )
            kept = [row[0] for row in cursor.fetchall()]
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
        else:
            for sql in kept:
                cursor.execute(sql)


@pytest.mark.control(29)
@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE journal_entry SET post = 'x' WHERE number = 2", 2),
        ("UPDATE journal_entry SET body = replace(body, 'incident', 'accident') WHERE number = 2", 2),
        ("DELETE FROM journal_entry WHERE number = 2", 2),
        ("DELETE FROM journal_entry WHERE number = 3", 3),
    ],
)
def test_tampering_is_found_and_the_first_broken_number_named(owner_of_the_table, now, statement, broken):
    for _ in range(3):
        write(None, now)

    tampered(statement)

    assert verify().broken == broken


@pytest.mark.control(29)
def test_a_cut_tail_with_the_head_moved_back_is_found_by_the_anchor(
    owner_of_the_table, now, settings, tmp_path
):
    from journal import anchor

    settings.DATA_DIR = tmp_path
    for _ in range(3):
        write(None, now)
    anchor.write(now)

    tampered("DELETE FROM journal_entry WHERE number = 3")
    second = Entry.objects.get(number=2)
    Head.objects.update(number=2, hash=second.hash)

    assert verify().broken == 3


def test_a_reader_never_misses_an_entry_that_commits_late(transactional_db, now):
    """Entry ids are taken in one order and committed in another; numbers follow the commits."""
    with transaction.atomic():
        early = Entry.objects.create(
            kind="incident.observed",
            audience="incident",
            subject="a:1",
            thread="a:1",
            at=now,
            recorded_at=now,
            body="{}",
        )
    with transaction.atomic():
        late = Entry.objects.create(
            kind="incident.observed",
            audience="incident",
            subject="a:2",
            thread="a:2",
            at=now,
            recorded_at=now,
            body="{}",
        )
    number_new()
    early.refresh_from_db()
    late.refresh_from_db()

    assert (early.number, late.number) == (1, 2)
