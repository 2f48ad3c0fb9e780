"""Files of a backup, encrypted with age for people whose private keys are not on this machine.

Source: the format age-encryption.org/v1, by the library pyrage. What one file holds is one file, its name with `.age`.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from engine.backup.postgres_programs import BackupError

SUFFIX = ".age"


def new_identity() -> tuple[str, str]:
    """(the private key, its public key), both as age writes them."""
    identity = _pyrage().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def store(source: Path, folder: Path, name: str) -> None:
    """Put a file, or a folder of files, into the backup as `name`: encrypted where there are recipients."""
    if source.is_dir():
        for file in sorted(file for file in source.rglob("*") if file.is_file()):
            store(file, folder, f"{name}/{file.relative_to(source)}")
    elif source.exists():
        _store_file(source, folder / name)


def _store_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    recipients = settings.BACKUP_RECIPIENTS
    if not recipients:
        shutil.copyfile(source, target)
        return
    age = _pyrage()
    try:
        keys = [age.x25519.Recipient.from_str(one) for one in recipients]
    except age.RecipientError as error:
        raise BackupError(f"a key of BACKUP_RECIPIENTS is none of age's: {error}") from error
    with source.open("rb") as reading, target.with_name(target.name + SUFFIX).open("wb") as writing:
        age.encrypt_io(reading, writer=writing, recipients=keys)


def open_all(folder: Path, into: Path, names: Sequence[str], identities: Sequence[str]) -> None:
    """Decrypt these files of the folder. Raises BackupError where no key opens one; `into` is then not to be used."""
    age = _pyrage()
    try:
        keys: list[Any] = [age.x25519.Identity.from_str(one) for one in identities]
    except age.IdentityError as error:
        raise BackupError("the identity file holds no private key of age (AGE-SECRET-KEY-1…)") from error
    for name in names:
        target = into / name.removesuffix(SUFFIX)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with (folder / name).open("rb") as reading, target.open("wb") as writing:
                age.decrypt_io(reading, writing, keys)
        except age.DecryptError as error:
            raise BackupError(
                f"this key does not open {name} ({error}). Bring the one it was made for"
            ) from error


def keys_in(text: str) -> list[str]:
    """The private keys in the text of an identity file, as age-keygen and make_backup_identity write it."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _pyrage() -> Any:
    try:
        import pyrage
    except ImportError as error:
        raise BackupError(
            "encrypted backups need the package pyrage, which this machine does not have; install it"
        ) from error
    return pyrage
