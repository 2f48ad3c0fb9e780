"""What is done once a night, by whoever is first, and what it leaves on the system page."""

import json
import re
from datetime import date, datetime, timedelta

import pytest
from celery import current_app
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from clocks.models import WorkCalendarDay
from common.dates.local_time import LOCAL
from engine.background import auditor, expiry, nightly
from engine.background.long_works import VERIFY
from engine.backup import backups, nightly_backup
from engine.choices import CAN_WAIT, FAULTS
from engine.models import Alarm, NightlyJob
from engine.monitoring.queries import status
from journal.models import Entry
from journal.numbering import number_new
from journal.record import record
from works import rules
from works.models import Work
from works.running import carry_out, waiting

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("started", "ended", "now", "is_due"),
    [
        ("2026-11-21T02:00", "2026-11-21T02:01", "2026-11-22T01:59", False),
        ("2026-11-21T02:00", "2026-11-21T02:01", "2026-11-22T02:00", True),
        ("2026-11-22T02:00", "2026-11-22T02:01", "2026-11-22T23:59", False),
        # A machine that was off at night: as soon as it is on again.
        ("2026-11-19T02:00", "2026-11-19T02:01", "2026-11-22T08:00", True),
        # Under way, then dead.
        ("2026-11-22T02:00", None, "2026-11-22T08:00", False),
        ("2026-11-22T02:00", None, "2026-11-22T08:01", True),
    ],
)
def test_a_job_is_due(started, ended, now, is_due):
    ended_at = at(ended) if ended else None

    assert nightly.is_due(started_at=at(started), ended_at=ended_at, now=at(now), hour=2) is is_due


@pytest.fixture
def jobs(db, monkeypatch):
    """Jobs that only note that they were done; `wrong` is what they find."""
    done, wrong = [], {}

    def job(name, hour):
        return nightly.Nightly(hour, lambda now, report: [done.append(name)] and wrong.get(name, []))

    monkeypatch.setattr(nightly, "JOBS", {"verify": job("verify", 2), "backup": job("backup", 3)})
    return done, wrong


def test_each_night_each_job_is_done_once(jobs):
    done, _wrong = jobs
    for hour in range(72):
        nightly.run_due(at("2026-11-22T00:00") + hour * HOUR)

    assert done == ["verify", "backup"] * 3


def test_two_processes_do_it_once(jobs, monkeypatch):
    """Both read the row, both find it due; the one that writes second gets nothing."""
    done, _wrong = jobs
    nightly.run_due(at("2026-11-21T12:00"))
    read = nightly.is_due

    def slow(**given):
        monkeypatch.setattr(nightly, "is_due", read)
        nightly.run_due(at("2026-11-22T04:00"))
        return read(**given)

    monkeypatch.setattr(nightly, "is_due", slow)
    nightly.run_due(at("2026-11-22T04:00"))

    assert done == ["verify", "backup"]


def test_what_a_night_found_stands_until_a_night_finds_it_right(jobs, now):
    _done, wrong = jobs
    wrong["verify"] = [("journal_unverified", "number 7: entry missing")]
    nightly.run("verify", now)
    auditor.audit(now, {})
    assert [(alarm.code, alarm.detail) for alarm in Alarm.objects.all()] == [
        ("journal_unverified", "number 7: entry missing")
    ]
    assert Entry.objects.filter(kind="engine.alarmed").count() == 1

    wrong.clear()
    nightly.run("verify", now + HOUR)
    auditor.audit(now + HOUR, {})

    assert Alarm.objects.get().recovered_at == now + HOUR


def test_a_job_that_fails_says_so_and_stops_no_other(jobs, now, monkeypatch):
    monkeypatch.setitem(nightly.JOBS, "verify", nightly.Nightly(2, lambda now, report: 1 / 0))

    assert nightly.run("verify", now)[0][0] == "nightly_failed:verify"
    assert nightly.run("backup", now) == []


def test_nobody_does_them_is_said_after_a_night_and_a_half(jobs, now):
    assert list(nightly.standing(now)) == []
    assert list(nightly.standing(now + 36 * HOUR)) == []

    found = dict(nightly.standing(now + 37 * HOUR))

    assert set(found) == {"nightly_late:verify", "nightly_late:backup"}


def test_what_can_wait_turns_no_screen_red_and_rings_no_watchdog(jobs, now):
    _done, wrong = jobs
    wrong["backup"] = [("backup_failed", "no space")]
    nightly.run("backup", now)

    auditor.audit(now, {})

    assert Alarm.objects.get().code == "backup_failed"
    assert auditor.heartbeat_age(now) == 0
    assert status(now)["alarms"] == []


def test_a_broken_journal_cannot_wait(jobs, now):
    _done, wrong = jobs
    wrong["verify"] = [("journal_unverified", "")]
    nightly.run("verify", now)

    auditor.audit(now, {})

    assert auditor.heartbeat_age(now) is None
    assert status(now)["alarms"] == ["journal_unverified"]


def test_every_code_has_a_sentence():
    assert set(FAULTS) >= CAN_WAIT
    assert "journal_unverified" in set(FAULTS) - CAN_WAIT


def test_the_system_page_says_when_each_was_done(jobs, signed_in, now, monkeypatch):
    """One that is only waited for has not been in order."""
    auditor.audit(now, {})
    nightly.run("verify", now)
    NightlyJob.objects.create(name="expiry", started_at=now)
    monkeypatch.setitem(nightly.JOBS, "expiry", nightly.JOBS["verify"])

    page = signed_in("city.sysadmin").get(reverse("system")).content.decode()
    begin = page.index("night:verify")
    nights = re.sub(r"<[^>]+>|\s+", " ", page[begin : page.index("</ul>", begin)])

    assert re.findall("正常|尚未执行|进行中|发现问题", nights) == ["正常", "尚未执行", "进行中"]


def test_the_schedule_asks_every_ten_minutes():
    entry = current_app.conf.beat_schedule["nightly"]

    assert (entry["task"], entry["schedule"]) == ("engine.tasks.nightly", 600.0)


# --- the jobs themselves -------------------------------------------------------------------------------------


def test_the_journal_is_verified(db, now):
    with transaction.atomic():
        record("incident.observed", subject="incident:1", actor=None, at=now)
    number_new()
    assert nightly.run("verify", now) == []

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = 'replica'")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal_entry'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute("UPDATE journal_entry SET hash = 'x'")

    assert nightly.run("verify", now)[0][0] == "journal_unverified"


@pytest.fixture
def made(monkeypatch):
    """Backups without a database: a folder with a file in it."""

    def make(folder, now):
        folder.mkdir(parents=True)
        about = {"made_at": str(now), "engine": "none", "files": {}}
        (folder / "manifest.json").write_text(json.dumps(about))

    monkeypatch.setattr(backups, "make", make)


@pytest.mark.control(55, 58)
def test_the_newest_backups_are_kept(db, made, settings):
    settings.BACKUP_KEEP = 2
    (nightly_backup.folder() / "by-hand").mkdir(parents=True)
    for day in range(1, 5):
        assert nightly.run("backup", at(f"2026-11-0{day}T03:00")) == []

    names = sorted(path.name for path in nightly_backup.folder().iterdir())

    assert names == ["by-hand", "nightly-2026-11-03", "nightly-2026-11-04"]


@pytest.mark.control(55)
def test_no_backup_gets_older_than_a_certificate_says(db, made, settings):
    """Made by hand too; what is no backup stays, and so does the newest where no newer one was made."""
    settings.BACKUP_DAYS, settings.BACKUP_KEEP = 35, 7
    nightly.run("backup", at("2026-10-01T03:00"))
    folder = nightly_backup.folder()
    backups.make(folder / "before-upgrade", at("2026-10-17T03:00"))
    (folder / "notes").mkdir()
    nightly.run("backup", at("2026-10-18T03:00"))
    nightly.run("backup", at("2026-11-21T03:00"))
    assert sorted(one.name for one in folder.iterdir()) == [
        "before-upgrade", "nightly-2026-10-18", "nightly-2026-11-21", "notes",
    ]  # fmt: skip

    nightly.run("backup", at("2026-11-22T02:00"))

    assert sorted(one.name for one in folder.iterdir()) == [
        "nightly-2026-10-18", "nightly-2026-11-21", "nightly-2026-11-22", "notes",
    ]  # fmt: skip


def test_a_second_one_of_the_same_day_takes_the_place_of_the_first(db, made, tmp_path, settings):
    settings.BACKUP_DIR = str(tmp_path / "elsewhere")
    nightly.run("backup", at("2026-11-22T03:00"))
    nightly.run("backup", at("2026-11-22T11:00"))

    (only,) = (tmp_path / "elsewhere").iterdir()
    assert "11:00" in (only / "manifest.json").read_text()


def test_a_backup_that_fails_is_said_and_takes_nothing_away(db, made, monkeypatch):
    nightly.run("backup", at("2026-11-21T03:00"))

    def fail(folder, now):
        folder.mkdir()
        raise backups.BackupError("pg_dump is not installed")

    monkeypatch.setattr(backups, "make", fail)
    found = nightly.run("backup", at("2026-11-22T03:00"))

    assert found == [("backup_failed", "pg_dump is not installed")]
    assert [path.name for path in nightly_backup.folder().glob("nightly-*")] == ["nightly-2026-11-21"]


def test_where_something_else_makes_the_backups_none_is_made_here(db, made, settings):
    settings.BACKUP_KEEP = 0

    assert nightly.run("backup", at("2026-11-22T03:00")) == []
    assert not nightly_backup.folder().exists()


def certificate(until: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dashboard.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(until - timedelta(days=397))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize(
    ("days", "codes"), [(29, ["certificate_expires"]), (31, []), (-1, ["certificate_expires"])]
)
def test_a_certificate_that_runs_out(db, settings, tmp_path, days, codes):
    now = at("2026-11-22T06:00")
    settings.CERTIFICATE_FILE = str(tmp_path / "server.crt")
    (tmp_path / "server.crt").write_bytes(certificate(now + timedelta(days=days)))

    assert [code for code, _detail in expiry.find(now)] == codes


def test_a_certificate_that_cannot_be_read(db, settings, tmp_path):
    settings.CERTIFICATE_FILE = str(tmp_path / "none.crt")

    assert [code for code, _detail in expiry.find(at("2026-11-22T06:00"))] == ["certificate_unread"]


@pytest.mark.parametrize(
    ("today", "known", "codes"),
    [
        ("2026-11-30", {2026}, []),
        ("2026-12-01", {2026}, ["calendar_missing:2027"]),
        ("2026-12-01", {2026, 2027}, []),
        ("2027-01-01", {2026}, ["calendar_missing:2027"]),
    ],
)
def test_a_calendar_that_ends(db, today, known, codes):
    WorkCalendarDay.objects.all().delete()
    WorkCalendarDay.objects.bulk_create(
        WorkCalendarDay(date=date(year, 12, 31), is_workday=True, source="test") for year in known
    )

    assert [code for code, _detail in expiry.find(at(f"{today}T06:00"))] == codes


def test_by_hand_at_any_hour(db, jobs, capsys):
    _done, wrong = jobs
    call_command("nightly", "verify")
    wrong["verify"] = [("journal_unverified", "number 7")]
    with pytest.raises(SystemExit):
        call_command("nightly", "verify")

    said = capsys.readouterr()
    assert "done, nothing wrong: verify" in said.out
    assert "journal_unverified" in said.err
    assert NightlyJob.objects.get(name="verify").found == [["journal_unverified", "number 7"]]


# --- as long works -------------------------------------------------------------------------------------------


def test_the_long_ones_of_a_night_are_works_with_their_progress(jobs, signed_in, monkeypatch):
    done, _wrong = jobs
    seen = []
    page = signed_in("city.sysadmin")

    def look(now, report):
        report(3, 10)
        report.__self__.beat()
        seen.append(page.get(reverse("system")).content.decode())
        return ()

    nightly.run_due(at("2026-11-21T12:00"))
    monkeypatch.setitem(nightly.JOBS, "verify", nightly.Nightly(2, look))
    assert nightly.run_due(at("2026-11-22T04:00")) == ["verify", "backup"]

    assert 'max="10"' in seen[0]
    assert 'value="3"' in seen[0]
    assert list(Work.objects.order_by("pk").values_list("kind", "state", "phrase", "asked_by")) == [
        ("verify", "done", "in_order", None),
        ("backup", "done", "made", None),
    ]
    assert done == ["backup"]


@pytest.mark.parametrize(
    ("found", "phrase"), [([], "in_order"), ([("journal_unverified", "number 7")], "found"), (None, "failed")]
)
def test_the_auditor_verifies_now_and_reads_what_came_of_it(jobs, signed_in, found, phrase):
    _done, wrong = jobs
    # None: what cannot be gone through, so that the check itself fails.
    wrong["verify"] = found if found is not None else 7
    auditor = signed_in("city.audit")
    assert auditor.post(reverse("work-begin", args=["verify"])).status_code == 303
    carry_out(Work.objects.get().pk, timezone.now)

    assert Work.objects.get().phrase == phrase
    assert NightlyJob.objects.get(name="verify").ended_at
    page = auditor.get(reverse("works")).content.decode()
    assert str(VERIFY.phrases[phrase]) in page
    assert signed_in("county1.duty").post(reverse("work-begin", args=["verify"])).status_code == 403


def test_a_night_that_finds_every_place_taken_waits_for_one(jobs, monkeypatch):
    done, _wrong = jobs
    nightly.run_due(at("2026-11-21T12:00"))
    with monkeypatch.context() as full:
        full.setattr(rules, "AT_ONCE", 0)
        nightly.run_due(at("2026-11-22T04:00"))
    assert done == []

    for pk in waiting(at("2026-11-22T04:02")):
        carry_out(pk, lambda: at("2026-11-22T04:02"))

    assert done == ["verify", "backup"]
