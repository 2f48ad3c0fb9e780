"""A healthy journal verifies however busy it is; every changed column, cut tail and lost head is found."""

import contextlib
import random
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import override_settings

from common import signing
from journal import anchor, record, verify
from journal.kinds import KINDS
from journal.models import Entry, Head
from journal.numbering import number_new
from tests.journal.test_record import owner_of_the_table, tampered, write

__all__ = ["owner_of_the_table"]


@pytest.fixture(autouse=True)
def own_anchors(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def elsewhere(act):
    """Do it on a connection of its own and wait for its commit."""

    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def test_a_journal_verifies_while_others_write_number_and_anchor(transactional_db, now, monkeypatch):
    for _ in range(3):
        write(None, now)
    number_new()
    walked = verify.chain

    def chain(*given):
        elsewhere(lambda: (write(None, now), number_new(), anchor.write(now)))
        return walked(*given)

    monkeypatch.setattr(verify, "chain", chain)
    verdict = verify.verify()

    assert verdict == verify.Verdict(3, None)
    assert Entry.objects.numbered().count() == 6


def test_an_anchor_written_just_before_the_walk_is_no_cut_tail(transactional_db, now, monkeypatch):
    write(None, now)
    number_new()
    checked = anchor.checked

    def then_more(*given, **named):
        found = checked(*given, **named)
        elsewhere(lambda: (write(None, now), number_new(), anchor.write(now)))
        return found

    monkeypatch.setattr(anchor, "checked", then_more)

    assert verify.verify() == verify.Verdict(2, None)


#: What the chain itself holds, or gives.
NOT_IN_THE_TEXT = {"id", "number", "hash", "body"}


@pytest.mark.control(29)
@pytest.mark.parametrize(
    "column", [field.column for field in Entry._meta.fields if field.column not in NOT_IN_THE_TEXT]
)
def test_every_column_that_is_shown_or_decides_who_reads_is_in_the_hash(
    owner_of_the_table, cast, units, now, column
):
    with transaction.atomic():
        entry = record.record(
            "incident.observed", subject="incident:1", unit=units["C1"], actor=cast["county1.duty"], at=now
        )
    number_new()
    entry.refresh_from_db()
    other = {
        "audience": "'security'",
        "unit_id": str(units["C2"].pk),
        "actor_id": str(cast["county2.duty"].pk),
        "drill": "true",
        "at": "'2026-11-21 01:00:00+00:00'",
        "recorded_at": "'2026-11-21 01:00:00+00:00'",
    }
    tampered(f"UPDATE journal_entry SET {column} = {other.get(column, repr('x'))} WHERE id = {entry.pk}")

    assert verify.verify().broken == entry.number


@pytest.fixture
def written_before(transactional_db, now, monkeypatch):
    """An entry in the form without the audience."""
    monkeypatch.setattr(record, "_form_of_new", lambda: (1, ""))
    with transaction.atomic():
        record.record("warning.signed", subject="warning:1", actor=None, at=now)
    number_new()
    monkeypatch.undo()


def test_entries_written_before_the_audience_was_hashed_still_verify(written_before, now):
    assert "audience" not in Entry.objects.get().body
    write(None, now)
    number_new()

    assert verify.verify() == verify.Verdict(2, None)


def test_nor_does_an_old_entry_hide_behind_another_audience(owner_of_the_table, written_before):
    assert KINDS["warning.signed"].audience == "incident"
    tampered("UPDATE journal_entry SET audience = 'security'")

    assert verify.verify().broken == 1


#: By chance, one thing that the owner of the table could do.
def _one_of_many(chance, numbers):
    number, other = chance.sample(numbers, 2)
    column = chance.choice(["kind", "audience", "subject", "thread", "post", "actor_name", "level", "plan"])
    digit = chance.choice("0123456789abcdef")
    return chance.choice(
        [
            f"UPDATE journal_entry SET {column} = {column} || '{digit}' WHERE number = {number}",
            f"UPDATE journal_entry SET body = replace(body, 'seen', 'heard{digit}') WHERE number = {number}",
            f"UPDATE journal_entry SET hash = '{digit}' || hash WHERE number = {number}",
            f"UPDATE journal_entry SET body = (SELECT body FROM journal_entry WHERE number = {other}) "
            f"WHERE number = {number}",
            f"DELETE FROM journal_entry WHERE number = {number}",
            f"UPDATE journal_entry SET number = 1000 WHERE number = {number}",
            f"UPDATE journal_entry SET number = -number WHERE number IN ({number}, {other}); "
            f"UPDATE journal_entry SET number = {number} + {other} + number WHERE number < 0",
            "INSERT INTO journal_entry (number, kind, audience, subject, thread, unit_path, actor_name, post, at, "
            "recorded_at, level, plan, drill, body, hash) SELECT "
            f"1 + (SELECT max(number) FROM journal_entry), kind, audience, subject, thread, unit_path, actor_name, "
            f"post, at, recorded_at, level, plan, drill, body, hash FROM journal_entry WHERE number = {number}",
        ]
    )


class _Undone(Exception):
    """The journal is as it was."""


@pytest.mark.slow
@pytest.mark.embedded_only
@pytest.mark.control(29)
def test_of_a_thousand_changes_by_chance_every_one_is_found(owner_of_the_table, now):
    for number in range(8):
        write(None, now, subject=f"incident:{number + 1}", content={"what": f"seen {number}"})
    number_new()
    anchor.write(now)
    tampered("SELECT 1")
    chance = random.Random(29)
    missed = []

    for _time in range(1000):
        statements = _one_of_many(chance, list(range(1, 9)))
        with contextlib.suppress(_Undone), transaction.atomic():
            with connection.cursor() as cursor:
                for statement in statements.split("; "):
                    cursor.execute(statement)
            if verify.verify().broken is None:
                missed.append(statements)
            raise _Undone

    assert missed == []
    assert verify.verify() == verify.Verdict(8, None)


@pytest.mark.control(29)
def test_a_head_that_was_deleted_is_missed(transactional_db, now):
    write(None, now)
    number_new()
    Head.objects.all().delete()

    assert verify.verify() == verify.Verdict(1, 2, "the head is missing")


def test_a_journal_without_an_entry_is_whole(transactional_db):
    assert verify.verify() == verify.Verdict(0, None)


def test_the_newest_anchor_is_compared_without_reading_all(transactional_db, now, monkeypatch):
    for minute in range(3):
        write(None, now)
        number_new()
        assert anchor.write(now + timedelta(minutes=minute))
    assert not anchor.write(now)

    assert anchor.recent() == anchor.read()
    assert list(anchor.read()) == [1, 2, 3]
    monkeypatch.setattr(anchor, "RECENT", 260)
    assert list(anchor.recent()) == [3]


def test_half_a_line_from_a_power_cut_spoils_no_other(transactional_db, now):
    anchor.anchor_file().write_text("2026-11-22T01:00:00.000000Z 1 abc")
    write(None, now)
    number_new()
    anchor.write(now)

    assert list(anchor.read()) == [1]


def anchored(now, count):
    """The lines of as many anchors, one for each of as many entries."""
    for minute in range(count):
        write(None, now)
        number_new()
        anchor.write(now + timedelta(minutes=minute))
    return anchor.anchor_file().read_text().splitlines(keepends=True)


@pytest.mark.control(29)
def test_an_anchor_that_we_did_not_sign_is_missed(transactional_db, now, settings):
    """Moved to another number, signed by somebody else, or not at all: the first of them is named."""
    lines = anchored(now, 3)
    assert verify.verify() == verify.Verdict(3, None)

    def broken(*changed):
        anchor.anchor_file().write_text("".join(changed))
        return verify.verify().broken

    stamp, number, hashed, signature = lines[1].split()
    assert broken(lines[0], f"{stamp} {number} {hashed}\n", lines[2]) == 2
    assert broken(lines[0], f"{stamp} {number} {hashed} {signature[::-1]}\n", lines[2]) == 2
    assert broken(lines[0], lines[1].replace(stamp, stamp.replace("20", "19")), lines[2]) == 2
    with override_settings(SIGNING_KEY="77" * 32):
        assert broken(*lines) == 1
        others = signing.signer()
        anchor.anchor_file().unlink()
        lines = anchored(now, 1)
    assert broken(*lines) == 4
    settings.FORMER_SIGNERS = [others]
    assert broken(*lines) is None


@pytest.mark.control(29)
def test_anchors_from_before_they_were_signed_come_first(transactional_db, now):
    lines = anchored(now, 2)
    unsigned = [" ".join(line.split()[:3]) + "\n" for line in lines]

    anchor.anchor_file().write_text(unsigned[0] + lines[1])
    assert verify.verify() == verify.Verdict(2, None)
    anchor.anchor_file().write_text(lines[0] + unsigned[1])
    assert verify.verify().broken == 2


def rewritten(now):
    """The chain made anew from another first entry, its head and the file of anchors too, by who holds the server's disk."""
    Head.objects.all().delete()
    hashed = ""
    rows = []
    for entry in Entry.objects.numbered():
        entry.body = entry.body.replace("seen", "heard")
        hashed = verify.chain(hashed, entry.number, entry.body)
        rows.append((entry.body, hashed, entry.pk))
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE journal_entry SET body = %s, hash = %s WHERE id = %s", rows)
    Head.objects.create(pk=1, number=len(rows), hash=hashed)
    anchor.anchor_file().unlink()
    anchor.write(now)


@pytest.mark.control(29)
def test_a_chain_rewritten_with_its_anchors_is_found_by_the_copy_elsewhere(
    owner_of_the_table, now, settings, tmp_path
):
    other = tmp_path / "other-machine"
    other.mkdir()
    settings.ANCHOR_COPY_DIR = str(other)
    for number in range(3):
        write(None, now, content={"what": f"seen {number}"})
        number_new()
        anchor.write(now)
    assert verify.verify() == verify.Verdict(3, None)
    tampered("SELECT 1")

    rewritten(now)

    # With the key of this server even the new anchor is signed; only the copy knows better.
    assert verify.verify().broken is not None
    assert "holds other anchors" in anchor.behind()
    settings.ANCHOR_COPY_DIR = ""
    assert verify.verify() == verify.Verdict(3, None)
    assert verify.verify(copy=other / anchor.FILE).broken is not None


def test_a_copy_catches_up_and_says_when_it_cannot(transactional_db, now, settings, tmp_path):
    anchored(now, 2)
    assert anchor.behind() == ""
    other = tmp_path / "other-machine"
    settings.ANCHOR_COPY_DIR = str(other)
    assert anchor.behind() == f"{other} is not there"
    anchor.write(now)

    other.mkdir()
    assert "bytes are missing" in anchor.behind()
    anchor.write(now)
    assert anchor.behind() == ""
    assert (other / anchor.FILE).read_bytes() == anchor.anchor_file().read_bytes()

    # Another file's: nothing is written over it.
    (other / anchor.FILE).write_text("another's\n")
    anchored(now, 1)
    assert "holds other anchors" in anchor.behind()
    assert (other / anchor.FILE).read_text() == "another's\n"
