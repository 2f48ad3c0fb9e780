"""What was certified as destroyed after a backup's date is destroyed again when that backup is restored, before anything serves."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from command.destruction.again import Destroyed
from engine.background.auditor import find_faults
from engine.background.jobs import DESTROYED
from engine.backup import destroyed_list
from tests.engine.test_sealed_backups import restore
from tests.processes import manage, python

pytestmark = pytest.mark.control(55)

NUMBER = "13800138000"
AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
LINE = Destroyed(AT, "XH-C1-2026-1", "C1-2026-1", "position")

ALARM = f"""
from decimal import Decimal
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from common.text.personal_data import kept_because
from demo import bureau
from incidents.reporting.actions import Alarm, Position, report_incident
from plans.engine.facts import Facts
from plans.lifecycle.actions import load_plan

now = timezone.now()
with transaction.atomic():
    bureau.build(now=now, counties=1, townships=1, villages=1)
    plan = settings.BASE_DIR / "plans/library/city-justice-bureau.yaml"
    load_plan(text=plan.read_text(), actor=None, now=now, put_in_force=True)
duty = User.objects.get(username="county1.duty")
duty.set_password("Destroy-2026-ok")
duty.save()
alarm = Alarm(unit=Unit.objects.get(code="C1"), place="hall", what="家属电话{NUMBER}", facts=Facts(), client_id="c1",
              position=Position(Decimal("30.5"), Decimal("114.3"), 12, "WGS84"))
incident, _ = report_incident(reach=reach_of(duty, now), alarm=alarm, now=now)
# As a text that somebody typed before there was a door that asks.
type(incident).objects.filter(pk=incident.pk).update(what="家属电话{NUMBER}")
"""
CERTIFY = """
from django.utils import timezone
from accounts.models import User
from accounts.scope import reach_of
from command.destruction import actions, gathered, rules
from common.text.personal_data import kept_because
from incidents.actions import close_incident
from incidents.models import Incident
from tests.incidents.closing import answered

now = timezone.now()
incident = Incident.objects.get()
reach = reach_of(User.objects.get(username="county1.duty"), now)
with kept_because("搜救"):
    close_incident(incident_id=incident.pk, summary="已散", answers=answered(incident, now), reach=reach, now=now)
incident.refresh_from_db()
code = rules.code_of(rules.digest(gathered.of(incident)))
kept = {}
actions.issue_certificate(incident_id=incident.pk, reach=reach, list_code=code, kept=kept, credential="Destroy-2026-ok", now=now)
"""
SHOW = """
from incidents.models import Incident
from journal.models import Entry
from journal.record import content_of
one = Incident.objects.get()
print(one.latitude, one.what)
print(*[content_of(entry)["kinds"] for entry in Entry.objects.filter(kind="certificate.destroyed_again")])
"""


@pytest.mark.fault
@pytest.mark.slow
def test_a_restore_destroys_again_what_was_certified_since_here_and_on_a_new_machine(
    bare_env, elsewhere, tmp_path
):
    env = {**bare_env, "BACKUP_DIR": str(tmp_path / "backups")}
    python(ALARM, env=env)
    manage("nightly", "backup", env=env)
    (night,) = (tmp_path / "backups").glob("nightly-*")
    night.rename(tmp_path / "backups" / "before")
    python(CERTIFY, env=env)
    assert "None 家属电话" in python(SHOW, env=env)
    manage("nightly", "backup", env=env)
    listed = (tmp_path / "backups" / "destroyed.txt").read_text()
    assert {line.split(" ")[3] for line in listed.splitlines()} == {"position", "texts"}
    assert NUMBER not in listed
    copied = shutil.copytree(tmp_path / "backups", tmp_path / "copied")
    # A line that nobody we know signed destroys nothing.
    with (copied / "destroyed.txt").open("a") as file:
        file.write(f"{listed.split(' ')[0]} XH-1 C1-1 position {'0' * 128}\n")

    here = restore(tmp_path / "backups" / "before", env=env)
    there = restore(copied / "before", env=elsewhere)

    for done, of in ((here, env), (there, elsewhere)):
        assert done.returncode == 0, done.stderr
        assert "destroyed again, as certified after this backup: XH-C1-" in done.stderr
        shown = python(SHOW, env=of)
        assert shown.startswith("None 家属电话")
        assert NUMBER not in shown
        assert "['position', 'texts']" in shown
        assert "journal whole" in manage("verify_journal", env=of)
    assert "1 lines of destroyed.txt are not signed by a key we know" in there.stderr
    assert "not signed" not in here.stderr


@pytest.mark.fault
@pytest.mark.slow
def test_nothing_serves_before_it_is_done(bare_env):
    said = python(
        "from tests.engine.test_destroyed_again import LINE; from engine.backup import destroyed_list; destroyed_list.put_down([LINE])",
        env=bare_env,
    )
    assert said == ""
    for command in (("serve", "--no-migrate", "--no-demo", "--port", "0"), ("run_engine", "--once")):
        with pytest.raises(AssertionError, match="not started|Not started"):
            manage(*command, env=bare_env)

    manage("migrate", env=bare_env)

    manage("run_engine", "--once", env=bare_env)


def test_an_older_schema_waits_for_its_migration(db, monkeypatch):
    destroyed_list.put_down([LINE])
    monkeypatch.setattr(destroyed_list, "waiting_migrations", lambda: {("incidents", "0009_x")})
    assert destroyed_list.carry_out(AT) == []
    assert destroyed_list.is_waiting()
    monkeypatch.setattr(destroyed_list, "waiting_migrations", set)

    assert destroyed_list.carry_out(AT) == []
    assert not destroyed_list.is_waiting()


def test_the_list_is_only_added_to_and_survives_half_a_line(db, monkeypatch, tmp_path):
    monkeypatch.setattr(destroyed_list, "destroyed", lambda: [LINE])
    assert destroyed_list.write() == 1
    assert destroyed_list.write() == 0
    with (tmp_path / "destroyed.txt").open("a") as file:
        file.write("2026-11-2")
    later = LINE._replace(at=AT + timedelta(days=1))
    monkeypatch.setattr(destroyed_list, "destroyed", lambda: [LINE, later])
    there = tmp_path / "backups"
    there.mkdir()

    assert destroyed_list.bring_to(there) == 3
    read = destroyed_list.read(there)

    assert read == ([LINE, later], 1)


def test_the_list_is_on_another_machine_within_a_minute_and_a_new_one_reads_it_there(
    db, monkeypatch, settings, tmp_path
):
    """Destroyed today, the machine lost before the night: the backups' folder knows nothing of it."""
    settings.ANCHOR_COPY_DIR = str(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(destroyed_list, "destroyed", lambda: [LINE])
    DESTROYED.run(AT)

    for name in ("backups", "new"):
        (tmp_path / name).mkdir()
    settings.DATA_DIR = tmp_path / "new"
    assert destroyed_list.read(tmp_path / "backups") == ([LINE], 0)


def test_a_machine_elsewhere_that_is_away_stops_nothing(db, monkeypatch, settings, tmp_path):
    settings.ANCHOR_COPY_DIR = str(tmp_path / "away")
    monkeypatch.setattr(destroyed_list, "destroyed", lambda: [LINE])
    assert destroyed_list.write() == 1
    assert [code for code, _detail in find_faults(AT, {})] == ["anchors_not_copied"]

    (tmp_path / "away").mkdir()
    assert destroyed_list.write() == 0
    assert len((tmp_path / "away" / "destroyed.txt").read_text().splitlines()) == 1


def test_after_a_recovery_by_other_means_a_command_does_it(db, monkeypatch, capsys):
    monkeypatch.setattr(destroyed_list, "destroyed", lambda: [LINE])
    destroyed_list.write()

    call_command("destroy_again", "--since", "2026-11-22T00:00:00")

    assert "nothing, it was not there" in capsys.readouterr().out
