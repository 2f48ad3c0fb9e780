"""What a backup says of itself: when, of what, how many rows, the sum of every file; and who signed that."""

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from common import signing
from engine.backup.postgres_programs import BackupError

FILE, SIGNATURE, SIGNER = "manifest.json", "manifest.sig", "signer.pem"
PURPOSE = "backup"
#: Not in the list of files: they are about it.
ABOUT = (FILE, SIGNATURE, SIGNER)


def write(folder: Path, about: dict[str, Any]) -> None:
    """List what lies in the folder, and sign the list."""
    text = json.dumps({**about, "signer": signing.signer(), "files": sums(folder)}, indent=1).encode()
    (folder / FILE).write_bytes(text)
    (folder / SIGNATURE).write_text(signing.sign(PURPOSE, text) + "\n", encoding="ascii")
    (folder / SIGNER).write_text(signing.pem(), encoding="ascii")


def read(folder: Path) -> dict[str, Any]:
    """What it says, believed by nobody yet. Raises BackupError where this is no backup."""
    return _parsed(folder, _text(folder))


def checked(folder: Path, *, signers: Collection[str], is_unsigned_meant: bool = False) -> dict[str, Any]:
    """The same of a backup that one of these public keys signed, and whose files are all there, as they were written.

    `is_unsigned_meant`: one without any signature is taken too, from before they were signed.
    """
    text = _text(folder)
    signature = folder / SIGNATURE
    if signature.exists() or not is_unsigned_meant:
        _check_signature(folder, text, signature, signers)
    about = _parsed(folder, text)
    there = sums(folder)
    if wrong := sorted(name for name, expected in about["files"].items() if there.get(name) != expected):
        raise BackupError(f"not as it was written: {', '.join(wrong)}. Take another backup")
    if strange := sorted(there.keys() - about["files"].keys()):
        raise BackupError(
            f"files lie in it that its list does not know: {', '.join(strange)}. Move them away"
        )
    return about


def _check_signature(folder: Path, text: bytes, signature: Path, signers: Collection[str]) -> None:
    if not signature.exists():
        raise BackupError(
            f"{folder} is not signed: anybody may have made or changed it. Take another one; or, if it is from before "
            "backups were signed and you know where it has been, add --unsigned"
        )
    given = signature.read_text(encoding="ascii", errors="replace").strip()
    if any(signing.is_signed(PURPOSE, text, given, signer) for signer in signers):
        return
    claimed = str(_parsed(folder, text).get("signer", ""))
    if claimed in signers or not signing.is_signed(PURPOSE, text, given, claimed):
        raise BackupError(
            f"the signature of {folder} is wrong: it was changed after it was made. Take another one"
        )
    raise BackupError(
        f"another installation signed it, {claimed}. If this is the one you mean to restore, as on a new machine, "
        "compare that with what was written down when it was set up (manage.py signer), then add --signer and it"
    )


def _text(folder: Path) -> bytes:
    try:
        return (folder / FILE).read_bytes()
    except OSError as error:
        raise BackupError(f"{folder} is not a backup: {error}") from error


def _parsed(folder: Path, text: bytes) -> dict[str, Any]:
    try:
        about = json.loads(text)
        about["files"].items(), about["engine"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{folder} is not a backup: {error}") from error
    return about


def sums(folder: Path) -> dict[str, str]:
    """Name → SHA-256 of every file in the folder."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    named = ((str(file.relative_to(folder)), file) for file in files)
    return {name: _sum(file) for name, file in named if name not in ABOUT}


def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
