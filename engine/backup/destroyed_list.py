"""What was destroyed, as a list outside the database: a restore of an older backup reads it and destroys it again.

A line is a time, a certificate's number, an incident's number and a kind of data, signed; nothing of anybody. The list
lies in DATA_DIR, is only added to, and each night's backup takes it to the folder of the backups, with which it travels.
Where the journal's anchors go to another machine (ANCHOR_COPY_DIR), it goes with them within a minute: a machine that is
lost between two nights takes nothing along that a restore would have to know.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from command.destruction.again import Destroyed, destroy_again, destroyed
from common import signing
from engine.server.bootstrap import waiting_migrations
from journal.record import stamp

FILE, PURPOSE = "destroyed.txt", "destroyed"
#: What a restore has still to destroy: nothing serves while it is there.
WAITING = "destroy-again.txt"


class Read(NamedTuple):
    lines: list[Destroyed]
    #: How many lines nobody we know signed.
    unbelieved: int


def write() -> int:
    """Add to the list here, and to its copy on another machine, what they lack. Returns how many lines came here."""
    count = _add(_here(FILE), (_signed(one) for one in destroyed()))
    if settings.ANCHOR_COPY_DIR:
        # What stands in the way, the auditor says of the anchors (journal.anchor.behind): here it stops nothing.
        with suppress(OSError):
            _add(_copy(), _texts(_here(FILE)))
    return count


def bring_to(folder: Path) -> int:
    """Add to the list in a folder of backups what it lacks; nothing in it is ever taken away."""
    write()
    return _add(folder / FILE, _texts(_here(FILE)))


def read(folder: Path, signers: Sequence[str] = ()) -> Read:
    """What was destroyed, as far as the lists here, in `folder` and beside the anchors' copy say it under a signature
    we know."""
    known = [signing.signer(), *settings.FORMER_SIGNERS, *signers]
    copied = _texts(_copy()) if settings.ANCHOR_COPY_DIR else ()
    texts = dict.fromkeys([*_texts(_here(FILE)), *_texts(folder / FILE), *copied])
    found = [_parsed(text, known) for text in texts]
    return Read(sorted({one for one in found if one}), sum(one is None for one in found))


def put_down(lines: Iterable[Destroyed]) -> None:
    """Note what is to be destroyed before anything serves, after a restore."""
    file = _here(WAITING)
    texts = [f"{_signed(one)}\n" for one in lines]
    if texts:
        file.write_text("".join(texts), encoding="utf-8")
        _flush(file)


def is_waiting() -> bool:
    return _here(WAITING).exists()


def carry_out(now: datetime) -> list[Destroyed]:
    """Destroy what was put down, once the schema is that of this version. Returns what was there."""
    if not is_waiting() or waiting_migrations():
        return []
    lines = [one for text in _texts(_here(WAITING)) if (one := _parsed(text, [signing.signer()]))]
    done = destroy_again(lines, now)
    _here(WAITING).unlink()
    return done


def after_migration(**_signal: object) -> None:
    """What a restore of an older schema had to leave."""
    carry_out(timezone.now())


def _here(name: str) -> Path:
    return Path(settings.DATA_DIR) / name


def _copy() -> Path:
    return Path(settings.ANCHOR_COPY_DIR) / FILE


def _signed(one: Destroyed) -> str:
    said = f"{stamp(one.at)} {one.certificate} {one.incident} {one.kind}"
    return f"{said} {signing.sign(PURPOSE, said.encode())}"


def _parsed(text: str, signers: Sequence[str]) -> Destroyed | None:
    """What a line says; None where no key we know signed it."""
    said, _, signature = text.rpartition(" ")
    if not any(signing.is_signed(PURPOSE, said.encode(), signature, by) for by in signers):
        return None
    at, certificate, incident, kind = said.split(" ")
    return Destroyed(datetime.fromisoformat(at), certificate, incident, kind)


def _texts(file: Path) -> Iterator[str]:
    if file.exists():
        yield from filter(None, file.read_text(encoding="utf-8", errors="replace").splitlines())


def _add(file: Path, texts: Iterable[str]) -> int:
    there = set(_texts(file))
    missing = [text for text in texts if text not in there]
    if missing:
        # A power cut may have left half a line; it must not spoil the next.
        begin = "\n" if file.exists() and not file.read_bytes().endswith(b"\n") else ""
        with file.open("a", encoding="utf-8") as output:
            output.write(begin + "".join(f"{text}\n" for text in missing))
        _flush(file)
    return len(missing)


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
