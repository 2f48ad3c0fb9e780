"""Each night's backup is brought to another machine and checked there; what did not arrive is said."""

import sys

import pytest
from django.core.management import call_command
from django.urls import reverse

from engine.background import nightly
from engine.backup import copying, manifest, nightly_backup
from engine.models import NightlyJob

pytestmark = [pytest.mark.django_db, pytest.mark.control(58)]


@pytest.fixture
def night(tmp_path, settings, monkeypatch):
    """A signed night in the folder of the backups; nobody waits between tries."""
    monkeypatch.setattr(copying, "PAUSE_SECONDS", 0)
    settings.BACKUP_DIR = str(tmp_path / "backups")
    made = tmp_path / "backups" / "nightly-2026-11-22"
    made.mkdir(parents=True)
    (made / "database.dump").write_bytes(b"rows")
    manifest.write(made, {"engine": "sqlite", "made_at": "2026-11-22T01:00:00.000000Z"})
    return made


@pytest.fixture
def other(tmp_path, settings):
    settings.BACKUP_COPY_DIR = str(tmp_path / "other")
    (tmp_path / "other").mkdir()
    return tmp_path / "other"


def test_a_night_lies_there_whole_and_checked(night, other, now):
    assert nightly.run("copy", now) == []

    assert (other / night.name / "database.dump").read_bytes() == b"rows"
    assert [one.name for one in other.iterdir()] == [night.name]
    assert NightlyJob.objects.get(name="copy").found == []
    # Made anew on the same day, it is brought anew.
    (night / "database.dump").write_bytes(b"more rows")
    manifest.write(night, {"engine": "sqlite", "made_at": "2026-11-22T02:00:00.000000Z"})
    assert nightly.run("copy", now) == []
    assert (other / night.name / "database.dump").read_bytes() == b"more rows"


def test_what_arrives_otherwise_gets_no_name_and_is_tried_again(night, other, now, monkeypatch):
    copytree, tries = copying.shutil.copytree, []

    def damaged(source, goal):
        copytree(source, goal)
        tries.append(goal)
        if len(tries) <= damaged.times:
            (goal / "database.dump").write_bytes(b"rats")

    monkeypatch.setattr(copying.shutil, "copytree", damaged)
    damaged.times = 3
    ((code, why),) = nightly.run("copy", now)
    assert (code, len(tries)) == ("backup_not_copied", 3)
    assert "not as it was written: database.dump" in why
    assert not (other / night.name).exists()

    tries.clear()
    damaged.times = 1
    assert nightly.run("copy", now) == []
    assert len(tries) == 2


def test_a_folder_that_is_not_mounted_is_a_fault_and_not_made(night, other, now):
    other.rmdir()
    ((code, why),) = nightly.run("copy", now)
    assert (code, why) == ("backup_not_copied", f"{other} is not there")
    assert not other.exists()
    assert ("backup_not_copied", why) in list(nightly.standing(now))


@pytest.mark.slow
def test_a_command_gets_the_folder_as_one_word_and_no_shell(night, settings, now, tmp_path):
    said = tmp_path / "said"
    script = "import sys; open(sys.argv[1], 'w').write(repr(sys.argv[2:])); sys.exit(int(sys.argv[2]))"
    command = f'{sys.executable} -c "{script}" {said}'
    settings.BACKUP_COPY_COMMAND = f"{command} 0 {{}}/ '$HOME;'"
    assert nightly.run("copy", now) == []
    assert said.read_text() == repr(["0", f"{nightly_backup.folder()}/", "$HOME;"])

    settings.BACKUP_COPY_COMMAND = f"{command} 3"
    ((code, why),) = nightly.run("copy", now)
    assert code == "backup_not_copied"
    assert "ended with 3" in why
    settings.BACKUP_COPY_COMMAND = "no-such-program {}"
    assert "no-such-program" in nightly.run("copy", now)[0][1]


def test_where_no_way_is_named_nothing_is_done(night, now, monkeypatch):
    monkeypatch.setattr(copying, "_tried", None)
    assert nightly.run("copy", now) == []


def test_the_page_says_whether_it_arrived(night, other, now, client, cast):
    call_command("nightly", "copy")
    client.force_login(cast["city.sysadmin"])

    page = client.get(reverse("system")).content.decode()

    assert "备份复制到别处" in page
    assert "已复制到另一台机器" in page or "副本" in page
