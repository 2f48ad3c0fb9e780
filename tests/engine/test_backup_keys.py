"""A backup can be read elsewhere: the keys are in it, and a restore says where they are not."""

import subprocess
import sys

import pytest
from django.test import override_settings

from config.environment import read_secret_keys
from engine.backup import backup_keys
from tests.processes import ROOT, manage, python

OTHER = "another-machine-" + "y" * 40
EARLIER = "an-earlier-key-" + "z" * 40

PERSON = """
from allauth.mfa.models import Authenticator
from accounts.models import User
from common.database.encrypted_fields import seal
zhang = User.objects.create(username="zhang", name="Zhang", phone="13800000001")
Authenticator.objects.create(user=zhang, type="totp", data={"secret": seal("JBSWY3DPEHPK3PXP")})
"""
PHONE = "from accounts.models import User; print(User.objects.get(username='zhang').phone)"


def restore(folder, *more, env):
    return subprocess.run(
        [sys.executable, "manage.py", "restore", str(folder), *more],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.fault
@pytest.mark.slow
def test_a_backup_under_a_key_of_the_environment(bare_env, elsewhere, tmp_path):
    """From the backup to a machine with another key: refused, then lost on request, then read with both keys."""
    folder, key = tmp_path / "backup", bare_env["SECRET_KEY"]
    python(PERSON, env=bare_env)

    said = manage("backup", str(folder), env={**bare_env, "SECRET_KEY_FALLBACKS": EARLIER})
    assert (folder / "secret-key").read_text().splitlines() == [key, EARLIER]
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600
    assert "It holds the secret key and 1 earlier one: keep it as safe" in said

    refused = restore(folder, env={**elsewhere, "SECRET_KEY": OTHER})
    assert refused.returncode == 1
    assert "nothing was restored" in refused.stderr
    assert f"Write the keys of {folder / 'secret-key'}" in refused.stderr

    lost = restore(folder, "--other-key", env={**elsewhere, "SECRET_KEY": OTHER})
    assert lost.returncode == 0, lost.stderr
    assert "2 sealed values cannot be read" in lost.stderr

    both = {**elsewhere, "SECRET_KEY": OTHER, "SECRET_KEY_FALLBACKS": f"{key},{EARLIER}"}
    again = restore(folder, env=both)
    assert (again.returncode, again.stderr.count("sealed")) == (0, 0), again.stderr
    assert python(PHONE, env=both).strip() == "13800000001"


@pytest.mark.fault
@pytest.mark.slow
def test_a_backup_under_a_key_made_here_brings_it_along(bare_env, elsewhere, tmp_path):
    folder = tmp_path / "backup"
    there, here = ({k: v for k, v in env.items() if k != "SECRET_KEY"} for env in (bare_env, elsewhere))
    python(PERSON, env=there)
    manage("backup", str(folder), env=there)

    done = restore(folder, env=here)

    assert (done.returncode, done.stderr.count("sealed")) == (0, 0), done.stderr
    assert python(PHONE, env=here).strip() == "13800000001"
    assert (tmp_path / "elsewhere" / "secret-key").read_text() == (folder / "secret-key").read_text()


@pytest.mark.parametrize(
    ("given", "is_in_file", "missing"),
    [
        (["a"], False, []),
        (["b"], False, []),
        (["c"], False, ["c"]),
        (["a", "c"], False, ["c"]),
        (["c"], True, []),
        # From before keys were kept: nothing to compare, what cannot be read is counted afterwards.
        ([], False, []),
    ],
)
def test_a_key_is_missing_here(settings, given, is_in_file, missing):
    settings.SECRET_KEY_IS_IN_FILE = is_in_file

    assert backup_keys.missing(given, ["a", "b"]) == missing


def test_a_backup_from_before_keys_were_kept_has_none(tmp_path):
    assert backup_keys.read(tmp_path) == []


def test_the_file_of_keys_is_read_as_it_is_written(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "present", ["before", "present"]

    backup_keys.write(tmp_path / "secret-key")

    assert read_secret_keys(tmp_path) == ["present", "before"]


def test_a_key_is_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    made = read_secret_keys(tmp_path)

    assert read_secret_keys(tmp_path) == made
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_what_another_key_sealed_is_counted(cast):
    """The cast has numbers; one of them sealed with a key that is gone."""
    person = cast["county1.duty"]
    with override_settings(SECRET_KEY="gone"):
        person.phone = "13800000001"
        person.save(update_fields=["phone"])

    assert backup_keys.unreadable(backup_keys.here()) == 1
    assert backup_keys.unreadable([*backup_keys.here(), "gone"]) == 0
