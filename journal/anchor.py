"""Anchors: the head's number and hash, signed, and written where the database's owner does not write.

A chain alone cannot show a cut tail or a full rewrite; a line in a file on another disk can. Each line carries this
installation's signature, so that a copy elsewhere is worth something by itself. With ANCHOR_COPY_DIR, a folder of
another machine, every line goes there too; or that machine fetches the file (docs/operations.md).
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from common import signing
from journal.models import Head
from journal.record import stamp

FILE = "journal-anchors.txt"
PURPOSE = "anchor"
#: Bytes of the newest lines, some two hundred of them.
RECENT = 64_000


class Anchors(NamedTuple):
    #: Number → hash.
    known: dict[int, str]
    #: The first number that is no word of ours: signed by nobody after others were, by somebody else, or said twice
    #: with another hash. None: all is right.
    forged: int | None


def anchor_file() -> Path:
    return Path(settings.DATA_DIR) / FILE


def copy_file() -> Path | None:
    """Where the lines go besides; None where nobody named a folder."""
    return Path(settings.ANCHOR_COPY_DIR) / FILE if settings.ANCHOR_COPY_DIR else None


def write(now: datetime) -> bool:
    """Append the present head unless the last line already holds it. True if a line was written."""
    head = Head.objects.filter(pk=1).first()
    if head is None or head.number == 0:
        return False
    newest = _newest_lines(anchor_file())
    is_new = not (newest and _parse(newest[-1]) == (head.number, head.hash))
    if is_new:
        # A power cut may have left half a line; it must not spoil this one.
        begin = "\n" if newest and not newest[-1].endswith("\n") else ""
        said = f"{stamp(now)} {head.number} {head.hash}"
        with anchor_file().open("a", encoding="ascii") as file:
            file.write(f"{begin}{said} {signing.sign(PURPOSE, said.encode())}\n")
            file.flush()
            os.fsync(file.fileno())
    _copy_on()
    return is_new


def read() -> dict[int, str]:
    """Number → hash of every anchor line here that is whole."""
    return dict(found for line in _lines(anchor_file()) if (found := _parse(line)))


def checked(signers: Sequence[str] = (), *, copy: Path | None = None) -> Anchors:
    """The same of the file here and of a copy, each line with its signature looked at.

    `signers`: public keys that may have signed one before this installation did, beside FORMER_SIGNERS. `copy`: a file
    that was fetched; otherwise the one in ANCHOR_COPY_DIR, where there is one. About 0.1 ms a line.
    """
    other = copy or copy_file()
    files = [_lines(anchor_file()), *([_lines(other)] if other else [])]
    return _judged(files, [signing.signer(), *settings.FORMER_SIGNERS, *signers])


def recent() -> dict[int, str]:
    """Number → hash of the newest lines only, for whoever looks every half minute."""
    return dict(found for line in _newest_lines(anchor_file()) if (found := _parse(line)))


def newest() -> int:
    """The number of the newest anchor here; 0 where there is none."""
    return max(recent(), default=0)


def behind() -> str:
    """Why the copy on the other machine is not the file here; empty where it is, or where none is wanted."""
    other = copy_file()
    if other is None:
        return ""
    try:
        there = other.stat().st_size if other.exists() else 0
        if not other.parent.is_dir():
            return f"{other.parent} is not there"
    except OSError as error:
        return str(error)
    here = anchor_file().stat().st_size if anchor_file().exists() else 0
    if there > here or not _begins_alike(other, there):
        return f"{other} holds other anchors than {anchor_file()}"
    return f"{here - there} bytes are missing in {other}" if here > there else ""


def _copy_on() -> None:
    """Append what the copy lacks. What stands in the way, the auditor says (`behind`): here it stops nothing."""
    other = copy_file()
    if other is None:
        return
    try:
        there = other.stat().st_size if other.exists() else 0
        if not _begins_alike(other, there):
            return
        with anchor_file().open("rb") as file:
            file.seek(there)
            missing = file.read()
        if missing:
            with other.open("ab") as file:
                file.write(missing)
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        return


def _begins_alike(other: Path, size: int) -> bool:
    """Whether the end of the copy is what stands there in our file, so that what follows can be appended."""
    if not size:
        return True
    begin = max(0, size - RECENT)
    with other.open("rb") as theirs, anchor_file().open("rb") as ours:
        theirs.seek(begin)
        ours.seek(begin)
        return theirs.read(size - begin) == ours.read(size - begin)


def _judged(files: Sequence[Iterable[str]], signers: Sequence[str]) -> Anchors:
    known: dict[int, str] = {}
    forged: list[int] = []
    for lines in files:
        is_signed_from_here = False
        for line in lines:
            if not (found := _parse(line)):
                continue
            number, hashed = found
            said, _, signature = line.strip().rpartition(" ") if len(line.split()) == 4 else (line, "", "")
            if signature:
                is_signed_from_here = True
            # Lines from before they were signed come first, or they were put there.
            is_ours = (
                any(signing.is_signed(PURPOSE, said.encode(), signature, by) for by in signers)
                if signature
                else not is_signed_from_here
            )
            if not is_ours or known.setdefault(number, hashed) != hashed:
                forged.append(number)
    return Anchors(known, min(forged, default=None))


def _lines(file: Path) -> Iterator[str]:
    if file.exists():
        with file.open(encoding="ascii", errors="replace") as stream:
            yield from stream


def _newest_lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - RECENT))
            return stream.read().decode("ascii", "replace").splitlines(keepends=True)
    except FileNotFoundError:
        return []


def _parse(line: str) -> tuple[int, str] | None:
    parts = line.split()
    if len(parts) in (3, 4) and parts[1].isdigit() and len(parts[2]) == 64:
        return int(parts[1]), parts[2]
    return None
