"""Backups that only somebody elsewhere can open, and that nobody can put another in the place of."""

import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from common import signing
from engine.backup import manifest, sealing
from engine.backup.postgres_programs import BackupError
from tests.processes import ROOT, manage, python

PHONE = "13800000001"
PERSON = f"""
from accounts.models import User
User.objects.create(username="zhang", name="Zhang", phone="{PHONE}")
"""
ENTRY = """
from django.db import transaction
from django.utils import timezone
from journal.record import record
with transaction.atomic():
    record("incident.observed", subject="incident:1", actor=None, at=timezone.now(), content={"text": "in plain words"})
"""


def restore(folder, *more, env, given=""):
    return subprocess.run(
        [sys.executable, "manage.py", "restore", str(folder), *more],
        cwd=ROOT,
        env=env,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.control(58)
@pytest.mark.fault
@pytest.mark.slow
def test_an_encrypted_backup_opens_with_its_key_and_no_other(bare_env, elsewhere, tmp_path):
    folder = tmp_path / "backup"
    (private, public), (_other, too), (wrong, _) = (sealing.new_identity() for _ in range(3))
    python(PERSON + ENTRY, env=bare_env)

    said = manage("backup", str(folder), env={**bare_env, "BACKUP_RECIPIENTS": f"{public},{too}"})

    assert f"encrypted for {public}, {too}" in said
    assert "Not in it, and needed: the private key of BACKUP_RECIPIENTS" in said
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert file.name in manifest.ABOUT or content.startswith(b"age-encryption.org/v1\n"), file
        assert b"in plain words" not in content
        assert bare_env["SECRET_KEY"].encode() not in content
    assert not list((tmp_path / "data").glob(".backup-*"))

    refused = restore(folder, "--identity", "-", env=bare_env, given=wrong)
    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: nothing was restored: this key does not open"), (
        refused.stderr
    )
    assert "journal whole: 1 entries" in manage("verify_journal", env=bare_env)

    # On another machine, which signs otherwise: who signed it has to be named.
    there = {**elsewhere, "SIGNING_KEY": "77" * 32}
    assert (
        "another installation signed it"
        in restore(folder, "--identity", "-", env=there, given=private).stderr
    )
    signer = manifest.read(folder)["signer"]
    done = restore(folder, "--identity", "-", "--signer", signer, env=there, given=f"# mine\n{private}\n")
    assert (done.returncode, "journal whole: 1 entries" in done.stdout) == (0, True), done.stderr
    read = "from accounts.models import User; print(User.objects.get(username='zhang').phone)"
    assert python(read, env=there).strip() == PHONE
    assert not list((tmp_path / "elsewhere").glob(".backup-*"))


@pytest.fixture
def signed(tmp_path, settings):
    """An encrypted backup of one file, and the key that opens it."""
    private, public = sealing.new_identity()
    settings.BACKUP_RECIPIENTS = [public]
    (tmp_path / "a").write_text("in plain words")
    folder = tmp_path / "backup"
    folder.mkdir()
    sealing.store(tmp_path / "a", folder, "a")
    manifest.write(folder, {"engine": "sqlite", "made_at": "2026-11-30T03:00:00.000000Z"})
    return folder, private


def _cut(folder):
    file = folder / "a.age"
    file.write_bytes(file.read_bytes()[:-1])


def _change_the_list(folder):
    file = folder / manifest.FILE
    file.write_text(file.read_text().replace("2026", "2027"))


def _sign_as_another(folder):
    about = manifest.read(folder)
    with override_settings(SIGNING_KEY="77" * 32):
        manifest.write(folder, about)


@pytest.mark.control(58)
@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_cut, "not as it was written: a.age"),
        (lambda folder: (folder / "a.age").unlink(), "not as it was written: a.age"),
        (lambda folder: (folder / "more").write_text("x"), "its list does not know: more"),
        (_change_the_list, "is wrong: it was changed after it was made"),
        (lambda folder: (folder / manifest.SIGNATURE).write_text("zz"), "is wrong"),
        (lambda folder: (folder / manifest.SIGNATURE).unlink(), "is not signed"),
        (_sign_as_another, "another installation signed it"),
        (lambda folder: (folder / manifest.FILE).unlink(), "is not a backup"),
    ],
)
def test_what_was_changed_is_refused(signed, damage, sentence):
    folder, _private = signed
    manifest.checked(folder, signers=[signing.signer()])

    damage(folder)

    with pytest.raises(BackupError, match=sentence):
        manifest.checked(folder, signers=[signing.signer()])


@pytest.mark.control(58)
@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ([], "this key does not open a.age"),
        (["x"], "no private key of age"),
        ([sealing.new_identity()[0]], "this key does not open a.age"),
    ],
)
def test_other_keys_open_nothing(signed, tmp_path, keys, sentence):
    folder, private = signed
    sealing.open_all(folder, tmp_path / "open", ["a.age"], [private])
    assert (tmp_path / "open" / "a").read_text() == "in plain words"

    with pytest.raises(BackupError, match=sentence):
        sealing.open_all(folder, tmp_path / "open", ["a.age"], keys)


def test_a_pair_of_keys_is_made_once(tmp_path, capsys):
    file = tmp_path / "key"
    call_command("make_backup_identity", str(file))
    public = capsys.readouterr().out.strip().removeprefix("BACKUP_RECIPIENTS=")

    assert file.stat().st_mode & 0o777 == 0o600
    assert public in file.read_text()
    assert len(sealing.keys_in(file.read_text())) == 1
    with pytest.raises(CommandError, match="no key was made"):
        call_command("make_backup_identity", str(file))


@pytest.mark.control(58)
@pytest.mark.fault
@pytest.mark.slow
def test_a_backup_from_before_they_were_signed_is_taken_where_that_is_meant(bare_env, tmp_path):
    folder = tmp_path / "backup"
    manage("backup", str(folder), env=bare_env)
    (folder / manifest.SIGNATURE).unlink()

    assert "add --unsigned" in restore(folder, env=bare_env).stderr
    assert restore(folder, "--unsigned", env=bare_env).returncode == 0


@pytest.mark.control(58)
@pytest.mark.fault
@pytest.mark.slow
def test_rows_that_are_missing_after_a_restore_are_said(bare_env, tmp_path):
    """Listed with one more than the database in it has: whatever loses a row, the restore says so."""
    folder = tmp_path / "backup"
    python(PERSON, env=bare_env)
    manage("backup", str(folder), env=bare_env)
    about = manifest.read(folder)
    about["rows"]["accounts_user"] += 1
    python(
        "from pathlib import Path\nfrom engine.backup import manifest\n"
        f"manifest.write(Path({str(folder)!r}), {about!r})",
        env=bare_env,
    )

    done = restore(folder, env=bare_env)

    assert done.returncode == 1
    count = about["rows"]["accounts_user"]
    assert f"not all rows of the backup are there: accounts_user: {count}, here {count - 1}" in done.stderr


@pytest.mark.control(58)
def test_openssl_checks_the_signature_too(tmp_path):
    """Whoever keeps the copies can, without this product."""
    manifest.write(tmp_path, {"engine": "sqlite"})
    signature = bytes.fromhex((tmp_path / manifest.SIGNATURE).read_text())
    (tmp_path / "signed").write_bytes(b"backup\n" + (tmp_path / manifest.FILE).read_bytes())
    (tmp_path / "signature").write_bytes(signature)
    names = [str(tmp_path / name) for name in (manifest.SIGNER, "signed", "signature")]

    def verify():
        key, content, mark = names
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", content]
        return subprocess.run([*command, "-sigfile", mark], capture_output=True, check=False).returncode

    assert verify() == 0
    (tmp_path / "signed").write_bytes(b"other\n")
    assert verify() != 0


def test_a_signature_serves_for_nothing_else():
    signed = signing.sign("backup", b"x")

    assert signing.is_signed("backup", b"x", signed, signing.signer())
    assert not signing.is_signed("anchor", b"x", signed, signing.signer())
    assert not signing.is_signed("backup", b"x", "zz", signing.signer())
    assert not signing.is_signed("backup", b"x", signed, "zz")
